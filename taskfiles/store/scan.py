"""One pass over all task files: unchanged ones come from the index, all others are read and added to it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import zip_longest
from typing import TypeVar

from taskfiles.basics import accel
from taskfiles.store.index import reading, writing
from taskfiles.store.index.sound import read_sound
from taskfiles.store.reader import Reader, is_task_file
from taskfiles.store.walk import walk_files
from taskfiles.task.findings import Finding, unpack_finding
from taskfiles.task.layout import TASKS_DIR
from taskfiles.task.remembered import RACY_NS, Entry, Key, Record, fits, is_racy, key_of
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.task.wire import make_entry
from taskfiles.task.words import State
from taskfiles.text.document import split_document

T = TypeVar("T")
_QUEUED = frozenset({State.READY, State.IN_PROGRESS})


class Moved(Exception):
    """Files appeared or disappeared during a pass, or a change of several steps was made."""


def read_all(
    reader: Reader,
    use: Callable[[Iterator[Task | Finding]], T],
    *,
    check: bool = False,
    journal: str | None = None,
) -> T:
    """Pass all tasks, and a finding for each unreadable file, to `use`, in the order of their paths.

    A task drops its cached data as soon as the next one is requested. With `check` each one's findings are
    computed. Raises Moved if files appear or disappear meanwhile, and with `journal`, the journal's
    directory, if a change of several steps is made; TaskfilesError (io).
    """
    before = _stamp(journal)
    scan = _Scan(reader, check)
    result = use(scan.tasks())
    if not scan.is_unchanged() or before is None or before != _stamp(journal):
        raise Moved
    scan.save()
    return result


class _Scan:
    """One pass over all files."""

    def __init__(self, reader: Reader, check: bool) -> None:
        self.reader, self.check = reader, check
        self.started_ns = time.time_ns()
        self.paths: list[str] = []
        self.seen: reading.Seen = {}
        self.fresh: reading.Seen = {}
        self.base: reading.Base | None = None
        self.visited: dict[str, int] = {}  # directories, and their times of modification

    def tasks(self) -> Iterator[Task | Finding]:
        reader = self.reader
        known = self._known()
        keys: list[Key | None] = []  # None for a link, which is always read
        for file, listed in walk_files(reader.file(TASKS_DIR), reader.is_inside, self.visited):
            path = reader.relative(file)
            self.paths.append(path)
            keys.append(None if listed is None else _key(listed) if path in known else reading.NO_KEY)
        for done, (path, key) in enumerate(zip(self.paths, keys, strict=True)):
            indexed = known.get(path)
            entry = reading.task_entry(indexed[1]) if indexed is not None else None
            if indexed is not None and indexed[0] == key and self._suffices(entry):
                self.seen[path] = indexed
                found = self._from_record(path, indexed[1], entry)
            else:
                reader.progress(done, len(keys))
                found = self._read(path, keep=key is not None)
            if isinstance(found, Task):
                yield found
                found.drop_cached()
            elif found is not None:
                yield found
        reader.progress(len(keys), len(keys))

    def _known(self) -> reading.Seen:
        if self.reader.cache is not None:
            self.base = reading.open_base(self.reader.cache, self.reader.root)
        try:
            return self.base.seen() if self.base is not None else {}
        except reading.Corrupt:
            self.base = None
            return {}

    def _suffices(self, entry: Entry | None) -> bool:
        if entry is None:
            return True
        # The checkboxes are needed for queues, and a text that is read later may have changed by then.
        counted = entry.boxes is not None or entry.state not in _QUEUED
        return counted and (not self.check or entry.findings is not None)

    def _from_record(self, path: str, record: Record, entry: Entry | None) -> Task | Finding | None:
        if record is None:
            return None
        return unpack_finding(record[0]) if entry is None else self.reader.restore(path, entry)

    def _read(self, path: str, *, keep: bool) -> Task | Finding | None:
        """Read a file, and index it if every later change of the file would change its key."""
        try:
            content = self.reader.read_regular(path)
        except Unreadable as error:
            return error.finding
        except FileNotFoundError:
            raise Moved from None
        data, identity = content
        record: Record
        found: Task | Finding | None
        try:
            record, found = self._parse(path, data)
        except Unreadable as error:
            record, found = (error.finding.pack(),), error.finding
        key = identity[1:]
        if (
            keep
            and self.reader.cache is not None
            and not is_racy(key, self.started_ns)
            and fits(key)
            and "\n" not in path  # the index has one line for each path
            and _is_open(self.reader.file(path))
        ):
            self.seen[path] = self.fresh[path] = (key, record)
        return found

    def _parse(self, path: str, data: bytes) -> tuple[Record, Task | None]:
        if not is_task_file(path, data):
            return None, None
        if self.reader.cache is None:
            task = parse_task(path, data)
            _ = task.findings if self.check else ()  # computed while the nodes are in memory
            return None, task
        quick = read_sound(path, data) if accel.is_on("sound") and not self.check else None
        if quick is not None:
            task = self.reader.restore(path, quick)
            if quick.state in _QUEUED:  # commands need the checkboxes of these only
                task.document = split_document(data)
                quick.boxes = task.boxes
            return quick.record(), task
        task = parse_task(path, data)
        entry = make_entry(task, check=self.check)
        return entry.record(), self.reader.restore(path, entry)

    def is_unchanged(self) -> bool:
        """Return whether the list of files is the same: by the directories' times if old, else by names."""
        if not self.visited:  # `tasks/` itself has disappeared
            return False
        if self.reader.cache is not None and max(self.visited.values()) <= self.started_ns - RACY_NS:
            with suppress(OSError):
                if all(os.stat(place).st_mtime_ns == moment for place, moment in self.visited.items()):
                    return True
        return all(before == after for before, after in zip_longest(self.paths, self.reader.walk()))

    def save(self) -> None:
        """Save the index if anything is new."""
        if self.reader.cache is not None and self.fresh:
            writing.save(self.reader.cache, self.reader.root, self.base, self.seen, self.fresh)


def _stamp(journal: str | None) -> int | None:
    if journal is None:
        return 0
    from taskfiles.store.recovery import change_stamp  # noqa: PLC0415 (only checks need it)

    return change_stamp(journal)


def _is_open(file: str) -> bool:
    """Return whether a file is readable without root's rights, which the next process may not have."""
    if os.geteuid() != 0:
        return True
    with suppress(FileNotFoundError):  # moved since, which `is_unchanged` notices
        return bool(os.stat(file).st_mode & stat.S_IRUSR)
    return False


def _key(entry: os.DirEntry[str]) -> Key:
    try:
        key: Key = key_of(entry.stat(follow_symlinks=False))
    except OSError:
        return reading.NO_KEY
    return key
