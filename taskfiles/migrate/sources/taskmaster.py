"""claude-task-master: `tasks.json` below `.taskmaster/`, lists of tasks by tag, with subtasks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Source
from taskfiles.migrate.json_file import Lines, compose, read_json
from taskfiles.migrate.markdown import path_in
from taskfiles.migrate.rows import BLOCKED, DROP, PRIORITIES, moment, names, text, word
from taskfiles.text.nodes import Value

ROWS = {
    "id": DROP,
    "title": DROP,
    "description": DROP,
    "details": DROP,
    "testStrategy": DROP,
    "acceptanceCriteria": DROP,
    "subtasks": DROP,
    "dependencies": DROP,
    "parentId": DROP,
    "parentTaskId": DROP,
    "parentTask": DROP,
    "isSubtask": DROP,
    "status": word(
        "state",
        {
            "pending": "ready",
            "todo": "ready",
            "in progress": "in-progress",
            "done": "done",
            "completed": "done",
            "deferred": "idea",
            "cancelled": "canceled",
            "canceled": "canceled",
            "blocked": BLOCKED,
        },
        absent="ready",
    ),
    "priority": word("priority", PRIORITIES),
    "assignee": names("assignees"),
    "labels": names("labels"),
    "tag": text("track"),
    "complexity": text("complexity"),
    "updatedAt": moment("updated_at"),
}
_PLACES = (".taskmaster/tasks/tasks.json", "tasks/tasks.json", "tasks.json")


class _Tag(NamedTuple):
    """The tasks of one tag, and what their ids begin with."""

    name: str
    tasks: list[dict[str, Any]]
    prefix: str
    path: str
    lines: Lines


def finds(directory: Path) -> bool:
    """Return whether there is a file of task-master's, or this is one."""
    return _find_file(directory) is not None


def _find_file(directory: Path) -> Path | None:
    if directory.is_file():
        return directory if directory.name == "tasks.json" else None
    return next((directory / place for place in _PLACES if (directory / place).is_file()), None)


def read(directory: Path, care: Care) -> Reading:  # noqa: ARG001 (there is nothing to repair)
    """Read the tasks of all tags; a subtask has its parent's id before its own."""
    reading = Reading()
    file = _find_file(directory) or directory
    path = path_in(file, directory)
    found = read_json(file, directory, reading)
    if found is None:
        return reading
    value, written = found
    if not isinstance(value, dict):
        reading.report(Place(path), "not-an-object", "It is not an object with tasks.")
        return reading
    lines = Lines(written)
    groups = {"": value} if isinstance(value.get("tasks"), list) else value
    for tag, group in groups.items():
        tasks = group.get("tasks") if isinstance(group, dict) else None
        if not isinstance(tasks, list) or not all(isinstance(each, dict) for each in tasks):
            reading.report(Place(path), "not-a-list", f"{tag or 'It'} has no list of tasks.")
            continue
        found_tag = _Tag(tag, tasks, f"{tag}/" if tag else "", path, lines)
        known = {_own_id(task) for task in tasks}
        for task in tasks:
            reading.tasks += _read_task(task, found_tag, known)
    return reading


def _read_task(task: dict[str, Any], tag: _Tag, known: set[str]) -> Iterator[ForeignTask]:
    number, inner = _own_id(task), task.get("subtasks")
    subtasks = [each for each in inner if isinstance(each, dict)] if isinstance(inner, list) else []
    own = {_own_id(each) for each in subtasks}
    ids = [f"{tag.prefix}{number}.{_own_id(each)}" for each in subtasks]
    wanted = [f"{tag.prefix}{name}" for name in _names(task.get("dependencies"))]
    yield _make_task(task, f"{tag.prefix}{number}", tag, {"children": ids, "depends_on": wanted})
    for subtask, old_id in zip(subtasks, ids, strict=True):
        named = []
        for name in _names(subtask.get("dependencies")):
            is_inner = name in own - {_own_id(subtask)} or (name not in known and "." not in name)
            named.append(f"{tag.prefix}{number}.{name}" if is_inner else f"{tag.prefix}{name}")
        yield _make_task(subtask, old_id, tag, {"depends_on": named})


def _own_id(task: dict[str, Any]) -> str:
    """Return a task's id, for which its title stands in."""
    return str(task.get("title") or "" if task.get("id") is None else task["id"])


def _names(given: object) -> list[str]:
    return [str(each) for each in given] if isinstance(given, list) else []


def _make_task(task: dict[str, Any], old_id: str, tag: _Tag, relations: dict[str, list[str]]) -> ForeignTask:
    keys: dict[str, Value] = {**task, "tag": tag.name}
    criteria = task.get("acceptanceCriteria")
    if isinstance(criteria, list):
        criteria = "\n".join(f"- [ ] {each}" for each in criteria)
    body = compose(
        ("", task.get("description")),
        ("Details", task.get("details")),
        ("Test Strategy", task.get("testStrategy")),
        ("Acceptance Criteria", criteria),
    )
    title = str(task.get("title") or "")
    place = Place(tag.path, tag.lines.find("title", task.get("title")))
    return ForeignTask(place, old_id, title, body, keys, relations=relations)


SOURCE = Source("taskmaster", "claude-task-master", ROWS, finds, read)
