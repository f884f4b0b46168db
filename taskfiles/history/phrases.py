"""What changed in a task and who changed it, in a few words; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taskfiles.basics.patterns import lazy

_LONGEST = 60  # characters of a value
_SILENT = frozenset({"updated_at", "last_activity_at"})  # each change of a task sets them
_NAMED = lazy(r"user [0-9]+ name (.+)")
_SESSION = lazy(r"user [0-9]+ session .+")


def choose_changes(changes: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the changes that say something: those of instants that each change sets only where alone."""
    return [change for change in changes if change["field"] not in _SILENT] or changes


def describe_change(change: Mapping[str, Any]) -> str:
    """Return a change of `list_differences` in one line.

    >>> describe_change({"field": "labels", "from": ["a"], "to": ["a", "b"]})
    'labels: +b'
    """
    field, before, after = change["field"], change["from"], change["to"]
    if field == "task":
        if after is not None:
            return f"created: {after['title']} ({after['state']})"
        return f"removed: {before['title']} ({before['state']})"
    if field == "execution.attempts":
        return describe_attempt(before, after)
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
        gone = [f"-{describe_value(each)}" for each in old if each not in new]
        come = [f"+{describe_value(each)}" for each in new if each not in old]
        return f"{field}: {' '.join([*gone, *come]) or 'in another order'}"
    return f"{field}: {describe_value(before)} → {describe_value(after)}"


def describe_attempt(before: Any, after: Any) -> str:
    """Return what became of an attempt; None stands for no attempt."""
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


def describe_value(value: Any) -> str:
    """Return a value in few letters.

    >>> describe_value({"type": "file", "path": "src/a.py"})
    'file src/a.py'
    """
    if value is None:
        return "none"
    if (
        isinstance(value, dict)
        and value
        and not any(isinstance(each, list | dict) for each in value.values())
    ):
        text = " ".join(str(each) for each in value.values())
    else:
        text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def describe_caller(by: str | None) -> str:
    """Return who made a change, for people: a given name alone; whoever gave none was in another session.

    >>> describe_caller("user 1000 name ana"), describe_caller("user 1000 session 7"), describe_caller(None)
    ('ana', 'another session', 'by hand')
    """
    if by is None:
        return "by hand"
    if _SESSION.fullmatch(by):
        return "another session"
    named = _NAMED.fullmatch(by)
    return named[1] if named is not None else by


def _executor(attempt: Any) -> str:
    executor = attempt.get("executor") if isinstance(attempt, dict) else None
    words = [executor.get(key) for key in ("tool", "model")] if isinstance(executor, dict) else []
    return ", ".join(str(word) for word in words if word) or "somebody"
