"""Write the index: whole files, each replaced by a rename; failures are silently ignored."""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from zlib import crc32

from taskfiles.store.index.order import walk_key
from taskfiles.store.index.reading import (
    BASE,
    DELTA,
    MAGIC,
    NO_KEY,
    SETTINGS,
    TEXTS,
    Base,
    project_mark,
    task_entry,
)
from taskfiles.store.index.table import MISSING, SEPARATOR
from taskfiles.store.shared import make_directories, share
from taskfiles.task.keytable import PARTS
from taskfiles.task.layout import is_markdown
from taskfiles.task.remembered import COUNTED, Entry, Key, Lost, Record, fits, key_of, pack, unpack_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeAlias

    from taskfiles.store.index.reading import Seen
    from taskfiles.task.remembered import PlainFinding

    Blob: TypeAlias = "tuple[str, Iterable[bytes]]"
    Row: TypeAlias = "tuple[str, str, Entry]"  # id, path, entry

_TEMPORARY, _ABANDONED = ".tmp", 3600  # seconds after which a temporary file has no writer any more
_CHUNK = 1024  # tasks whose values are unpacked at once
_KNOWN = tuple(PARTS["TaskMeta"])  # keys that have a column; there is one for all others


def save_base(directory: str, root: str, seen: Seen) -> str | None:
    """Replace the base by one of all files that may be indexed; return its stamp, None if that failed."""
    header: dict[str, Any] = {"project": project_mark(root), "stamp": os.urandom(8).hex(), "count": len(seen)}
    header |= {"quiet": is_quiet(record for _, record in seen.values()), "known": _KNOWN}
    try:
        _write(os.path.join(directory, BASE), header, _base_blobs(root, seen, header))
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(directory, TEXTS))  # of the base before
        _tidy(directory)
    except OSError:
        return None
    stamp: str = header["stamp"]
    return stamp


def save_findings(base: Base, checked: bytes, found: dict[int, tuple[PlainFinding, ...]]) -> None:
    """Replace the base by one that also has findings; other files of the index belong to both."""
    learned = pack((checked, found))
    blobs = ((name, [learned if name == "findings" else base.blob(name)]) for name in base.header["blobs"])
    header = {name: value for name, value in base.header.items() if name != "blobs"}
    with suppress(OSError, Lost):
        _write(os.path.join(base.directory, BASE), header, blobs)


def save_delta(base: Base, delta: Seen, *, quiet: bool) -> None:
    """Replace a base's delta; `quiet` is whether with it `list` has no warnings."""
    save_beside(base, DELTA, {"count": len(delta), "quiet": quiet}, [("seen", [pack(delta)])])


def save_beside(base: Base, name: str, header: dict[str, Any], blobs: Iterable[Blob]) -> None:
    """Replace another file of the index, which belongs to a base; the header may grow with the blobs."""
    header |= {"project": base.header["project"], "stamp": base.stamp}
    try:
        _write(os.path.join(base.directory, name), header, blobs)
    except OSError:
        return


def save_settings(directory: str, root: str, header: dict[str, Any]) -> None:
    """Replace the settings that are kept."""
    with suppress(OSError):
        _write(os.path.join(directory, SETTINGS), header | {"project": project_mark(root)}, [])


def drop(directory: str) -> None:
    """Remove a base that is damaged."""
    with suppress(OSError):
        os.unlink(os.path.join(directory, BASE))


def is_quiet(records: Iterable[Record]) -> bool:
    """Return whether `list` has no warnings: every task valid, no duplicate ids, no unreadable file."""
    ids: set[str] = set()
    for record in records:
        if record is not None:
            entry = task_entry(record)
            if entry is None or entry.errors or entry.id in ids:
                return False
            ids.add(entry.id)
    return True


def _base_blobs(root: str, seen: Seen, header: dict[str, Any]) -> Iterator[Blob]:
    """Yield the blobs of a base one at a time, so that only one of them is in memory twice."""
    keys: dict[str, dict[str, Key]] = {}
    rows: list[Row] = []
    others: dict[str, Record] = {}
    for path, (key, record) in seen.items():
        directory, _, name = path.rpartition("/")
        keys.setdefault(directory, {})[name] = key
        if (entry := task_entry(record)) is not None:
            rows.append((entry.id, path, entry))
        else:
            others[path] = record
    yield "keys", [pack({path: _columns(root, path, named) for path, named in keys.items()})]
    yield "others", [pack(others)]
    rows.sort(key=lambda row: row[:2])
    header["states"] = sorted({entry.state for _, _, entry in rows})
    yield from _head_blobs(rows)
    yield from _value_blobs(rows)
    for state in header["states"]:
        yield from _row_blobs(state, rows)


def _head_blobs(rows: list[Row]) -> Iterator[Blob]:
    """Yield what every reader needs, and findings."""
    yield "ids", ["\n".join(task_id for task_id, _, _ in rows).encode()]
    yield "paths", [os.fsencode("\n".join(path for _, path, _ in rows))]
    entries = [entry for _, _, entry in rows]
    head = {
        "etags": "".join(entry.etag for entry in entries),
        "states": [entry.state for entry in entries],
        "related": bytes(entry.related for entry in entries),
        "boxes": [entry.boxes for entry in entries],
        "errors": {at: entry.errors for at, entry in enumerate(entries) if entry.errors},
        "uncounted": [
            at for at, entry in enumerate(entries) if entry.boxes is None and entry.state in COUNTED
        ],
    }
    yield "head", [pack(head)]
    checked = bytes(entry.findings is not None for entry in entries)
    yield (
        "findings",
        [pack((checked, {at: entry.findings for at, entry in enumerate(entries) if entry.findings}))],
    )
    order = sorted(range(len(rows)), key=lambda at: walk_key(rows[at][1]))
    yield "walk", [pack_numbers(order)]


def _value_blobs(rows: list[Row]) -> Iterator[Blob]:
    """Yield the values by key. Some tasks are unpacked at a time, since values take ten times their bytes."""
    shapes: dict[tuple[str, ...], int] = {}
    which: list[int] = []
    columns: dict[str, list[bytes]] = {key: [] for key in _KNOWN}
    rest: list[bytes] = []
    used: set[str] = set()
    for begin in range(0, len(rows), _CHUNK):
        values = [unpack_values(entry.values) for _, _, entry in rows[begin : begin + _CHUNK]]
        places = [shapes.setdefault(tuple(each), len(shapes)) for each in values]
        which += places
        known = list(shapes)
        held = {key for place in set(places) for key in known[place]}
        none = pack([MISSING] * len(values))
        for key in _KNOWN:
            column = pack([each.pop(key, MISSING) for each in values]) if key in held else none
            columns[key].append(column)
        used |= held
        rest.append(pack([each or None for each in values]))
    yield "shapes", [pack((list(shapes), pack_numbers(which)))]
    yield "rest", [pack(rest)]
    for key in _KNOWN:
        if key in used:
            yield f"column:{key}", [pack(columns[key])]


def _row_blobs(state: str, rows: list[Row]) -> Iterator[Blob]:
    """Yield the rows of JSON of a state, of each its end, its checksum, and its number in the table."""
    places = [at for at, (_, _, entry) in enumerate(rows) if entry.state == state]
    ends, end = [], -len(SEPARATOR)
    for at in places:
        end += len(SEPARATOR) + len(rows[at][2].row)
        ends.append(end)
    yield f"places:{state}", [pack_numbers(places)]
    yield f"ends:{state}", [pack_numbers(ends)]
    yield f"sums:{state}", [pack_numbers([crc32(rows[at][2].row) for at in places])]
    yield f"rows:{state}", _join([rows[at][2].row for at in places])


def _join(lines: list[bytes]) -> Iterator[bytes]:
    """Yield the parts of joined rows, large enough to be few and small enough to be copied."""
    for begin in range(0, len(lines), _CHUNK):
        part = SEPARATOR.join(lines[begin : begin + _CHUNK])
        yield part if begin == 0 else SEPARATOR + part


def pack_numbers(numbers: list[int]) -> bytes:
    """Return numbers of 32 bits as bytes. Raises OSError for larger ones."""
    from array import array  # noqa: PLC0415 (most commands write no base)

    try:
        return array("I", numbers).tobytes()
    except OverflowError:  # rows of four GiB are not indexed
        raise OSError from None


def _columns(root: str, directory: str, keys: dict[str, Key]) -> tuple[list[str], bytes]:
    """Return a directory's names in the order of the system's listing, and their keys as columns."""
    from array import array  # noqa: PLC0415 (most commands write no base)

    place = os.path.join(root, directory)
    names = os.listdir(place)
    if not keys.keys() <= set(names):
        raise FileNotFoundError(place)  # a file has disappeared since the scan: skip saving this time
    listed = [keys.get(name) or _ignored_key(os.path.join(place, name)) for name in names]
    return names, b"".join(array("Q", column).tobytes() for column in zip(*listed, strict=True))


def _ignored_key(path: str) -> Key:
    """Return the key of a file that lists ignore, so that it doesn't count as changed every time."""
    name = os.path.basename(path)
    status = os.lstat(path)
    if name[0] == "." or (stat.S_ISREG(status.st_mode) and not is_markdown(name)):
        key: Key = key_of(status)
        return key if fits(key) else NO_KEY
    return NO_KEY


def _write(path: str, header: dict[str, Any], blobs: Iterable[Blob]) -> None:
    make_directories(os.path.dirname(path))
    temporary = f"{path}.{os.getpid()}{_TEMPORARY}"
    with suppress(FileNotFoundError):
        os.unlink(temporary)  # left by an earlier process with the same id
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with open(descriptor, "wb") as file:
            share(descriptor, path)
            file.write(MAGIC)
            offsets: dict[str, tuple[int, int, int]] = {}
            at = len(MAGIC)
            for name, parts in blobs:
                size, checksum = 0, 0
                for part in parts:
                    file.write(part)
                    size, checksum = size + len(part), crc32(part, checksum)
                offsets[name] = (at, size, checksum)
                at += size
            text = pack(header | {"blobs": offsets})
            file.write(text + len(text).to_bytes(4, "little") + crc32(text).to_bytes(4, "little"))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _tidy(directory: str) -> None:
    """Remove the temporary files of killed writers."""
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        if name.endswith(_TEMPORARY) and os.stat(path).st_mtime < time.time() - _ABANDONED:
            os.unlink(path)
