"""By what attempts can be grouped: parts of the attempt, keys of the task; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from taskfiles.backlog.query import find_meta, find_own
from taskfiles.basics.jsontext import json_text
from taskfiles.basics.unicode import normal
from taskfiles.task.keys import KEY_ORDER, WORDS
from taskfiles.task.task import Task
from taskfiles.telemetry.outcomes import read_meaning

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


def day_of(instant: datetime) -> str:
    """Return the day of an instant that is in UTC.

    >>> day_of(datetime(2026, 3, 1))
    '2026-03-01'
    """
    return f"{month_of(instant)}-{instant.day:02}"


def week_of(instant: datetime) -> str:
    """Return the week of an instant that is in UTC, by ISO 8601: it begins on Monday.

    >>> week_of(datetime(2026, 3, 1)), week_of(datetime(2024, 12, 30))
    ('2026-W09', '2025-W01')
    """
    year, week, _ = instant.isocalendar()
    return f"{year:04}-W{week:02}"


def _gates(attempt: Mapping[str, Any]) -> Sequence[Value]:
    """Return the gates that were run in an attempt; one that failed was run."""
    given = attempt.get("quality_gates", {})
    names = dict.fromkeys(normal(name) for key in ("run", "failed") for name in given.get(key, ()))
    return [*names] or (None,)


def _outcome(attempt: Mapping[str, Any]) -> Value:
    """Return an attempt's outcome, as given, else what its status implies."""
    return read_meaning(attempt["status"], attempt.get("outcome"), attempt.get("error_type")).outcome.value


# The value of an attempt, given its end in UTC; a dataset has a column of each of these.
_ATTEMPT: dict[str, Callable[[Mapping[str, Any], datetime], Value]] = {
    "model": _executor("model"),
    "tool": _executor("tool"),
    "provider": _executor("provider"),
    "planner": lambda attempt, _: planner_of(attempt),
    "error_type": lambda attempt, _: error_of(attempt),
    "month": lambda _, ended_at: month_of(ended_at),
}
# Its values in further dimensions, which only the files have.
_IN_FILES: dict[str, Callable[[Mapping[str, Any], datetime], Sequence[Value]]] = {
    "version": lambda attempt, _: (agent_of(attempt, "version"),),
    "outcome": lambda attempt, _: (_outcome(attempt),),
    "gate": lambda attempt, _: _gates(attempt),
    "week": lambda _, ended_at: (week_of(ended_at),),
    "day": lambda _, ended_at: (day_of(ended_at),),
}
OF_ATTEMPT: tuple[str, ...] = tuple(_ATTEMPT)
ONLY_IN_FILES: tuple[str, ...] = tuple(_IN_FILES)
IN_TABLES: tuple[str, ...] = ("model", "tool", "provider", "planner", "error_type", *_TASK, "month")
DIMENSIONS: tuple[str, ...] = (
    "model", "tool", "version", "provider", "planner", "outcome", "error_type", "gate", *_TASK,
    "month", "week", "day",
)  # fmt: skip
_OURS = frozenset({*IN_TABLES, *KEY_ORDER})
BY = ("model", "ambiguity")  # where no others are asked for
_TIMES = frozenset({"month", "week", "day"})
_ORDERED = frozenset({"ambiguity", "size", "executor", "priority"})  # whose values follow one another


def is_own(name: str) -> bool:
    """Whether a dimension is a key that only the user's own files can have."""
    return name not in DIMENSIONS and name not in KEY_ORDER


def attempt_values(name: str, attempt: Mapping[str, Any], ended_at: datetime) -> Sequence[Value] | None:
    """Return an attempt's values in a dimension; None where the dimension is one of tasks."""
    if (read := _ATTEMPT.get(name)) is not None:
        return (read(attempt, ended_at),)
    found = _IN_FILES.get(name)
    return None if found is None else found(attempt, ended_at)


def task_values(name: str, task: Task) -> Sequence[Value]:
    """Return a task's values in a dimension: several for a list, each once; (None,) where it has none.

    A key's default counts as its value, as `list` shows it; what is no text is written as JSON.
    """
    return value_texts(find_meta(task, _ALIASES.get(name, name))) or (None,)


def value_texts(value: Any) -> list[str]:
    """Return the texts of a key's value in the form that is compared: several for a list, each once."""
    texts = dict.fromkeys(map(value_text, value if isinstance(value, list) else [value]))
    return [text for text in texts if text is not None]


def own_values(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Map the dotted name of each key of the user's own to its texts; without those that stand empty."""
    if _OURS.issuperset(values):  # as in most files
        return {}
    names = (name for key, value in values.items() if key not in _OURS for name in _names(key, value))
    found = {name: find_own(values, name) for name in names}
    return {name: value_texts(value) for name, value in found.items() if value is not None}


def _names(name: str, value: Any) -> Iterator[str]:
    yield name
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _names(f"{name}.{key}", inner)


def value_text(value: Any) -> Value:
    """Return a value as a text in the form that is compared; None for an empty one, JSON of what is none."""
    if value is None or isinstance(value, str):
        return normal(value) if value and value.strip() else None
    return json_text(value, in_order=True)


def is_ordered(names: Sequence[str]) -> bool:
    """Whether groups are shown in the order of their values, and not by rank.

    >>> is_ordered(("month",)), is_ordered(("model", "month")), is_ordered(("model", "ambiguity"))
    (True, True, False)
    """
    return not _TIMES.isdisjoint(names) or (names[:1] != () and names[0] in _ORDERED)


def order_of(names: Sequence[str], key: Key) -> tuple[Any, ...]:
    """Return what a group is ordered by: words by their rank, all else by its text, the unknown last."""
    return tuple(_place(name, value) for name, value in zip(names, key, strict=True))


def _place(name: str, value: Value) -> tuple[int, int, str]:
    if value is None:
        return 2, 0, ""
    words = [str(word) for word in WORDS.get(name, ())]
    return (0, words.index(value), "") if value in words else (1, 0, value)
