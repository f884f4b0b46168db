"""How tasks ended, from their completion events alone; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from taskfiles.report.material import Ended
from taskfiles.task.words import Ambiguity
from taskfiles.telemetry.actions import COMPLETION
from taskfiles.telemetry.outcomes import Completion
from taskfiles.telemetry.reading import list_at


class Ends:
    """The last end of each task of each repository, in whatever order the events come."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[tuple[datetime, str, str], Ended]] = {}

    def add(self, event: Mapping[str, Any], time: datetime) -> None:
        """Take an event in; what is no completion is passed over."""
        said = event["data"].get("completion")
        if event["type"] != COMPLETION or not isinstance(said, dict):
            return
        ended = read_end(said)
        if ended is None:
            return
        task = (str(event.get("source")), str(event.get("subject")))
        rank = (time, str(event.get("sequence")), json.dumps(said, sort_keys=True))
        if task not in self._last or rank > self._last[task][0]:
            self._last[task] = rank, ended

    def list(self) -> tuple[Ended, ...]:
        """Return the ends, in the order of their tasks."""
        return tuple(self._last[task][1] for task in sorted(self._last))


def read_end(said: Mapping[str, Any]) -> Ended | None:
    """Read a completion; None where it says no outcome. What is not of its type is unknown."""
    outcome = said.get("outcome")
    if outcome not in list(Completion):
        return None
    attempts, known = _count(said, "attempts"), _count(said, "cost_known_attempts")
    model, ambiguity = said.get("model"), said.get("ambiguity")
    failed = {name for name in list_at(said, "quality_gates_failed") if isinstance(name, str)}
    run = {name for name in list_at(said, "quality_gates_run") if isinstance(name, str)} | failed
    return Ended(
        model=model if isinstance(model, str) else None,
        ambiguity=ambiguity if ambiguity in list(Ambiguity) else None,
        outcome=str(outcome),
        cost=_count(said, "actual_cost_usd_micros") if attempts is not None and attempts == known else None,
        input_tokens=_count(said, "actual_input_tokens"),
        output_tokens=_count(said, "actual_output_tokens"),
        gates={name: name in failed for name in sorted(run)},
    )


def _count(said: Mapping[str, Any], key: str) -> int | None:
    value = said.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
