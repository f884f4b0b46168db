"""Mentions of other tasks: in keys of the frontmatter, as `[Task:id]`, as links to a task's file; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

from taskfiles.backlog.graph import words
from taskfiles.backlog.links import find_links
from taskfiles.task.keys import REFERENCES
from taskfiles.task.layout import DIRECTORIES, FLAT, STATES, TASKS_DIR
from taskfiles.task.names import id_in_path
from taskfiles.task.task import Task
from taskfiles.task.words import LinkType
from taskfiles.text.nodes import Value
from taskfiles.text.sections import split_lines

_TAG = re.compile(r"\[Task:(?P<id>[a-z0-9][a-z0-9-]*)\]", re.ASCII)


class Reference(NamedTuple):
    """A mention of a task: its id, and the path and line that mention it."""

    target: str
    path: str
    line: int


def find_references(task: Task, ids: Collection[str]) -> Iterator[Reference]:
    """Yield a task's mentions of some ids; those of its own id do not count."""
    wanted = set(ids) - {task.id}
    for key in REFERENCES:
        value = task.get(key)
        for index, item in enumerate(value if isinstance(value, list) else []):
            if isinstance(item, str) and item in wanted:
                yield Reference(item, task.path, task.line_of(task.root.find((key, index))))
    parent = task.values.get("parent")
    if isinstance(parent, str) and parent in wanted:
        yield Reference(parent, task.path, task.line_of(task.root.find(("parent",))))
    if any(each in task.body for each in wanted):
        lines = split_lines(task.body)
        for number, line in enumerate(lines):
            for tag in _TAG.finditer(line):
                if tag["id"] in wanted:
                    yield Reference(tag["id"], task.path, task.document.body_line + number)
        for link in find_links(task.path, lines):
            target = task_in_link(link.target)
            if target in wanted:
                yield Reference(str(target), task.path, task.document.body_line + link.line)


def task_in_link(target: str) -> str | None:
    """Return the id of the task whose file has a path, by the path alone; None for no task's.

    >>> [task_in_link(f"tasks/{path}") for path in ("10-ready/task-fix.md", "task-fix.md", "web/fix.md")]
    ['fix', 'task-fix', 'fix']
    """
    parts = target.split("/")
    if parts[0] != TASKS_DIR:
        return None
    return id_in_path(target, STATES if len(parts) == 3 and parts[1] in DIRECTORIES.values() else FLAT)


def may_mention(task: Task, task_id: str) -> bool:
    """Return whether a task may mention another; a cheap test before the two functions that rename."""
    named = any(task_id in words(task, key) for key in REFERENCES) or task.values.get("parent") == task_id
    return named or task_id.encode() in task.data


def rename_in_values(values: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Replace an old id by a new one, in keys that name tasks and in `[Task:id]` in any text.

    Records of the past stay: attempts, and the commit message of a done task.
    """
    result = dict(values)
    past = {"execution", *(["commit_message"] if values.get("state") == "done" else [])}
    for key, value in values.items():
        if key in REFERENCES and isinstance(value, list):
            result[key] = [new if item == old else item for item in value]
        elif key == "parent" and value == old:
            result[key] = new
        elif key == "links" and isinstance(value, list):
            result[key] = [_rename_link(item, old, new) for item in value]
        elif key not in past:
            result[key] = _map_texts(value, lambda text: _rename_tags(text, old, new))
    return result


def _rename_link(link: Value, old: str, new: str) -> Value:
    if isinstance(link, dict) and link.get("type") == LinkType.TASK and link.get("id") == old:
        link = {**link, "id": new}
    return _map_texts(link, lambda text: _rename_tags(text, old, new))


def _map_texts(value: Value, change: Callable[[str], str]) -> Value:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_map_texts(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _map_texts(item, change) for key, item in value.items()}
    return value


def _rename_tags(text: str, old: str, new: str) -> str:
    return text.replace(f"[Task:{old}]", f"[Task:{new}]")


def rename_in_body(path: str, body: str, old: str, new: str) -> str:
    """Replace an old id by a new one in `[Task:id]` and in links to its file; `path` is the body's file.

    >>> rename_in_body("tasks/00-idea/task-a.md", "[b](../10-ready/task-b.md#how), [Task:b]", "b", "c")
    '[b](../10-ready/task-c.md#how), [Task:c]'
    """
    lines = split_lines(body)
    for link in reversed(list(find_links(path, lines))):
        line = lines[link.line]
        destination = line[link.start : link.end]
        named = list(re.finditer(rf"{re.escape(old)}\.[mM][dD]", destination))
        if named and task_in_link(link.target) == old:
            head, tail = destination[: named[-1].start()], destination[named[-1].end() :]
            lines[link.line] = f"{line[: link.start]}{head}{new}.md{tail}{line[link.end :]}"
    return _rename_tags("".join(lines), old, new)
