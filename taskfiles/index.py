"""What was read of a project's files before, so that only changed ones are read again.

Disposable: whatever is wrong with the index's files (missing, cut off, of another version, project or
user, with a wrong checksum) makes them as if they weren't there, in silence. `base` holds all files at one
moment, `delta` those that changed since; both are replaced whole by a rename, so that readers and writers
never wait for each other, and a delta names the base that it belongs to.

`base` is a header, then blobs that can be read one by one: which files (`keys`), what is in each section
(`contents`), the JSON rows of a section (`rows:STATE`), and all that else is remembered (`rest`).
"""

from __future__ import annotations

import os
import stat
import time
from zlib import crc32

from taskfiles import __version__
from taskfiles.entry import Entry, Key, Record, pack, unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    Seen: TypeAlias = "dict[str, tuple[Key, Record]]"

NO_KEY: Key = (0, 0, 0, 0)
BASE, DELTA = "base", "delta"
_MAGIC = b"tasks index 1\n"
_PREFIX = len(_MAGIC) + 8  # length and checksum of the header follow, four bytes each
_LEAST_DELTA, _DELTA_SHARE = 64, 16  # more changed files than that, and than this share, make a new base
_TEMPORARY, _ABANDONED = ".tmp", 3600  # seconds after which nobody is still writing
JOINT = b","  # what stands between two rows of a section


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
    """The tasks of one state, ordered by id and path, and where in the blob each one's row ends."""

    __slots__ = ("ends", "ids", "paths")

    def __init__(self, ids: list[str], paths: list[str], ends: list[int]) -> None:
        self.ids, self.paths, self.ends = ids, paths, ends


class Base:
    """An index as it was opened: one consistent state, whatever is written meanwhile."""

    def __init__(self, directory: str, data: _File, header: dict[str, Any]) -> None:
        self.directory, self._data, self.header = directory, data, header
        self.stamp: str = header["stamp"]
        self.count: int = header["count"]
        self.few = max(_LEAST_DELTA, self.count // _DELTA_SHARE)

    def listings(self) -> dict[str, Listing]:
        """Give what every directory held. Raises Corrupt."""
        return {path: Listing(*parts) for path, parts in unpack(self._blob("keys")).items()}

    def sections(self) -> dict[str, Section]:
        """Give what is in each section. Raises Corrupt."""
        return {state: Section(*parts) for state, parts in unpack(self._blob("contents")).items()}

    def has_rows(self, state: str) -> bool:
        """Tell whether a section has any task."""
        return f"rows:{state}" in self.header["blobs"]

    def rows(self, state: str) -> bytes:
        """Give the JSON rows of a section, with `JOINT` between them. Raises Corrupt."""
        return self._blob(f"rows:{state}")

    def seen(self) -> Seen:
        """Give all that is remembered, the delta's included. Raises Corrupt."""
        keys = {path: listing.by_name() for path, listing in self.listings().items()}
        rest = unpack(self._blob("rest"))
        found: Seen = {}
        for state, section in self.sections().items():
            rows, start = self.rows(state), 0
            each = zip(section.ids, section.paths, section.ends, rest["tasks"][state], strict=True)
            for task_id, path, end, more in each:
                directory, _, name = path.rpartition("/")
                record = (task_id, state, *more, rows[start:end])
                found[path] = (keys[directory][name], record)
                start = end + len(JOINT)
        for path, record in rest["others"].items():
            directory, _, name = path.rpartition("/")
            found[path] = (keys[directory][name], record)
        return found | self.delta()

    def delta(self) -> Seen:
        """Give the files that changed since; none where the delta is of another base."""
        opened = _open(os.path.join(self.directory, DELTA), self.header["project"])
        if opened is None or opened[1]["stamp"] != self.stamp:
            return {}
        try:
            found: Seen = unpack(_blob(*opened, "seen"))
        except Corrupt:
            return {}
        return found

    def _blob(self, name: str) -> bytes:
        return _blob(self._data, self.header, name)


class Corrupt(Exception):
    """The index can't be used."""


class _File:
    """An open file of the index, closed when nothing refers to it any more; its blobs begin at `start`."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor, self.start = descriptor, 0

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


def _open(path: str, project: str) -> tuple[_File, dict[str, Any]] | None:
    try:
        file = _File(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW))
        if os.fstat(file.descriptor).st_uid != os.geteuid():
            return None  # what another user wrote is not ours to trust
        prefix = file.read(_PREFIX, 0)
        size = int.from_bytes(prefix[-8:-4], "little")
        if not prefix.startswith(_MAGIC) or size > 1 << 20:
            return None
        text = file.read(size, _PREFIX)
        file.start = _PREFIX + size
        if crc32(text) != int.from_bytes(prefix[-4:], "little"):
            return None
    except (OSError, Corrupt):
        return None
    header: dict[str, Any] = unpack(text)
    return (file, header) if header["project"] == project else None


def _blob(file: _File, header: dict[str, Any], name: str) -> bytes:
    offset, size, checksum = header["blobs"][name]
    try:
        data = file.read(size, file.start + offset)
    except OSError as error:
        raise Corrupt from error
    if crc32(data) != checksum:
        raise Corrupt
    return data


def project_mark(root: str) -> str:
    """Name what an index is of: a root, and the version that read it."""
    return f"{__version__} {root}"


def add(base: Base, delta: Seen) -> None:
    """Replace a base's delta; failing is silent."""
    header = {"project": base.header["project"], "stamp": base.stamp, "count": len(delta)}
    try:
        _write(os.path.join(base.directory, DELTA), header, {"seen": [pack(delta)]})
    except OSError:
        return


def save(directory: str, root: str, base: Base | None, seen: Seen, fresh: Seen) -> None:
    """Remember what was seen: a delta where little is new, else a base; failing is silent.

    `seen` are all files that may be remembered, `fresh` those of them that the index did not know.
    """
    if base is not None:
        delta = {path: known for path, known in base.delta().items() if path in seen} | fresh
        if len(delta) <= base.few and len(seen) >= base.count - base.few:
            add(base, delta)
            return
    header: dict[str, Any] = {"project": project_mark(root), "stamp": os.urandom(8).hex(), "count": len(seen)}
    try:
        header["quiet"], blobs = _base_blobs(root, seen)
        _write(os.path.join(directory, BASE), header, blobs)
        _tidy(directory)
    except OSError:
        return


def _columns(root: str, directory: str, keys: dict[str, Key]) -> tuple[list[str], bytes]:
    """Lay a directory's keys out in the order in which the system lists its names."""
    from array import array  # noqa: PLC0415 (only writing needs it)

    place = os.path.join(root, directory)
    names = os.listdir(place)
    listed = [keys.get(name) or _bystander_key(os.path.join(place, name)) for name in names]
    return names, b"".join(array("Q", column).tobytes() for column in zip(*listed, strict=True))


def _bystander_key(path: str) -> Key:
    """Give the key of a file that no list looks at, so that it doesn't count as changed every time."""
    name = os.path.basename(path)
    status = os.lstat(path)
    if name[0] == "." or (stat.S_ISREG(status.st_mode) and not name.endswith(".md")):
        key = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        return key if min(key) >= 0 else NO_KEY
    return NO_KEY


def _base_blobs(root: str, seen: Seen) -> tuple[bool, dict[str, list[bytes]]]:
    """Lay all files out; tells too whether `list` has nothing to warn of."""
    keys: dict[str, dict[str, Key]] = {}
    tasks: dict[str, list[tuple[str, str, Entry]]] = {}
    others: dict[str, Record] = {}
    ids: set[str] = set()
    count, quiet = 0, True
    for path, (key, record) in seen.items():
        directory, _, name = path.rpartition("/")
        keys.setdefault(directory, {})[name] = key
        if (entry := task_entry(record)) is not None:
            tasks.setdefault(entry.state, []).append((entry.id, path, entry))
            ids.add(entry.id)
            count += 1
            quiet = quiet and not entry.errors
        else:
            others[path] = record
            quiet = quiet and record is None
    blobs = {"keys": [pack({path: _columns(root, path, named) for path, named in keys.items()})]}
    contents, rest = {}, {}
    for state, found in tasks.items():
        found.sort(key=lambda each: each[:2])
        ends, end = [], -len(JOINT)
        for _, _, entry in found:
            end += len(JOINT) + len(entry.row)
            ends.append(end)
        contents[state] = ([each[0] for each in found], [each[1] for each in found], ends)
        rest[state] = [entry.record()[2:-1] for _, _, entry in found]
        blobs[f"rows:{state}"] = [part for _, _, entry in found for part in (JOINT, entry.row)][1:]
    blobs |= {"contents": [pack(contents)], "rest": [pack({"tasks": rest, "others": others})]}
    return quiet and len(ids) == count, blobs


def task_entry(record: Record) -> Entry | None:
    """Give a task's entry; None for the record of an unreadable file and of one that is no task."""
    return Entry(record) if record is not None and len(record) > 1 else None


def _write(path: str, header: dict[str, Any], blobs: Mapping[str, list[bytes]]) -> None:
    places: dict[str, tuple[int, int, int]] = {}
    at = 0
    for blob, parts in blobs.items():
        size, checksum = 0, 0
        for part in parts:
            size, checksum = size + len(part), crc32(part, checksum)
        places[blob] = (at, size, checksum)
        at += size
    text = pack(header | {"blobs": places})
    start = _MAGIC + len(text).to_bytes(4, "little") + crc32(text).to_bytes(4, "little")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = f"{path}.{os.getpid()}{_TEMPORARY}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(start + text)
            for parts in blobs.values():
                file.writelines(parts)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _tidy(directory: str) -> None:
    """Remove what killed writers left behind."""
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        if name.endswith(_TEMPORARY) and os.stat(path).st_mtime < time.time() - _ABANDONED:
            os.unlink(path)
