"""Events for people: a line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taskfiles.telemetry.reading import list_at
from taskfiles_cli.render.cells import narrow
from taskfiles_cli.render.lines import escape
from taskfiles_cli.render.table import words

_MOST = 3  # changes that a line names
_RUN = 8  # characters: random ones
_LONG = 80  # columns of a value that are shown
_QUIET = ("updated_at", "last_activity_at")  # which follow from every change


def render_events(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Render events in their order: when, what, about which task, how it ended, what changed, by whom."""
    return [_line(event) for event in events] or ["No events."]


def _line(event: Mapping[str, Any]) -> str:
    data = event["data"]
    parts = [event.get("time"), data.get("action"), event.get("subject") or "-", data.get("outcome")]
    head = "  ".join(words(part) for part in parts)
    reason = f" ({words(data['reason'])})" if data.get("reason") else ""
    changes = [each for each in list_at(data, "changes_made") if isinstance(each, Mapping)]
    changes = [each for each in changes if each.get("field") not in _QUIET]
    shown = [
        f"{each.get('field')}: {' -> '.join(_apart(each.get('from'), each.get('to')))}"
        for each in changes[:_MOST]
    ]
    if len(changes) > _MOST:
        shown.append(f"{len(changes) - _MOST} more")
    kind = "" if event.get("type") != "task.completion" else "  told as completed"
    return f"{head}{reason}{kind}" + ("  " + "; ".join(shown) if shown else "") + _by(event, data)


def _by(event: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Who did it, and the beginning of the run's id, which `telemetry show` takes."""
    run = str(event.get("correlationid") or "")
    actor = str(data.get("actor") or "")
    named = [str(data["by"])] if data.get("by") else []
    named += [] if not actor or actor == f"run {run}" else [actor]
    return f"  [{', '.join([*named, f'run {run[:_RUN]}'])}]"


def _value(value: Any) -> str:
    """A value in few words; an attempt by its id, its status and who made it."""
    if isinstance(value, Mapping) and isinstance(value.get("attempts"), list):
        return ", ".join(map(_value, value["attempts"])) or words(value)
    if isinstance(value, Mapping) and "status" in value:
        executor = value.get("executor")
        executor = executor if isinstance(executor, Mapping) else {}
        keys = [value.get("id"), value["status"], value.get("outcome"), value.get("error_type")]
        return " ".join(str(word) for word in [*keys, executor.get("tool"), executor.get("model")] if word)
    return words(value)


def _apart(before: Any, after: Any) -> list[str]:
    """Two values in few words, cut so that they don't look the same."""
    return [" ".join(lines) for lines in narrow([escape(_value(before)), escape(_value(after))], _LONG)]
