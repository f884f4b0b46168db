"""What changed in tasks, for people: a line for who and when, then a line a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taskfiles.basics.instants import parse_instant
from taskfiles.basics.look import STATES
from taskfiles.history.phrases import (
    choose_changes,
    describe_attempt,
    describe_caller,
    describe_change,
    describe_value,
)
from taskfiles_cli.render.lines import Line, Painted
from taskfiles_cli.render.signs import Icons, prefix

_STATE_NAMES = [*STATES]  # a list, since the value looked for may be of any type
_STATUS = {"completed": "done", "failed": "error", "abandoned": "warning"}


def render_entries(
    entries: Sequence[Mapping[str, Any]], actor: str, *, one: bool, icons: Icons = None
) -> list[Line]:
    """Return the lines of a log; `actor` is the reader, `one` whether all entries are of one task."""
    lines: list[Line] = []
    head: tuple[Any, ...] = ()
    for entry in entries:
        new = (entry["commit"], entry["run_id"], entry["by"], entry["time"] if not entry["commit"] else "")
        if one or new != head:
            lines.append(_head(entry, actor))
        head = new
        if not one:
            lines.append(Painted("  ", "bold", entry["id"]))
        lines += _changes(entry["changes"], "  " if one else "    ", icons)
    return lines


def _head(entry: Mapping[str, Any], actor: str) -> Line:
    time = parse_instant(entry["time"]).strftime("%Y-%m-%d %H:%M")
    by = describe_caller(entry["by"])
    if entry["source"] == "commit":
        return Painted(f"{time}  {by}  ", "dim", entry["commit"][:9], f"  {entry['subject']}")
    who = "you" if entry["by"] == actor else by
    what = f"  {entry['action']}" if entry["action"] else ""
    return Painted(f"{time}  {who}  ", "warning", "not committed", what)


def _changes(changes: Sequence[Mapping[str, Any]], indent: str, icons: Icons) -> Iterator[Line]:
    for change in choose_changes(changes):
        before, after = change["from"], change["to"]
        if change["field"] == "state" and after in _STATE_NAMES:
            begin = f"{indent}state: {describe_value(before)} → "
            yield Painted(begin, after, f"{prefix(icons, after)}{after}")
        elif change["field"] == "execution.attempts" and before is None and isinstance(after, dict):
            begin, _, status = describe_attempt(before, after).partition(": ")
            yield Painted(f"{indent}{begin}: ", _STATUS.get(str(after.get("status")), "plain"), status)
        else:
            yield f"{indent}{describe_change(change)}"
