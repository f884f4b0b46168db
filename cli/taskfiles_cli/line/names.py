"""How tasks are named on a command line: by id, path, an id from elsewhere, or kind and id."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from taskfiles.task.keys import REFERENCES
from taskfiles.task.layout import TASKS_DIR, is_markdown
from taskfiles.task.values import is_id
from taskfiles.task.words import Kind

if TYPE_CHECKING:
    from taskfiles import Store

_KINDS = tuple(f"{kind.value}-" for kind in Kind)


def find_id(store: Store, name: str) -> str:
    """Return the id of a task named by its id, path, an id from elsewhere, or kind and id (`task-fix`).

    An id that no task has is returned as it is. Raises TaskfilesError (no-such-task, unreadable-task) for a
    path that is not a task's, ambiguous-task for an old id that several have.
    """
    name = read_task_name(store, name)
    return store.load_at(name).task.id if is_path(name) else name


def find_references(store: Store, items: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return items of list keys with the ids of the tasks that they name by path, or by kind and id."""
    return [
        (key, find_id(store, item) if key in REFERENCES and may_be_no_id(item) else item)
        for key, item in items
    ]


def read_task_name(store: Store, text: str) -> str:
    """Return a task's id, or its file's path where that was given, relative to the root."""
    path = read_task_path(store, text) if is_path(text) else None
    if path is not None and os.path.lexists(store.reader.file(path)):
        return path
    if (old := _find_old_id(store, text)) is not None:
        return old
    if path is not None:
        return path
    kind = next((kind for kind in _KINDS if text.startswith(kind)), None)
    if kind is None or store.has(text):
        return text
    task_id = text.removeprefix(kind)
    return task_id if task_id and store.has(task_id) else text


def may_be_no_id(text: str) -> bool:
    """Return whether a name must be looked up, since it is a path, no id here, or may be kind and id."""
    return is_path(text) or text.startswith(_KINDS) or not is_id(text)


def _find_old_id(store: Store, text: str) -> str | None:
    """Return the id of the task that had an id elsewhere; None for what can be an id here, or for no task."""
    if is_id(text):
        return None
    from taskfiles.backlog.old_ids import find_by_old_id  # noqa: PLC0415 (most names are ids)
    from taskfiles.backlog.snapshot import ambiguous_task  # noqa: PLC0415 (as above)

    found = find_by_old_id(store.snapshot().tasks, text)
    if len(found) > 1:
        raise ambiguous_task(text, [task.path for task in found])
    return found[0].id if found else None


def is_path(text: str) -> bool:
    """Return whether a name is a path: no id contains a slash or a dot."""
    return "/" in text or is_markdown(text)


def read_task_path(store: Store, text: str) -> str:
    """Return the path of a task's file relative to the root.

    It may be relative to the working directory, or to the root, as it stands in our own messages.
    """
    path = os.path.abspath(text if os.path.lexists(text) else os.path.join(store.reader.root, text))
    if path.startswith(f"{store.reader.file(TASKS_DIR)}/"):
        return store.reader.relative(path)
    directory, name = os.path.split(path)
    real = os.path.join(os.path.realpath(directory), name)
    top = os.path.realpath(store.reader.file(TASKS_DIR)) + "/"
    return f"{TASKS_DIR}/{real.removeprefix(top)}" if real.startswith(top) else store.reader.relative(real)
