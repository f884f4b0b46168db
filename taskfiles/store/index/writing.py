"""Write the index: whole files, each replaced by a rename; failures are silently ignored."""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from zlib import crc32

from taskfiles.store.index.reading import (
    BASE,
    DELTA,
    MAGIC,
    NO_KEY,
    SEPARATOR,
    Base,
    project_mark,
    task_entry,
)
from taskfiles.store.shared import make_directories, share
from taskfiles.task.layout import is_markdown
from taskfiles.task.remembered import Entry, Key, Record, fits, key_of, pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from taskfiles.store.index.reading import Seen

_TEMPORARY, _ABANDONED = ".tmp", 3600  # seconds after which a temporary file has no writer any more


def save(directory: str, root: str, base: Base | None, seen: Seen, fresh: Seen) -> None:
    """Save the records of a scan: as a delta if little is new, else as a new base.

    `seen` are all files that may be indexed, `fresh` those of them that are not in the index.
    """
    quiet = _is_quiet(seen)
    if base is not None and (base.quiet or not quiet):  # without warnings again: a new base for fast lists
        delta = {path: known for path, known in base.delta()[0].items() if path in seen} | fresh
        if len(delta) <= base.max_delta and len(seen) >= base.count - base.max_delta:
            save_delta(base, delta, quiet=quiet)
            return
    header: dict[str, Any] = {"project": project_mark(root), "stamp": os.urandom(8).hex(), "count": len(seen)}
    header |= {"quiet": quiet, "states": _states(seen)}
    try:
        _write(os.path.join(directory, BASE), header, _base_blobs(root, seen))
        _tidy(directory)
    except OSError:
        return


def save_delta(base: Base, delta: Seen, *, quiet: bool) -> None:
    """Replace a base's delta; `quiet` is whether with it `list` has no warnings."""
    header = {"project": base.header["project"], "stamp": base.stamp, "count": len(delta), "quiet": quiet}
    try:
        _write(os.path.join(base.directory, DELTA), header, [("seen", [pack(delta)])])
    except OSError:
        return


def _is_quiet(seen: Seen) -> bool:
    """Return whether `list` has no warnings: every task valid, no duplicate ids, no unreadable file."""
    ids: set[str] = set()
    for _, record in seen.values():
        if record is not None:
            entry = task_entry(record)
            if entry is None or entry.errors or entry.id in ids:
                return False
            ids.add(entry.id)
    return True


def _states(seen: Seen) -> list[str]:
    found = {entry.state for _, record in seen.values() if (entry := task_entry(record)) is not None}
    return sorted(found)


def _base_blobs(root: str, seen: Seen) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the blobs of a base one at a time, so that only one of them is in memory twice."""
    from array import array  # noqa: PLC0415 (most commands write no base)

    keys: dict[str, dict[str, Key]] = {}
    tasks: dict[str, list[tuple[str, str, Entry]]] = {}
    others: dict[str, Record] = {}
    for path, (key, record) in seen.items():
        directory, _, name = path.rpartition("/")
        keys.setdefault(directory, {})[name] = key
        if (entry := task_entry(record)) is not None:
            tasks.setdefault(entry.state, []).append((entry.id, path, entry))
        else:
            others[path] = record
    yield "keys", [pack({path: _columns(root, path, named) for path, named in keys.items()})]
    yield "others", [pack(others)]
    for state, found in tasks.items():
        found.sort(key=lambda each: each[:2])
        ends, end = [], -len(SEPARATOR)
        for _, _, entry in found:
            end += len(SEPARATOR) + len(entry.row)
            ends.append(end)
        lines = [b"%s\t%s\n" % (task_id.encode(), os.fsencode(path)) for task_id, path, _ in found]
        yield f"lines:{state}", [b"\n", *lines]
        yield f"ends:{state}", [array("Q", ends).tobytes()]
        yield f"rest:{state}", [pack([entry.record()[2:-1] for _, _, entry in found])]
        yield f"rows:{state}", [part for _, _, entry in found for part in (SEPARATOR, entry.row)][1:]


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


def _write(path: str, header: dict[str, Any], blobs: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    make_directories(os.path.dirname(path))
    temporary = f"{path}.{os.getpid()}{_TEMPORARY}"
    with suppress(FileNotFoundError):
        os.unlink(temporary)  # left by an earlier process with the same id
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
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
