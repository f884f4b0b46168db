"""By what attempts can be grouped: parts of the attempt, keys of the task; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from taskfiles.backlog.query import find_meta
from taskfiles.basics.jsontext import json_text
from taskfiles.basics.unicode import normal
from taskfiles.task.keys import KEY_ORDER, WORDS
from taskfiles.task.task import Task

Value = str | None  # None where the task or attempt doesn't say
Key = tuple[Value, ...]

_ALIASES = {"label": "labels"}
_TASK = (
    "ambiguity", "size", "executor", "isolation", "priority", "kind", "task_type", "complexity", "language",
    "label", "milestone", "created_by", "close_reason",
)  # fmt: skip


def _executor(name: str) -> Callable[[Mapping[str, Any], datetime], Value]:
    return lambda attempt, _: agent_of(attempt, name)


def agent_of(attempt: Mapping[str, Any], name: str) -> Value:
    """Return what an attempt's executor says under a name (tool, model …), in the form that is compared."""
    value: Value = attempt["executor"].get(name)
    return None if value is None else normal(value)


def planner_of(attempt: Mapping[str, Any]) -> Value:
    """Name an attempt's planner by its model, or by its tool where that is all there is."""
    planner: Mapping[str, Value] = attempt["executor"].get("planner", {})
    value = planner.get("model", planner.get("tool"))
    return None if value is None else normal(value)


def error_of(attempt: Mapping[str, Any]) -> Value:
    """Return an attempt's kind of failure, in the form that is compared."""
    value: Value = attempt.get("error_type")
    return None if value is None else normal(value)


def month_of(instant: datetime) -> str:
    """Return the month of an instant that is in UTC.

    >>> month_of(datetime(2026, 3, 1))
    '2026-03'
    """
    return f"{instant.year:04}-{instant.month:02}"


# The value of an attempt, given its end in UTC.
_ATTEMPT: dict[str, Callable[[Mapping[str, Any], datetime], Value]] = {
    "model": _executor("model"),
    "tool": _executor("tool"),
    "provider": _executor("provider"),
    "planner": lambda attempt, _: planner_of(attempt),
    "error_type": lambda attempt, _: error_of(attempt),
    "month": lambda _, ended_at: month_of(ended_at),
}
OF_ATTEMPT: tuple[str, ...] = tuple(_ATTEMPT)
DIMENSIONS: tuple[str, ...] = ("model", "tool", "provider", "planner", "error_type", *_TASK, "month")
BY = ("model", "ambiguity")  # where no others are asked for
_ORDERED = frozenset(
    {"month", "ambiguity", "size", "executor", "priority"}
)  # whose values follow one another


def is_own(name: str) -> bool:
    """Whether a dimension is a key that only the user's own files can have."""
    return name not in DIMENSIONS and name not in KEY_ORDER


def attempt_values(name: str, attempt: Mapping[str, Any], ended_at: datetime) -> Sequence[Value] | None:
    """Return an attempt's value in a dimension; None where the dimension is one of tasks."""
    read = _ATTEMPT.get(name)
    return None if read is None else (read(attempt, ended_at),)


def task_values(name: str, task: Task) -> Sequence[Value]:
    """Return a task's values in a dimension: several for a list, each once; (None,) where it has none.

    A key's default counts as its value, as `list` shows it; what is no text is written as JSON.
    """
    value = find_meta(task, _ALIASES.get(name, name))
    if not isinstance(value, list):
        return [text] if (text := _text(value)) is not None else (None,)
    texts = dict.fromkeys(map(_text, value))
    return [text for text in texts if text is not None] or (None,)


def own_values(task: Task) -> Iterator[tuple[str, Sequence[str]]]:
    """Return the dotted name and the values of each key of the user's own; none where it stands empty."""
    for key, value in task.values.items():
        for name in _names(key, value) if is_own(key) else ():
            if find_meta(task, name) is not None:
                yield name, [text for text in task_values(name, task) if text is not None]


def _names(name: str, value: Any) -> Iterator[str]:
    yield name
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _names(f"{name}.{key}", inner)


def _text(value: Any) -> Value:
    if value is None or isinstance(value, str):
        return normal(value) if value and value.strip() else None
    return json_text(value, in_order=True)


def is_ordered(names: Sequence[str]) -> bool:
    """Whether groups are shown in the order of their values, and not by rank.

    >>> is_ordered(("month",)), is_ordered(("model", "month")), is_ordered(("model", "ambiguity"))
    (True, True, False)
    """
    return "month" in names or (names[:1] != () and names[0] in _ORDERED)


def order_of(names: Sequence[str], key: Key) -> tuple[Any, ...]:
    """Return what a group is ordered by: words by their rank, all else by its text, the unknown last."""
    return tuple(_place(name, value) for name, value in zip(names, key, strict=True))


def _place(name: str, value: Value) -> tuple[int, int, str]:
    if value is None:
        return 2, 0, ""
    words = [str(word) for word in WORDS.get(name, ())]
    return (0, words.index(value), "") if value in words else (1, 0, value)
