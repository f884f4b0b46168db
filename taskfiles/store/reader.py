"""Reading a project's files: which there are, and single ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from taskfiles.basics import accel
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.store import disk
from taskfiles.store.walk import walk_files
from taskfiles.task.findings import Finding, make_finding
from taskfiles.task.layout import TASKS_DIR
from taskfiles.task.names import id_in_path
from taskfiles.task.remembered import Entry
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.text.document import MAX_BYTES, Document, looks_like_task, split_document


class Loaded(NamedTuple):
    """A task with the identity of the file it was read from and that file's real path."""

    task: Task
    identity: disk.Identity
    file: str


class LateRead(TaskfilesError):
    """The text of a remembered task is asked for, and its file has changed since."""


def unheeded(_done: int, _all: int) -> None:
    """Tell nobody how far reading has come."""


class Reader:
    """The files below one project's `tasks/`; paths are relative to the root, with `/`.

    `root` is real, `boundary` what links must not leave. `cache` is the directory of the index, None for
    none: with one, a task's text is read again when it is asked for, and refused if the file has changed
    since. `progress` is told how many files of how many are read.
    """

    def __init__(
        self,
        root: str,
        boundary: str,
        cache: str | None = None,
        progress: Callable[[int, int], None] = unheeded,
    ) -> None:
        self.root, self._boundary, self._cache, self.progress = root, boundary, cache, progress

    def file(self, path: str) -> str:
        """Give the absolute path of a file."""
        return os.path.join(self.root, path)

    def relative(self, file: str) -> str:
        """Give a file's path relative to the root, with `/`; an outside one as it is."""
        return file.removeprefix(self.root.rstrip("/") + "/") if file != self.root else "."

    def is_inside(self, file: str) -> bool:
        """Tell whether a path, links followed, stays within the repository (without git: the root)."""
        real = os.path.realpath(file)
        return real == self._boundary or real.startswith(self._boundary.rstrip("/") + "/")

    def walk(self) -> Iterator[str]:
        """List the `.md` files below `tasks/` in the order of their paths."""
        for file, _ in walk_files(self.file(TASKS_DIR), self.is_inside):
            yield self.relative(file)

    # One file

    def read(self, path: str) -> Loaded | None:
        """Read one file; None where it claims no task.

        Raises Unreadable where it claims to be one and can't be read, FileNotFoundError where it is gone.
        """
        data, identity = self.read_regular(path)
        if not claims(path, data):
            return None
        file = self.file(path)
        return Loaded(
            parse_task(path, data), identity, os.path.realpath(file) if os.path.islink(file) else file
        )

    def read_named(self, task_id: str) -> tuple[list[Loaded], list[Finding]]:
        """Read the files named after an id: the tasks that have it, and a finding for each unreadable file.

        Raises FileNotFoundError where one has gone meanwhile.
        """
        found: list[Loaded] = []
        broken: list[Finding] = []
        for path in [path for path in self.walk() if path.endswith(f"-{task_id}.md")]:
            if id_in_path(path) != task_id:
                continue
            try:
                loaded = self.read(path)
            except Unreadable as error:
                broken.append(error.finding)
                continue
            if loaded is not None and loaded.task.id == task_id:
                found.append(loaded)
        if found:  # a file that merely has the name, and no frontmatter, makes no doubt
            broken = [finding for finding in broken if finding.severity == "error"]
        return found, broken

    def read_bytes(self, path: str, limit: int = MAX_BYTES) -> tuple[bytes, disk.Identity] | None:
        """Read a regular file of the repository, whether or not a link leads to it; None for any other.

        Raises Unreadable, FileNotFoundError, TaskfilesError (io) where the system is out of files.
        """
        file = self.file(path)
        is_link = os.path.islink(file)
        try:
            if is_link and not self.is_inside(file):
                raise Unreadable(make_finding("outside-link", path, 1, 1))
            return disk.read_regular(file, limit)
        except OSError as error:
            if error.errno in disk.EXHAUSTED:
                with disk.naming("Reading", path):
                    raise
            if isinstance(error, FileNotFoundError) and not is_link:
                raise
            problem = reason_of(error)
            raise Unreadable(make_finding("unreadable-file", path, 1, 1, problem=problem)) from error

    def read_regular(self, path: str) -> tuple[bytes, disk.Identity]:
        """Read a regular file. Raises Unreadable for anything else, and as `read_bytes` does."""
        content = self.read_bytes(path)
        if content is None:
            raise Unreadable(make_finding("unreadable-file", path, 1, 1, problem="it is no regular file"))
        return content

    def _document(self, task: Task) -> Document:
        """Read a remembered task's text. Raises TaskfilesError (changed-underneath)."""
        with suppress(Unreadable, FileNotFoundError):
            data, _ = self.read_regular(task.path)
            if task.matches(data):
                return split_document(data)
        raise LateRead("changed-underneath", path=task.path)

    # What is remembered

    def restore(self, path: str, entry: Entry) -> Task:
        """Make a task of what is remembered of it."""
        return Task.from_entry(path, entry, self._document)

    @property
    def cache(self) -> str | None:
        """The directory of the index; None where it is off."""
        return self._cache if accel.is_on("index") else None


def claims(path: str, data: bytes) -> bool:
    """Tell whether a file is to be read as a task. Raises Unreadable for one that only has the name."""
    if looks_like_task(data):
        return True
    if id_in_path(path) is not None:
        raise Unreadable(make_finding("no-frontmatter", path, 1, 1))
    return False
