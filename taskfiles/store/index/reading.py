"""Read the index: records of a project's files, so that only changed ones are read again.

The index is disposable: a file of it that is missing, truncated, of another version, project or user, or
that has a wrong checksum is silently ignored. `base` has all files at one moment, `delta` those that changed
since; both are replaced atomically by a rename, so that readers and writers never wait for each other, and a
delta names the base that it belongs to.

A file of the index is a series of blobs, each readable by itself, then a header with their offsets. `base`
has the list of files (`keys`), the tasks of each state (`lines:STATE`, `ends:STATE`), their rows of JSON
(`rows:STATE`), the rest of their records (`rest:STATE`), and the records of other files (`others`). The
module `writing` writes them.
"""

from __future__ import annotations

import os
from zlib import crc32

from taskfiles.task.remembered import Entry, Key, Record, unpack
from taskfiles.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Seen: TypeAlias = "dict[str, tuple[Key, Record]]"

NO_KEY: Key = (0, 0, 0, 0)
BASE, DELTA = "base", "delta"
MAGIC = b"tasks index 8\n"
TAIL = 8  # bytes at the end, after the header: its length and checksum
SEPARATOR = b","  # between two rows of a section
_MAX_HEADER = 1 << 20
_MIN_DELTA, _DELTA_SHARE = 64, 16  # more changed files than both this number and share make a new base


class Listing:
    """A directory: its names in the order of the system's listing, and their keys in four columns.

    The key of a name without a record is zeros.
    """

    __slots__ = ("columns", "names")

    def __init__(self, names: list[str], columns: bytes) -> None:
        self.names = names
        # Four columns of 64-bit numbers, converted to lists without a loop in Python.
        size = 8 * len(names)
        view = memoryview(columns)
        parts = (view[at : at + size] for at in range(0, 4 * size, size or 1))
        self.columns = [part.cast("Q").tolist() for part in parts] if names else [[], [], [], []]

    def by_name(self) -> dict[str, Key]:
        """Return the keys by name."""
        keys: zip[Key] = zip(*self.columns, strict=True)
        return {name: key for name, key in zip(self.names, keys, strict=True) if key != NO_KEY}


class Section:
    """The tasks of one state, ordered by id and path: a line `id<tab>path` for each, and the end of its row.

    The lines stay one bytes object: a search in it costs less than splitting it.
    """

    def __init__(self, lines: bytes, ends: bytes) -> None:
        self._lines, self._ends = lines, memoryview(ends).cast("Q")

    def tasks(self) -> list[tuple[str, str]]:
        """Return the ids and paths."""
        found = []
        for line in self._lines[1:-1].split(b"\n"):
            task_id, _, path = line.partition(b"\t")
            found.append((task_id.decode(), os.fsdecode(path)))
        return found

    def start(self, position: int) -> int:
        """Return the offset of a row in the section's rows; `SEPARATOR` is before it."""
        return self._ends[position - 1] + len(SEPARATOR) if position else 0

    def find(self, path: str) -> int | None:
        """Return the position of a file's task; None if it is not in the section."""
        at = self._lines.find(b"\t" + os.fsencode(path) + b"\n")
        return self._lines.count(b"\n", 0, at) - 1 if at >= 0 else None

    def paths_of(self, task_id: str) -> list[str]:
        """Return the paths of the files that have an id."""
        mark, found = b"\n" + task_id.encode() + b"\t", []
        at = self._lines.find(mark)
        while at >= 0:
            end = self._lines.index(b"\n", at + len(mark))
            found.append(os.fsdecode(self._lines[at + len(mark) : end]))
            at = self._lines.find(mark, end)
        return found

    def insertion_point(self, task_id: str) -> int:
        """Return the position before which a task with this id is inserted."""
        lines, wanted = self._lines, task_id.encode()
        low, high = 1, len(lines)  # starts of lines
        while low < high:
            middle = max(low, lines.rfind(b"\n", 0, (low + high) // 2) + 1)
            if lines[middle : lines.index(b"\t", middle)] < wanted:
                low = lines.index(b"\n", middle) + 1
            else:
                high = middle
        return lines.count(b"\n", 0, low) - 1


class Base:
    """An open index: one consistent state, even if another process replaces it meanwhile."""

    def __init__(self, directory: str, data: _File, header: dict[str, Any]) -> None:
        self.directory, self._data, self.header = directory, data, header
        self.stamp: str = header["stamp"]
        self.count: int = header["count"]
        self.quiet: bool = header["quiet"]
        self.max_delta = max(_MIN_DELTA, self.count // _DELTA_SHARE)

    def listings(self) -> dict[str, Listing]:
        """Return the listing of each directory. Raises Corrupt."""
        return {path: Listing(*parts) for path, parts in unpack(self._blob("keys")).items()}

    @property
    def states(self) -> list[str]:
        """The states that at least one task has."""
        states: list[str] = self.header["states"]
        return states

    def section(self, state: str) -> Section:
        """Return the section of a state. Raises Corrupt."""
        return Section(self._blob(f"lines:{state}"), self._blob(f"ends:{state}"))

    def rows(self, state: str) -> bytes:
        """Return the JSON rows of a section, with `SEPARATOR` between them. Raises Corrupt."""
        return self._blob(f"rows:{state}")

    def seen(self) -> Seen:
        """Return the key and record of each file, the delta's included. Raises Corrupt."""
        keys = {path: listing.by_name() for path, listing in self.listings().items()}
        found: Seen = {}
        for state in self.states:
            rows, section = self.rows(state), self.section(state)
            rest = unpack(self._blob(f"rest:{state}"))
            for position, ((task_id, path), more) in enumerate(zip(section.tasks(), rest, strict=True)):
                directory, _, name = path.rpartition("/")
                row = rows[section.start(position) : section.start(position + 1) - len(SEPARATOR)]
                found[path] = (keys[directory][name], (task_id, state, *more, row))
        for path, record in unpack(self._blob("others")).items():
            directory, _, name = path.rpartition("/")
            found[path] = (keys[directory][name], record)
        return found | self.delta()[0]

    def delta(self) -> tuple[Seen, bool]:
        """Return the files that changed since, and whether with them `list` has no warnings.

        A missing, corrupt or other base's delta has no files.
        """
        opened = _open(os.path.join(self.directory, DELTA), self.header["project"])
        if opened is None or opened[1]["stamp"] != self.stamp:
            return {}, self.quiet
        try:
            found: Seen = unpack(_blob(*opened, "seen"))
        except Corrupt:
            return {}, self.quiet
        return found, opened[1]["quiet"]

    def _blob(self, name: str) -> bytes:
        return _blob(self._data, self.header, name)


class Corrupt(Exception):
    """The index can't be used."""


class _File:
    """An open file of the index, closed when it is garbage collected."""

    descriptor = -1  # Ctrl-C can come before there is one

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __del__(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)

    def read(self, size: int, offset: int) -> bytes:
        """Read some bytes. Raises Corrupt if the file ends before."""
        parts = []
        while size > 0:
            part = os.pread(self.descriptor, size, offset)
            if not part:
                raise Corrupt
            parts.append(part)
            offset, size = offset + len(part), size - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def open_base(directory: str, root: str) -> Base | None:
    """Open the index of the project at a root; None if there is none or it can't be used."""
    opened = _open(os.path.join(directory, BASE), project_mark(root))
    return Base(directory, *opened) if opened else None


def is_damaged(directory: str) -> bool:
    """Return whether the index has files that can't be read completely, of whatever project or version."""
    for name in (BASE, DELTA):
        path = os.path.join(directory, name)
        if not os.path.lexists(path):
            continue
        opened = _open(path, None)
        if opened is None:
            return True
        try:
            for blob in opened[1]["blobs"]:
                _blob(*opened, blob)
        except Corrupt:
            return True
    return False


def _open(path: str, project: str | None) -> tuple[_File, dict[str, Any]] | None:
    try:
        file = _File(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW))
        status = os.fstat(file.descriptor)
        if status.st_uid != os.geteuid() or status.st_size < len(MAGIC) + TAIL:
            return None  # a file of another user is not trusted
        end = status.st_size - TAIL
        tail = file.read(TAIL, end)
        size = int.from_bytes(tail[:4], "little")
        if not 0 < size <= min(end, _MAX_HEADER) or file.read(len(MAGIC), 0) != MAGIC:
            return None
        text = file.read(size, end - size)
        if crc32(text) != int.from_bytes(tail[4:], "little"):
            return None
    except (OSError, Corrupt):
        return None
    header: dict[str, Any] = unpack(text)
    return (file, header) if project in {None, header["project"]} else None


def _blob(file: _File, header: dict[str, Any], name: str) -> bytes:
    offset, size, checksum = header["blobs"][name]
    try:
        data = file.read(size, offset)
    except OSError as error:
        raise Corrupt from error
    if crc32(data) != checksum:
        raise Corrupt
    return data


def project_mark(root: str) -> str:
    """Return the mark of an index: the project's root, and the version that wrote it."""
    return f"{__version__} {root}"


def task_entry(record: Record) -> Entry | None:
    """Return the entry of a task's record; None for an unreadable file's, or one that is no task."""
    return Entry(record) if record is not None and len(record) > 1 else None
