"""What was read of a project's files before, so that only changed ones are read again.

Disposable: whatever is wrong with the index's files (missing, cut off, of another version, project or
user, with a wrong checksum) makes them as if they weren't there, in silence. `base` holds all files at one
moment, `delta` those that changed since; both are replaced whole by a rename, so that readers and writers
never wait for each other, and a delta names the base that it belongs to.

A file of the index is blobs that can be read one by one, then a header that tells where each lies. `base`
has which files there are (`keys`), the tasks of each state (`lines:STATE`, `ends:STATE`), their rows of JSON
(`rows:STATE`), what else is remembered of them (`rest:STATE`) and of other files (`others`). `indexing`
writes them.
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
MAGIC = b"tasks index 4\n"
TAIL = 8  # bytes at the end: length and checksum of the header, which stands before them
JOINT = b","  # what stands between two rows of a section
_MOST_HEADER = 1 << 20
_LEAST_DELTA, _DELTA_SHARE = 64, 16  # more changed files than that, and than this share, make a new base


class Listing:
    """A directory: the names in it as the system lists them, and their keys in four columns.

    A name that is not remembered has zeros for a key.
    """

    __slots__ = ("columns", "names")

    def __init__(self, names: list[str], columns: bytes) -> None:
        self.names = names
        # Four columns of 64-bit numbers, which become lists without a step of the interpreter for each.
        size = 8 * len(names)
        view = memoryview(columns)
        parts = (view[at : at + size] for at in range(0, 4 * size, size or 1))
        self.columns = [part.cast("Q").tolist() for part in parts] if names else [[], [], [], []]

    def by_name(self) -> dict[str, Key]:
        """Give the keys by name."""
        keys: zip[Key] = zip(*self.columns, strict=True)
        return {name: key for name, key in zip(self.names, keys, strict=True) if key != NO_KEY}


class Section:
    """The tasks of one state, ordered by id and path: a line `id<tab>path` for each, and where its row ends.

    The lines stay one piece of bytes, in which looking something up costs less than taking it apart.
    """

    def __init__(self, lines: bytes, ends: bytes) -> None:
        self._lines, self._ends = lines, memoryview(ends).cast("Q")

    def tasks(self) -> list[tuple[str, str]]:
        """Give the ids and paths."""
        found = []
        for line in self._lines[1:-1].split(b"\n"):
            task_id, _, path = line.partition(b"\t")
            found.append((task_id.decode(), os.fsdecode(path)))
        return found

    def start(self, position: int) -> int:
        """Give where a row begins among the rows of the section; a `JOINT` ends before it."""
        return self._ends[position - 1] + len(JOINT) if position else 0

    def find(self, path: str) -> int | None:
        """Give the position of the task of a file."""
        at = self._lines.find(b"\t" + os.fsencode(path) + b"\n")
        return self._lines.count(b"\n", 0, at) - 1 if at >= 0 else None

    def holders(self, task_id: str) -> list[str]:
        """Give the paths of the files that carry an id."""
        mark, found = b"\n" + task_id.encode() + b"\t", []
        at = self._lines.find(mark)
        while at >= 0:
            end = self._lines.index(b"\n", at + len(mark))
            found.append(os.fsdecode(self._lines[at + len(mark) : end]))
            at = self._lines.find(mark, end)
        return found

    def place_of(self, task_id: str) -> int:
        """Give the position before which a task of this id belongs."""
        lines, wanted = self._lines, task_id.encode()
        low, high = 1, len(lines)  # where lines begin
        while low < high:
            middle = max(low, lines.rfind(b"\n", 0, (low + high) // 2) + 1)
            if lines[middle : lines.index(b"\t", middle)] < wanted:
                low = lines.index(b"\n", middle) + 1
            else:
                high = middle
        return lines.count(b"\n", 0, low) - 1


class Base:
    """An index as it was opened: one consistent state, whatever is written meanwhile."""

    def __init__(self, directory: str, data: _File, header: dict[str, Any]) -> None:
        self.directory, self._data, self.header = directory, data, header
        self.stamp: str = header["stamp"]
        self.count: int = header["count"]
        self.quiet: bool = header["quiet"]
        self.few = max(_LEAST_DELTA, self.count // _DELTA_SHARE)

    def listings(self) -> dict[str, Listing]:
        """Give what every directory held. Raises Corrupt."""
        return {path: Listing(*parts) for path, parts in unpack(self._blob("keys")).items()}

    @property
    def states(self) -> list[str]:
        """The states that any task has."""
        states: list[str] = self.header["states"]
        return states

    def section(self, state: str) -> Section:
        """Give what is in a section. Raises Corrupt."""
        return Section(self._blob(f"lines:{state}"), self._blob(f"ends:{state}"))

    def rows(self, state: str) -> bytes:
        """Give the JSON rows of a section, with `JOINT` between them. Raises Corrupt."""
        return self._blob(f"rows:{state}")

    def seen(self) -> Seen:
        """Give all that is remembered, the delta's included. Raises Corrupt."""
        keys = {path: listing.by_name() for path, listing in self.listings().items()}
        found: Seen = {}
        for state in self.states:
            rows, section = self.rows(state), self.section(state)
            rest = unpack(self._blob(f"rest:{state}"))
            for position, ((task_id, path), more) in enumerate(zip(section.tasks(), rest, strict=True)):
                directory, _, name = path.rpartition("/")
                row = rows[section.start(position) : section.start(position + 1) - len(JOINT)]
                found[path] = (keys[directory][name], (task_id, state, *more, row))
        for path, record in unpack(self._blob("others")).items():
            directory, _, name = path.rpartition("/")
            found[path] = (keys[directory][name], record)
        return found | self.delta()[0]

    def delta(self) -> tuple[Seen, bool]:
        """Give the files that changed since, and whether with them `list` has nothing to warn of.

        No files where the delta is of another base.
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
    """An open file of the index, closed when nothing refers to it any more."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __del__(self) -> None:
        os.close(self.descriptor)

    def read(self, size: int, offset: int) -> bytes:
        """Read some bytes. Raises Corrupt where they are not there."""
        parts = []
        while size > 0:
            part = os.pread(self.descriptor, size, offset)
            if not part:
                raise Corrupt
            parts.append(part)
            offset, size = offset + len(part), size - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def open_base(directory: str, root: str) -> Base | None:
    """Open the index of the project at a root; None where none can be used."""
    opened = _open(os.path.join(directory, BASE), project_mark(root))
    return Base(directory, *opened) if opened else None


def is_damaged(directory: str) -> bool:
    """Tell whether files of the index are there that can't be read whole, whatever they are of."""
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
            return None  # what another user wrote is not ours to trust
        end = status.st_size - TAIL
        tail = file.read(TAIL, end)
        size = int.from_bytes(tail[:4], "little")
        if not 0 < size <= min(end, _MOST_HEADER) or file.read(len(MAGIC), 0) != MAGIC:
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
    """Name what an index is of: a root, and the version that read it."""
    return f"{__version__} {root}"


def task_entry(record: Record) -> Entry | None:
    """Give a task's entry; None for the record of an unreadable file and of one that is no task."""
    return Entry(record) if record is not None and len(record) > 1 else None
