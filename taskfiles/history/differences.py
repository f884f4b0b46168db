"""What changed between two versions of a task: keys, attempts, boxes, sections; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taskfiles.changes.diff import list_task_changes
from taskfiles.task.attempts import attempt_list
from taskfiles.task.task import Task
from taskfiles.text.sections import CHECKBOX, split_lines

_ATTEMPTS = "execution.attempts"


def list_differences(before: Task | None, after: Task | None) -> list[dict[str, Any]]:
    """List what changed as `{field, from, to}`; None is a task that does not exist.

    A whole attempt that came or went is `execution.attempts` with that attempt; a box that was only ticked or
    cleared is `box` with its text as `item`, and true for ticked. A section is `body.NAME` with its text. A
    new task, one that is gone, and a file's move are `task` and `path`.
    """
    if before is None or after is None:
        there = before or after
        assert there is not None
        state = {"title": there.title, "state": there.state}
        created = {"field": "task", "from": None, "to": state} if before is None else None
        attempts = list(_attempts([], _read(after))) if after is not None and before is None else []
        return [created or {"field": "task", "from": state, "to": None}, *attempts]
    found = [{"field": "path", "from": before.path, "to": after.path}] if before.path != after.path else []
    for change in list_task_changes(_without_attempts(before), _without_attempts(after)):
        found += _boxes(change) if change["field"].startswith("body.") else [change]
    return [*found, *_attempts(_read(before), _read(after))]


def _without_attempts(task: Task) -> Task:
    execution = task.values.get("execution")
    if not isinstance(execution, dict):
        return task
    values = {key: value for key, value in task.values.items() if key != "execution"}
    rest = {key: value for key, value in execution.items() if key != "attempts"}
    return Task(task.path, task.document, {**values, "execution": rest} if rest else values)


def _read(task: Task | None) -> list[Any]:
    return attempt_list(task.values) if task is not None else []


def _attempts(before: list[Any], after: list[Any]) -> Iterator[dict[str, Any]]:
    """Compare attempts by their ids, and those without one by all that they say."""
    old, new = ({_key(each, number): each for number, each in enumerate(side)} for side in (before, after))
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            yield {"field": _ATTEMPTS, "from": old.get(key), "to": new.get(key)}


def _key(attempt: Any, number: int) -> str:
    given = attempt.get("id") if isinstance(attempt, dict) else None
    return given if isinstance(given, str) else f"#{number}"


def _boxes(change: dict[str, Any]) -> list[dict[str, Any]]:
    """Replace the change of a section by those of its boxes where nothing else in it has changed."""
    old, new = _lines(change["from"]), _lines(change["to"])
    if len(old) != len(new) or not old:
        return [change]
    found = []
    for first, second in zip(old, new, strict=True):
        if first == second:
            continue
        ours, theirs = CHECKBOX.match(first + " "), CHECKBOX.match(second + " ")
        if ours is None or theirs is None or first[ours.end(1) :] != second[theirs.end(1) :]:
            return [change]
        item = first[ours.end(1) + 1 :].strip()
        found.append({"field": "box", "item": item, "from": ours[1] != " ", "to": theirs[1] != " "})
    return found


def _lines(text: Any) -> list[str]:
    return [raw.rstrip() for raw in split_lines(text)] if isinstance(text, str) else []
