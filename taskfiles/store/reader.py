"""Read a project's files: list them, and read single ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.store import disk
from taskfiles.task.findings import make_finding
from taskfiles.task.layout import TASKS_DIR
from taskfiles.task.names import ids_in_path, is_task_name
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.text.document import MAX_BYTES, Document, looks_like_task, split_document

if TYPE_CHECKING:
    from taskfiles.task.remembered import Remembered


class Loaded(NamedTuple):
    """A task, and the identity and real path of the file it was read from."""

    task: Task
    identity: disk.Identity
    file: str


class LateRead(TaskfilesError):
    """The text of a task from the index was needed, and its file has changed since."""


def ignore_progress(_done: int, _all: int) -> None:
    """Report no progress."""


class Reader:
    """The files below one project's `tasks/`; paths are relative to the root, with `/`.

    `root` is a real path, `boundary` the directory that links must not leave. `cache` is the directory of
    the index, or None: with one, a task's text is read on first use, and refused if the file has changed
    since. `progress` is called with the number of files read and of all files.
    """

    def __init__(
        self,
        root: str,
        boundary: str,
        cache: str | None = None,
        progress: Callable[[int, int], None] = ignore_progress,
    ) -> None:
        self.root, self._boundary, self._cache, self.progress = root, boundary, cache, progress

    def file(self, path: str) -> str:
        """Return the absolute path of a file."""
        return os.path.join(self.root, path)

    def relative(self, file: str) -> str:
        """Return a file's path relative to the root, with `/`; a path outside as it is."""
        return file.removeprefix(self.root.rstrip("/") + "/") if file != self.root else "."

    def is_inside(self, file: str) -> bool:
        """Return whether a path, links followed, is within the repository (without git: the root)."""
        real = os.path.realpath(file)
        return real == self._boundary or real.startswith(self._boundary.rstrip("/") + "/")

    def walk(self) -> Iterator[str]:
        """Yield the `.md` files below `tasks/` in the order of their paths."""
        from taskfiles.store.walk import walk_files  # noqa: PLC0415 (the index knows most names)

        for file, _ in walk_files(self.file(TASKS_DIR), self.is_inside):
            yield self.relative(file)

    # One file

    def read(self, path: str) -> Loaded | None:
        """Read one file; None if it is not a task file.

        Raises Unreadable if it looks like a task and can't be read, FileNotFoundError if it does not exist.
        """
        data, identity = self.read_regular(path)
        if not is_task_file(path, data):
            return None
        return Loaded(parse_task(path, data), identity, self.real_file(path))

    def real_file(self, path: str) -> str:
        """Return the file to write for a path: where it leads, if it is a link."""
        file = self.file(path)
        return os.path.realpath(file) if os.path.islink(file) else file

    def read_bytes(self, path: str, limit: int = MAX_BYTES) -> tuple[bytes, disk.Identity] | None:
        """Read a regular file of the repository, links followed; None for anything else.

        Raises Unreadable, FileNotFoundError, TaskfilesError (io) if the system is out of file handles.
        """
        file = self.file(path)
        is_link = os.path.islink(file)
        try:
            if is_link and not self.is_inside(file):
                raise Unreadable(make_finding("outside-link", path, 1, 1))
            return disk.read_regular(file, limit)
        except OSError as error:
            if error.errno in disk.EXHAUSTED:
                with disk.io_errors("Reading", path):
                    raise
            if isinstance(error, FileNotFoundError) and not is_link:
                raise
            problem = reason_of(error)
            raise Unreadable(make_finding("unreadable-file", path, 1, 1, problem=problem)) from error

    def read_regular(self, path: str) -> tuple[bytes, disk.Identity]:
        """Read a regular file. Raises Unreadable for anything else, and as `read_bytes` does."""
        content = self.read_bytes(path)
        if content is None:
            raise Unreadable(make_finding("unreadable-file", path, 1, 1, problem="it is not a regular file"))
        return content

    def document(self, task: Task) -> Document:
        """Read the text of a task from the index. Raises TaskfilesError (changed-underneath)."""
        with suppress(Unreadable, FileNotFoundError):
            data, _ = disk.read_small(self.file(task.path)) or self.read_regular(task.path)
            if task.matches(data):
                return split_document(data)
        raise LateRead("changed-underneath", path=task.path)

    # The index

    def restore(self, path: str, entry: Remembered) -> Task:
        """Return the task of an index entry."""
        return Task.from_entry(path, entry, self.document)

    @property
    def cache(self) -> str | None:
        """The directory of the index; None if it is off."""
        return self._cache


def is_task_file(path: str, data: bytes) -> bool:
    """Return whether a file is a task file. Raises Unreadable if only its name is that of one."""
    if looks_like_task(data):
        return True
    if is_task_name(path) or (ids_in_path(path) and not data.strip()):
        raise Unreadable(make_finding("no-frontmatter", path, 1, 1))
    return False
