"""Events for people: a line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taskfiles_cli.render.table import one_line, words

_MOST = 3  # changes that a line names
_QUIET = ("updated_at", "last_activity_at")  # which follow from every change


def render_events(events: Iterable[Mapping[str, Any]]) -> str:
    """Render events in their order: when, what, about which task, how it ended, and what changed."""
    return "".join(f"{_line(event)}\n" for event in events) or "No events.\n"


def _line(event: Mapping[str, Any]) -> str:
    data = event.get("data")
    data = data if isinstance(data, dict) else {}
    parts = [event.get("time"), data.get("action"), event.get("subject") or "-", data.get("outcome")]
    head = "  ".join(one_line(words(part)) for part in parts)
    reason = f" ({one_line(words(data['reason']))})" if data.get("reason") else ""
    changes = [each for each in data.get("changes_made") or () if each.get("field") not in _QUIET]
    told = [
        f"{each.get('field')}: {words(each.get('from'))} -> {words(each.get('to'))}"
        for each in changes[:_MOST]
    ]
    if len(changes) > _MOST:
        told.append(f"{len(changes) - _MOST} more")
    kind = "" if event.get("type") != "task.completion" else "  told as completed"
    return one_line(f"{head}{reason}{kind}" + ("  " + "; ".join(told) if told else ""))
