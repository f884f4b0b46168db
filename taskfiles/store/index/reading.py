"""The container of the index: files of blobs, each readable by itself, each with a checksum.

The index is disposable: a file of it that is missing, truncated, of another version, project or user, or
that has a wrong checksum is silently ignored. `base` has all files at one moment, `delta` those that changed
since, `texts` what a search looks into; these two name the base that they belong to. `settings` has what
many commands need of tasks.toml. All are replaced atomically by a rename, so that readers and writers never
wait for each other.

A file of the index is a series of blobs, then a header with their offsets. The module `writing` writes them,
`table` says what each one holds.
"""

from __future__ import annotations

import os
from zlib import crc32

from taskfiles.task.remembered import Entry, Key, Lost, Record, unpack
from taskfiles.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Seen: TypeAlias = "dict[str, tuple[Key, Record]]"

NO_KEY: Key = (0, 0, 0, 0)
BASE, DELTA, TEXTS, SETTINGS = FILES = ("base", "delta", "texts", "settings")
MAGIC = b"tasks index 13\n"
TAIL = 8  # bytes at the end, after the header: its length and checksum
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


class Base:
    """An open index: one consistent state, even if another process replaces it meanwhile."""

    def __init__(self, directory: str, data: Blobs) -> None:
        self.directory, self._data, self.header = directory, data, data.header
        header = data.header
        self.stamp: str = header["stamp"]
        self.count: int = header["count"]
        self.quiet: bool = header["quiet"]
        self.on_lost: Callable[[], None] = _ignore  # called when a blob turns out to be damaged
        self.max_delta = max(_MIN_DELTA, self.count // _DELTA_SHARE)

    def listings(self) -> dict[str, Listing]:
        """Return the listing of each directory. Raises Lost."""
        return {path: Listing(*parts) for path, parts in unpack(self.blob("keys")).items()}

    def others(self) -> dict[str, Record]:
        """Return the records of the files that are no tasks, or can't be read as such. Raises Lost."""
        found: dict[str, Record] = unpack(self.blob("others"))
        return found

    def delta(self) -> tuple[Seen, bool]:
        """Return the files that changed since, and whether with them `list` has no warnings.

        A missing, damaged or other base's delta has no files.
        """
        opened = open_beside(self, DELTA)
        try:
            found: Seen = unpack(opened.blob("seen")) if opened is not None else {}
        except Lost:
            return {}, self.quiet
        return found, opened.header["quiet"] if opened is not None else self.quiet

    def lines(self, name: str) -> list[str]:
        """Return the lines of a blob. Raises Lost."""
        text = os.fsdecode(self.blob(name))
        return text.split("\n") if text else []

    def has(self, name: str) -> bool:
        """Return whether there is a blob of a name."""
        return name in self.header["blobs"]

    def blob(self, name: str) -> bytes:
        """Return a blob whose checksum is right. Raises Lost."""
        try:
            return self._data.blob(name)
        except Lost:
            self.on_lost()
            raise

    def part(self, name: str, span: tuple[int, int], checksum: int) -> bytes:
        """Return a part of a blob, from one byte to before another, if its checksum is right. Raises Lost."""
        try:
            return self._data.part(name, span, checksum)
        except Lost:
            self.on_lost()
            raise


def _ignore() -> None:
    """Leave a damaged index where it is."""


class _File:
    """An open file of the index, closed when it is garbage collected."""

    descriptor = -1  # Ctrl-C can come before there is one

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __del__(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)

    def read(self, size: int, offset: int) -> bytes:
        """Read some bytes. Raises Lost if the file ends before."""
        parts = []
        while size > 0:
            part = os.pread(self.descriptor, size, offset)
            if not part:
                raise Lost
            parts.append(part)
            offset, size = offset + len(part), size - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class Blobs:
    """An open file of the index whose header is right."""

    def __init__(self, file: _File, header: dict[str, Any]) -> None:
        self._file, self.header = file, header

    def blob(self, name: str) -> bytes:
        """Return a blob whose checksum is right. Raises Lost."""
        _, size, checksum = self.header["blobs"][name]
        return self.part(name, (0, size), checksum)

    def part(self, name: str, span: tuple[int, int], checksum: int) -> bytes:
        """Return a part of a blob, if its checksum is right. Raises Lost."""
        begin, end = span
        try:
            data = self._file.read(end - begin, self.header["blobs"][name][0] + begin)
        except OSError as error:
            raise Lost from error
        if crc32(data) != checksum:
            raise Lost
        return data


def open_base(directory: str, root: str) -> Base | None:
    """Open the index of the project at a root; None if there is none or it can't be used."""
    opened = open_file(directory, BASE, root)
    return Base(directory, opened) if opened else None


def open_file(directory: str, name: str, root: str) -> Blobs | None:
    """Open a file of the index of the project at a root; None if there is none or it can't be used."""
    return _open(os.path.join(directory, name), project_mark(root))


def open_beside(base: Base, name: str) -> Blobs | None:
    """Open another file of the index; None if there is none, it can't be used, or it is of another base."""
    opened = _open(os.path.join(base.directory, name), base.header["project"])
    return opened if opened is not None and opened.header["stamp"] == base.stamp else None


def is_damaged(directory: str) -> bool:
    """Return whether the index has files that can't be read completely, of whatever project or version."""
    for name in FILES:
        path = os.path.join(directory, name)
        if not os.path.lexists(path):
            continue
        opened = _open(path, None)
        if opened is None:
            if not os.path.lexists(path):  # removed just now
                continue
            return True
        try:
            for blob in opened.header["blobs"]:
                opened.blob(blob)
        except Lost:
            return True
    return False


def _open(path: str, project: str | None) -> Blobs | None:
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
    except (OSError, Lost):
        return None
    header: dict[str, Any] = unpack(text)
    return Blobs(file, header) if project in {None, header["project"]} else None


def numbers(data: bytes) -> list[int]:
    """Return numbers of 32 bits as a list."""
    return memoryview(data).cast("I").tolist()


def project_mark(root: str) -> str:
    """Return the mark of an index: the project's root, and the version that wrote it."""
    return f"{__version__} {root}"


def task_entry(record: Record) -> Entry | None:
    """Return the entry of a task's record; None for an unreadable file's, or one that is not a task."""
    return Entry(record) if record is not None and len(record) > 1 else None
