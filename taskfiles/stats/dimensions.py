"""By what attempts can be grouped: parts of the attempt, keys of the task; pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from taskfiles.keys import KEY_ORDER, WORDS
from taskfiles.query import find_meta
from taskfiles.task import Task

Value = str | None  # None where the task or attempt doesn't tell
Key = tuple[Value, ...]

_ALIASES = {"label": "labels"}
_TASK = (
    "ambiguity", "size", "executor", "isolation", "priority", "kind", "task_type", "complexity", "language",
    "label",
)  # fmt: skip


def _executor(name: str) -> Callable[[Mapping[str, Any], datetime], Value]:
    return lambda attempt, _: attempt["executor"].get(name)


def _planner(attempt: Mapping[str, Any], _: datetime) -> Value:
    planner: Mapping[str, Value] = attempt["executor"].get("planner", {})
    return planner.get("model", planner.get("tool"))


def _month(_: Mapping[str, Any], ended_at: datetime) -> Value:
    return f"{ended_at.year:04}-{ended_at.month:02}"


# What an attempt tells, given its end in UTC; a planner is named by its model, or by its tool where that is
# all there is.
_ATTEMPT: dict[str, Callable[[Mapping[str, Any], datetime], Value]] = {
    "model": _executor("model"),
    "tool": _executor("tool"),
    "provider": _executor("provider"),
    "planner": _planner,
    "month": _month,
}
DIMENSIONS: tuple[str, ...] = ("model", "tool", "provider", "planner", *_TASK, "month")
BY = ("model", "ambiguity")  # where no others are asked for


def is_own(name: str) -> bool:
    """Whether a dimension is a key that only the user's own files can have."""
    return name not in DIMENSIONS and name not in KEY_ORDER


def attempt_values(name: str, attempt: Mapping[str, Any], ended_at: datetime) -> Sequence[Value] | None:
    """Give an attempt's value in a dimension; None where the dimension is one of tasks."""
    read = _ATTEMPT.get(name)
    return None if read is None else (read(attempt, ended_at),)


def task_values(name: str, task: Task) -> Sequence[Value]:
    """Give a task's values in a dimension: several for a list, each once; (None,) where it has none.

    A key's default counts as its value, as `list` shows it; what is no text is written as JSON.
    """
    value = find_meta(task, _ALIASES.get(name, name))
    texts = dict.fromkeys(map(_text, value if isinstance(value, list) else [value]))
    return [text for text in texts if text is not None] or (None,)


def _text(value: Any) -> Value:
    if value is None or isinstance(value, str):
        return value if value and value.strip() else None
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def order_of(names: Sequence[str], key: Key) -> tuple[Any, ...]:
    """Give what a group is ordered by: words by their rank, all else by its text, the unknown last."""
    return tuple(_place(name, value) for name, value in zip(names, key, strict=True))


def _place(name: str, value: Value) -> tuple[int, int, str]:
    if value is None:
        return 2, 0, ""
    words = [str(word) for word in WORDS.get(name, ())]
    return (0, words.index(value), "") if value in words else (1, 0, value)
