"""Reading a project's files: which there are, single ones, and all of them with what is remembered."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import zip_longest
from typing import NamedTuple, TypeVar

from taskfiles import accel, files, index, indexing
from taskfiles.diagnostics import Finding, make_finding
from taskfiles.document import MAX_BYTES, Document, claims_task, split_document
from taskfiles.entry import Entry, Key, Record, is_racy
from taskfiles.errors import TaskfilesError
from taskfiles.names import id_in_name
from taskfiles.place import TASKS_DIR
from taskfiles.sound import read_sound
from taskfiles.task import Task, Unreadable, parse_task
from taskfiles.walk import walk_files
from taskfiles.wire import make_entry
from taskfiles.words import State

T = TypeVar("T")
_UNKNOWN: Key = (0, 0, 0, 0)
_QUEUED = frozenset({State.READY, State.IN_PROGRESS})


class Loaded(NamedTuple):
    """A task with the identity of the file it was read from and that file's real path."""

    task: Task
    identity: files.Identity
    file: str


class Moved(Exception):
    """Files came or went while all were being read."""


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
        data, identity = self._read_regular(path)
        if not _claims(path, data):
            return None
        file = self.file(path)
        return Loaded(
            parse_task(path, data), identity, os.path.realpath(file) if os.path.islink(file) else file
        )

    def read_bytes(self, path: str, limit: int = MAX_BYTES) -> tuple[bytes, files.Identity] | None:
        """Read a regular file of the repository, whether or not a link leads to it; None for any other.

        Raises Unreadable, FileNotFoundError, TaskfilesError (io) where the system is out of files.
        """
        file = self.file(path)
        is_link = os.path.islink(file)
        try:
            if is_link and not self.is_inside(file):
                raise Unreadable(make_finding("outside-link", path, 1, 1))
            return files.read_regular(file, limit)
        except OSError as error:
            if error.errno in files.EXHAUSTED:
                with files.naming("Reading", path):
                    raise
            if isinstance(error, FileNotFoundError) and not is_link:
                raise
            problem = (error.strerror or str(error)).lower()
            raise Unreadable(make_finding("unreadable-file", path, 1, 1, problem=problem)) from error

    def _read_regular(self, path: str) -> tuple[bytes, files.Identity]:
        content = self.read_bytes(path)
        if content is None:
            raise Unreadable(make_finding("unreadable-file", path, 1, 1, problem="it is no regular file"))
        return content

    def _document(self, task: Task) -> Document:
        """Read a remembered task's text. Raises TaskfilesError (changed-underneath)."""
        with suppress(Unreadable, FileNotFoundError):
            data, _ = self._read_regular(task.path)
            if task.is_of(data):
                return split_document(data)
        raise TaskfilesError("changed-underneath", path=task.path)

    # All files

    def read_all(self, use: Callable[[Iterator[Task | Finding]], T], *, check: bool = False) -> T:
        """Hand every task and a finding for each unreadable file, in the order of their paths, to `use`.

        A task lets go of what it can read again as soon as the next is asked for. With `check` each one's
        findings are worked out. Raises Moved where files came or went meanwhile, TaskfilesError (io).
        """
        scan = _Scan(self, check)
        result = use(scan.tasks())
        if any(before != after for before, after in zip_longest(scan.paths, self.walk())):
            raise Moved
        scan.remember()
        return result

    def restore(self, path: str, entry: Entry) -> Task:
        """Make a task of what is remembered of it."""
        return Task.remembered(path, entry, self._document)

    @property
    def cache(self) -> str | None:
        """The directory of the index; None where it is off."""
        return self._cache if accel.is_on("index") else None


class _Scan:
    """One pass over all files: what the index knows is taken from it, all else is read."""

    def __init__(self, reader: Reader, check: bool) -> None:
        self.reader, self.check = reader, check
        self.started_ns = time.time_ns()
        self.paths: list[str] = []
        self.seen: index.Seen = {}
        self.fresh: index.Seen = {}
        self.base: index.Base | None = None

    def tasks(self) -> Iterator[Task | Finding]:
        reader = self.reader
        known = self._known()
        keys: list[Key | None] = []  # None for a link, which is always read
        for file, entry in walk_files(reader.file(TASKS_DIR), reader.is_inside):
            path = reader.relative(file)
            self.paths.append(path)
            keys.append(None if entry is None else _key(entry) if path in known else _UNKNOWN)
        for done, (path, key) in enumerate(zip(self.paths, keys, strict=True)):
            remembered = known.get(path)
            if remembered is not None and remembered[0] == key and self._suffices(remembered[1]):
                self.seen[path] = remembered
                found = self._revive(path, remembered[1])
            else:
                reader.progress(done, len(keys))
                found = self._read(path, keep=key is not None)
            if isinstance(found, Task):
                yield found
                found.forget()
            elif found is not None:
                yield found
        reader.progress(len(keys), len(keys))

    def _known(self) -> index.Seen:
        if self.reader.cache is not None:
            self.base = index.open_base(self.reader.cache, self.reader.root)
        try:
            return self.base.seen() if self.base is not None else {}
        except index.Corrupt:
            self.base = None
            return {}

    def _suffices(self, record: Record) -> bool:
        entry = index.task_entry(record)
        if entry is None:
            return True
        # A text that is read only when it is asked for may have changed by then.
        counted = entry.boxes is not None or entry.state not in _QUEUED
        return counted and (not self.check or entry.findings is not None)

    def _revive(self, path: str, record: Record) -> Task | Finding | None:
        if record is None:
            return None
        entry = index.task_entry(record)
        return Finding(*record[0]) if entry is None else self.reader.restore(path, entry)

    def _read(self, path: str, *, keep: bool) -> Task | Finding | None:
        """Read a file; what it was is remembered where its key will tell of any change."""
        try:
            content = self.reader._read_regular(path)
        except Unreadable as error:
            return error.finding
        except FileNotFoundError:
            raise Moved from None
        data, identity = content
        record: Record
        found: Task | Finding | None
        try:
            record, found = self._understand(path, data)
        except Unreadable as error:
            record, found = (tuple(error.finding),), error.finding
        key = identity[1:]
        if keep and self.reader.cache is not None and min(key) >= 0 and not is_racy(key, self.started_ns):
            self.seen[path] = self.fresh[path] = (key, record)
        return found

    def _understand(self, path: str, data: bytes) -> tuple[Record, Task | None]:
        if not _claims(path, data):
            return None, None
        if self.reader.cache is None:
            task = parse_task(path, data)
            _ = task.findings if self.check else ()  # worked out while the places are there
            return None, task
        quick = read_sound(path, data) if accel.is_on("sound") and not self.check else None
        if quick is not None:
            task = self.reader.restore(path, quick)
            if quick.state in _QUEUED:  # only of these does any command ask
                task.document = split_document(data)
                quick.boxes = task.boxes
            return quick.record(), task
        task = parse_task(path, data)
        entry = make_entry(task, check=self.check)
        return entry.record(), self.reader.restore(path, entry)

    def remember(self) -> None:
        """Save what was seen, where anything is new."""
        if self.reader.cache is not None and self.fresh:
            indexing.save(self.reader.cache, self.reader.root, self.base, self.seen, self.fresh)


def _claims(path: str, data: bytes) -> bool:
    """Tell whether a file is to be read as a task. Raises Unreadable for one that only has the name."""
    if claims_task(data):
        return True
    if id_in_name(path.rpartition("/")[2]) is not None:
        raise Unreadable(make_finding("no-frontmatter", path, 1, 1))
    return False


def _key(entry: os.DirEntry[str]) -> Key:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return _UNKNOWN
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
