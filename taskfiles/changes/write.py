"""Write single task files: replace, create, move and delete, each in one atomic step."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import TaskfilesError
from taskfiles.store import disk
from taskfiles.store.reader import Loaded
from taskfiles.store.store import Store
from taskfiles.task.layout import FLAT, TASKS_DIR, is_markdown
from taskfiles.task.names import CONFIG_PATH, RESERVED_IDS
from taskfiles.task.task import Task


def check_place(store: Store, path: str) -> None:
    """Refuse a path that is not one of a file below `tasks/`, or where a link leads out of the repository.

    Where a task's file belongs is for the layout to say; a file by any other name can come back here, too.
    Raises TaskfilesError (outside-root).
    """
    top, *below = path.split("/")
    is_hidden = any(part.startswith(".") or not part for part in below)
    if (
        top != TASKS_DIR
        or not below
        or is_hidden
        or "\0" in path
        or not is_markdown(below[-1])
        or not store.reader.is_inside(os.path.dirname(store.reader.file(path)))
    ):
        raise TaskfilesError("outside-root", path=path)


def check_new_id(store: Store, task_id: str) -> None:
    """Refuse an id whose file would look like one that is not a task. Raises TaskfilesError (bad-value)."""
    if store.settings.layout == FLAT and task_id in RESERVED_IDS:
        raise TaskfilesError(
            "bad-value",
            option="id",
            given=f"“{task_id}”",
            problem=f"{TASKS_DIR}/{task_id}.md is the name of a file that is usually no task",
            remedy="Choose an id that says more.",
        )


class SettingsChange(NamedTuple):
    """The bytes of tasks.toml before and after a change, None for no file; `changes` say what it is."""

    before: bytes | None
    after: bytes | None
    changes: Sequence[dict[str, Any]] = ()


def change_settings(store: Store, change: SettingsChange) -> None:
    """Replace, create or delete tasks.toml. Raises TaskfilesError (changed-underneath, io)."""
    file = store.reader.file(CONFIG_PATH)
    with disk.io_errors("Writing", CONFIG_PATH):
        try:
            if change.before is None:
                disk.create_file(file, change.after or b"")
                return
            content = disk.read_regular(file)
            if content is None or content[0] != change.before:
                raise disk.Changed
            if change.after is None:
                disk.remove_file(file, content[1])
            else:
                disk.replace_file(file, change.after, content[1], change.before)
        except FileExistsError:
            if change.before is not None:  # it is the temporary file that can't be made
                raise
            raise TaskfilesError("changed-underneath", path=CONFIG_PATH) from None
        except (FileNotFoundError, disk.Changed):
            raise TaskfilesError("changed-underneath", path=CONFIG_PATH) from None


def replace(loaded: Loaded, data: bytes) -> None:
    """Replace the content of a task's file, unless it has changed since it was read.

    Raises TaskfilesError (changed-underneath, io).
    """
    disk.write_over(loaded.file, data, loaded.identity, loaded.task.path, loaded.task.data)


def create(store: Store, task: Task) -> None:
    """Create a task's file at its path. Raises TaskfilesError (path-taken, outside-root, io)."""
    check_place(store, task.path)
    file = store.reader.file(task.path)
    with disk.io_errors("Creating", task.path):
        try:
            disk.create_file(file, task.data)
        except FileExistsError:
            if not os.path.isdir(os.path.dirname(file)):  # the directory can't be created
                raise
            raise TaskfilesError("path-taken", path=task.path, id=task.id) from None


def move(store: Store, task: Task, path: str) -> None:
    """Move a task's file to another path.

    Raises TaskfilesError (path-taken, outside-root, edit-unsafe for a link, changed-underneath, io).
    """
    check_place(store, path)
    if os.path.islink(store.reader.file(task.path)):
        problem = "its file is a symbolic link, which would lead elsewhere from another directory"
        raise TaskfilesError("edit-unsafe", path=task.path, field="The place", problem=problem)
    with disk.io_errors("Moving", task.path):
        target = store.reader.file(path)
        try:
            disk.move_file(store.reader.file(task.path), target)
        except FileExistsError:
            if not os.path.isdir(os.path.dirname(target)):  # it is the directory that can't be made
                raise
            raise TaskfilesError("path-taken", path=path, id=task.id) from None
        except FileNotFoundError:
            raise TaskfilesError("changed-underneath", path=task.path) from None


def remove(store: Store, loaded: Loaded) -> None:
    """Delete a task's file, unless it has changed since it was read.

    Raises TaskfilesError (edit-unsafe for a link, changed-underneath, io).
    """
    path = loaded.task.path
    if os.path.islink(store.reader.file(path)):
        problem = "its file is a symbolic link, and what it leads to would stay"
        raise TaskfilesError("edit-unsafe", path=path, field="The file", problem=problem)
    with disk.io_errors("Deleting", path):
        try:
            disk.remove_file(loaded.file, loaded.identity, loaded.task.data)
        except (FileNotFoundError, disk.Changed):
            raise TaskfilesError("changed-underneath", path=path) from None
