"""Building an event: a CloudEvents 1.0 envelope around what was done; pure but for the clock and chance.

A process makes one `Source`. No module that takes time to import is needed for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from taskfiles.basics.instants import format_instant
from taskfiles.basics.jsontext import json_text
from taskfiles.basics.uuids import new_uuid7

SCHEMA = "urn:taskfiles:schema:v1:event."
MAX_BYTES = 64 * 1024  # of a line, its end included
_LONG = 1000  # characters of a text that is cut


class Source:
    """One process as a source of events.

    `repo` names the repository, `run_id` the logical execution (a UUID of version 4, shared by all of its
    processes), `cause` the event of the parent process, `actor` the caller.
    """

    def __init__(
        self, repo: str, run_id: str, actor: str, now: Callable[[], datetime], cause: str | None = None
    ) -> None:
        self.repo, self.run_id, self.actor, self.cause = repo, run_id, actor, cause
        self._now, self._started, self._count = now, time.time_ns(), 0

    def make(
        self,
        event_type: str,
        action: str,
        outcome: str,
        *,
        reason: str | None = None,
        subject: str | None = None,
        issue_number: int | None = None,
        rules: Sequence[str] = (),
        changes: Sequence[Mapping[str, Any]] = (),
        event_id: str | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Make the next event: what every event has in `data`, a payload's keys beside it.

        `event_id` is given where the same thing is always emitted under the same id.
        """
        self._count += 1
        now = self._now()
        moment = format_instant(now)
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": event_id or new_uuid7(now),
            "source": f"urn:taskfiles:{self.repo}",
            "type": event_type,
        }
        if subject:
            event["subject"] = subject
        event |= {
            "time": moment,
            "datacontenttype": "application/json",
            "dataschema": SCHEMA + event_type,
            "correlationid": self.run_id,
        }
        if self.cause:
            event["causationid"] = self.cause
        event["sequence"] = f"{self._started:019d}.{self._count:06d}"
        event["data"] = {
            "run_id": self.run_id,
            "repo": self.repo,
            "issue_number": issue_number,
            "event_type": event_type,
            "applied_rules": list(rules),
            "changes_made": list(changes),
            "timestamp": moment,
            "action": action,
            "outcome": outcome,
            "reason": reason,
            "actor": self.actor,
            **(payload or {}),
        }
        return event


def encode_event(event: dict[str, Any]) -> bytes:
    """Write an event as a line of JSON of at most 64 KiB; what is cut is counted in `truncated`."""
    line = _encode(event)
    if len(line) <= MAX_BYTES:
        return line
    data = dict(event["data"])
    truncated: dict[str, int] = {}
    if len(subject := event.get("subject") or "") > _LONG:  # an id that no task has
        truncated["subject"] = len(subject)
        event = {**event, "subject": _shorten(subject)}
    for key, value in data.items():
        shorter = _shorten(value)
        if shorter != value:
            truncated[key] = len(value)
            data[key] = shorter
    while len(line := _encode({**event, "data": {**data, "truncated": truncated}})) > MAX_BYTES:
        # Halving the largest ends: nothing else in an event is long.
        key = max(data, key=lambda name: len(_encode(data[name])))
        value = data[key]
        truncated.setdefault(key, len(value))
        half = len(value) // 2
        data[key] = dict(list(value.items())[:half]) if isinstance(value, dict) else value[:half]
    return line


def _encode(value: Any) -> bytes:
    return json_text(value).encode() + b"\n"


def _shorten(value: Any) -> Any:
    """Cut long texts, wherever they stand."""
    if isinstance(value, str):
        return value if len(value) <= _LONG else value[:_LONG] + "…"
    if isinstance(value, list):
        return [_shorten(item) for item in value]
    if isinstance(value, dict):
        return {key: _shorten(item) for key, item in value.items()}
    return value
