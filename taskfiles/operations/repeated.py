"""What a caller's values say of a task beyond what stands: what only repeats its JSON is no change.

People read a task as JSON, change a key and write it all back: the rest must not go into the file, neither
keys that the tool adds nor defaults, nor instants in the spelling that JSON has for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskfiles.errors import TaskfilesError
from taskfiles.remedy import Remedy
from taskfiles.task.remembered import MILESTONE_DUE, RESERVED
from taskfiles.task.task import Task
from taskfiles.task.wire import task_object

_WORKED_OUT = "It is worked out from the file; leave it out."
# Keys that no change of the frontmatter sets, and what to do instead.
FIXED: dict[str, str] = dict.fromkeys(sorted(RESERVED), _WORKED_OUT) | {
    "id": "A rename changes it, and rewrites it in other tasks, too.",
    "body": "It is the text below the frontmatter, and changes as text.",
    "path": "It follows from state, kind and id.",
    "claim": "Claiming and releasing the task change it.",
}


_CLAIM_KEYS = frozenset({"by", "since", "until", "mine"})


def new_values(task: Task, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given top-level values without what repeats the task, and with its own spelling of the rest.

    Raises TaskfilesError (fixed-key) for a key that the tool adds, or another id.
    """
    if not given:
        return {}
    shown = task_object(task, show=not FIXED.keys().isdisjoint(given))
    wanted = {}
    for key, value in given.items():
        raw = task.values.get(key)
        if key == "claim" and isinstance(value, Mapping) and value.keys() == _CLAIM_KEYS:
            continue  # an answer that is given back, whoever holds the task by now
        if key == MILESTONE_DUE and key not in task.values and "milestone" in given:
            continue  # likewise: tasks.toml has the day
        if key in shown and _means_same(value, shown[key]):
            continue
        if key in task.values and _means_same(value, raw):
            continue
        if key in FIXED and (value is not None or key == "id"):
            raise fixed_key(task.id, key)
        wanted[key] = _restore(value, shown.get(key), raw)
    return wanted


def settable_values(task: Task, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given top-level values without those keys that can't be set, where they repeat the task.

    Raises TaskfilesError (fixed-key) as `new_values` does.
    """
    fixed = {key: value for key, value in given.items() if key in FIXED}
    kept = new_values(task, fixed)
    return {key: value for key, value in given.items() if key not in fixed or key in kept}


def fixed_key(task_id: str, key: str) -> TaskfilesError:
    """Return the error for a key that no change of the frontmatter sets."""
    return TaskfilesError(
        "fixed-key",
        field=key,
        id=task_id,
        remedy=Remedy(FIXED[key], f"fixed.{key}", id=task_id),
        details={"field": key},
    )


def _restore(given: Any, shown: Any, raw: Any) -> Any:
    """Return a given value in which all that repeats the JSON of the task is as it is in the file."""
    if raw is not None and _means_same(given, shown):
        return raw
    if isinstance(given, dict) and isinstance(shown, dict) and isinstance(raw, dict):
        return {key: _restore(value, shown.get(key), raw.get(key)) for key, value in given.items()}
    if (
        isinstance(given, list)
        and isinstance(shown, list)
        and isinstance(raw, list)
        and len(shown) == len(raw)
    ):
        kept = [_restore(*three) for three in zip(given, shown, raw, strict=False)]
        return kept + given[len(kept) :]
    return given


def _means_same(left: Any, right: Any) -> bool:
    """Return whether two JSON values are equal: numbers by value, keys in any order."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_means_same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_means_same, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)
