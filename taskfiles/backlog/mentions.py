"""Mentions of other tasks: in keys of the frontmatter, as `[Task:id]`, as links to a task's file; pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

from taskfiles.backlog.graph import words
from taskfiles.task.keys import REFERENCES
from taskfiles.task.layout import DIRECTORIES, TASKS_DIR, is_markdown
from taskfiles.task.names import id_in_name
from taskfiles.task.task import Task
from taskfiles.text.nodes import Value
from taskfiles.text.sections import split_lines, visible_lines

_TAG = re.compile(r"\[Task:(?P<id>[a-z0-9][a-z0-9-]*)\]", re.ASCII)
_LINK = re.compile(
    r"\]\([ \t]*(?P<inline><[^<>]*>|[^\s()<>]+)"  # [text](destination)
    r"|^ {0,3}\[[^\]]+\]:[ \t]*(?P<definition><[^<>]*>|[^\s<>]+)"  # [label]: destination
)


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
        for number, line, link in _links(lines):
            target = _find_target(task.path, line[slice(*link)])
            if target in wanted:
                yield Reference(str(target), task.path, task.document.body_line + number)


def _links(lines: list[str]) -> Iterator[tuple[int, str, tuple[int, int]]]:
    """Yield the destinations of links outside fenced code: line number, line, span."""
    for number, line in visible_lines(lines):
        for match in _LINK.finditer(line or ""):
            yield number, str(line), match.span(match.lastgroup or 0)


def _find_target(path: str, destination: str) -> str | None:
    """Return the id of the task whose file a link points to; None for any other link."""
    from urllib.parse import unquote  # noqa: PLC0415 (only links need it)

    bare = re.split(r"[#?]", destination.strip("<>"), maxsplit=1)[0]
    if not is_markdown(bare) or "://" in bare:
        return None
    base = "" if bare.startswith("/") else posixpath.dirname(path)
    parts = posixpath.normpath(posixpath.join(base, unquote(bare).lstrip("/"))).split("/")
    if len(parts) != 3 or parts[0] != TASKS_DIR or parts[1] not in DIRECTORIES.values():
        return None
    return id_in_name(parts[2])


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
        elif key not in past:
            result[key] = _map_texts(value, lambda text: _rename_tags(text, old, new))
    return result


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
    for number, line, (start, end) in reversed(list(_links(lines))):
        destination = line[start:end]
        if _find_target(path, destination) == old:
            named = list(re.finditer(rf"-{re.escape(old)}\.[mM][dD]", destination))
            if named:
                head, tail = destination[: named[-1].start()], destination[named[-1].end() :]
                lines[number] = f"{line[:start]}{head}-{new}.md{tail}" + lines[number][end:]
    return _rename_tags("".join(lines), old, new)
