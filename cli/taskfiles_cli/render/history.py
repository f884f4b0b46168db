"""What changed in tasks, for people: a line for who and when, then a line a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taskfiles.basics.instants import parse_instant
from taskfiles.basics.look import STATES
from taskfiles_cli.render.lines import Line, Painted
from taskfiles_cli.render.signs import Icons, prefix

_LONGEST = 60  # characters of a value
_STATE_NAMES = [*STATES]  # a list, since the value looked for may be of any type
_STATUS = {"completed": "done", "failed": "error", "abandoned": "warning"}
_SILENT = frozenset({"updated_at", "last_activity_at"})  # each change of a task sets them


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
    by = entry["by"] or "by hand"
    if entry["source"] == "commit":
        return Painted(f"{time}  {by}  ", "dim", entry["commit"][:9], f"  {entry['subject']}")
    who = "you" if entry["by"] == actor else by
    what = f"  {entry['action']}" if entry["action"] else ""
    return Painted(f"{time}  {who}  ", "warning", "not committed", what)


def _changes(changes: Sequence[Mapping[str, Any]], indent: str, icons: Icons) -> Iterator[Line]:
    shown = [change for change in changes if change["field"] not in _SILENT] or changes
    for change in shown:
        before, after = change["from"], change["to"]
        if change["field"] == "state" and after in _STATE_NAMES:
            begin = f"{indent}state: {_value(before)} → "
            yield Painted(begin, after, f"{prefix(icons, after)}{after}")
        elif change["field"] == "execution.attempts" and before is None and isinstance(after, dict):
            begin, _, status = _attempt(before, after).partition(": ")
            yield Painted(f"{indent}{begin}: ", _STATUS.get(str(after.get("status")), "plain"), status)
        else:
            yield f"{indent}{_change(change['field'], change)}"


def _change(field: str, change: Mapping[str, Any]) -> str:
    before, after = change["from"], change["to"]
    if field == "task":
        if after is not None:
            return f"created: {after['title']} ({after['state']})"
        return f"removed: {before['title']} ({before['state']})"
    if field == "execution.attempts":
        return _attempt(before, after)
    if field == "box":
        return f"[{'x' if after else ' '}] {change['item']}"
    if field == "path":
        return f"path: {before} → {after}"
    if field.startswith("body"):
        name = field.partition(".")[2] or "text"
        old, new = (text.count("\n") + 1 if text else 0 for text in (before, after))
        return f"{name}: {old} → {new} lines" if old and new else f"{name}: {'added' if new else 'removed'}"
    if isinstance(before, list | None) and isinstance(after, list | None):
        old, new = before or [], after or []
        gone = [f"-{_value(each)}" for each in old if each not in new]
        come = [f"+{_value(each)}" for each in new if each not in old]
        return f"{field}: {' '.join([*gone, *come]) or 'in another order'}"
    return f"{field}: {_value(before)} → {_value(after)}"


def _attempt(before: Any, after: Any) -> str:
    if after is None:
        return f"attempt of {_executor(before)}: removed"
    if not isinstance(after, dict):
        return "attempt: changed"
    if before is None:
        status = after.get("status") or "without a status"
        why = f" ({after['error_type']})" if after.get("error_type") else ""
        seconds = after.get("duration_seconds")
        took = f", {seconds} s" if isinstance(seconds, int | float) else ""
        return f"attempt of {_executor(after)}: {status}{why}{took}"
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return f"attempt of {_executor(after)}: changed {', '.join(keys)}"


def _executor(attempt: Any) -> str:
    executor = attempt.get("executor") if isinstance(attempt, dict) else None
    words = [executor.get(key) for key in ("tool", "model")] if isinstance(executor, dict) else []
    return ", ".join(str(word) for word in words if word) or "somebody"


def _value(value: Any) -> str:
    if value is None:
        return "none"
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
