"""Read the rows of a plain list from the index, and from changed files if those are valid.

`read_rows` returns None whenever a full scan might have another result: links below `tasks/`, unreadable or
invalid files, duplicate ids, a missing index. The module imports nothing that takes time.
"""

from __future__ import annotations

import os
import stat
import time
from _bisect import bisect_left

from taskfiles.store.index import reading
from taskfiles.store.index.changes import Changes
from taskfiles.store.index.table import SEPARATOR, Table, start_of
from taskfiles.task.remembered import Entry, Key, Lost, is_racy, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import TypeAlias

    Piece: TypeAlias = bytes | memoryview


def read_rows(root: str, directory: str, state: str | None) -> list[Piece] | None:
    """Return the JSON rows, of one state or of all, ordered by id and path, in pieces of one row or more.

    `SEPARATOR` belongs between two pieces. None if a full scan is needed.
    """
    base = reading.open_base(directory, root)
    if base is None or not base.quiet:
        return None
    try:
        return _read_rows(root, base, state)
    except (Lost, OSError):
        return None


def _read_rows(root: str, base: reading.Base, state: str | None) -> list[Piece] | None:
    started_ns = time.time_ns()
    changes = Changes(root, base.listings())
    if not changes.find() or not changes.is_unchanged(started_ns) or len(changes.paths) > base.max_delta:
        return None
    gone = changes.gone
    if not gone and state is not None:
        return [base.blob(f"rows:{state}")] if base.has(f"rows:{state}") else []
    table = Table(base)
    delta, quiet = base.delta() if changes.paths else ({}, True)
    found = _read_changed(root, delta, changes.paths)
    if found is None:
        return None
    entries, fresh = found
    left = {at for at, path in enumerate(table.paths) if path in gone} if gone else set()
    if (fresh or not quiet) and _share_an_id(table, entries, left):  # checked before if nothing is new
        return None
    if lasting := {path: known for path, known in fresh.items() if not is_racy(known[0], started_ns)}:
        from taskfiles.store.index.writing import save_delta  # noqa: PLC0415 (most lists find nothing changed)

        kept = {path: known for path, known in delta.items() if changes.paths.get(path) == known[0]}
        save_delta(base, kept | lasting, quiet=True)
    entries.sort(key=lambda entry: entry.id)  # no two tasks share an id here
    if state is None:
        return _all_rows(table, entries, left)
    return _merge(table, state, [entry for entry in entries if entry.state == state], left)


def _read_changed(
    root: str, delta: reading.Seen, paths: dict[str, Key]
) -> tuple[list[Entry], reading.Seen] | None:
    """Read the changed files; None if any is not a valid task.

    Returns the tasks, and the records of files that are not in the delta.
    """
    entries: list[Entry] = []
    fresh: reading.Seen = {}
    for path, key in paths.items():
        known, record = delta.get(path, (None, None))
        if known == key and record is None:
            continue  # a file that is not a task
        entry = reading.task_entry(record) if known == key else _read(root, path, key)
        if entry is None or entry.errors:
            return None
        if known != key:
            fresh[path] = (key, entry.record())
        entries.append(entry)
    return entries, fresh


def _read(root: str, path: str, key: Key) -> Entry | None:
    """Read a task file; None for what can't be read as one, or if its key has changed."""
    descriptor = os.open(os.path.join(root, path), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        parts = []
        while part := os.read(descriptor, 1 << 20):
            parts.append(part)
            if len(parts) > 1:
                return None  # too large for the usual form
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if key_of(status) != key or not stat.S_ISREG(status.st_mode):
        return None
    from taskfiles.store.index.sound import read_sound  # noqa: PLC0415 (most lists find nothing changed)

    data = b"".join(parts)
    found = read_sound(path, data)
    return _read_unusual(path, data) if found is None else found[0]


def _read_unusual(path: str, data: bytes) -> Entry | None:
    """Read a task file as the full scan does, which takes the same imports and all other files besides."""
    from taskfiles.store.reader import is_task_file  # noqa: PLC0415 (most files are of the usual form)
    from taskfiles.task.task import Unreadable, parse_task  # noqa: PLC0415 (as above)
    from taskfiles.task.wire import make_entry  # noqa: PLC0415 (as above)

    if not path.isprintable() or not is_task_file(path, data):
        return None
    try:
        return make_entry(parse_task(path, data), check=False)
    except Unreadable:
        return None


def _share_an_id(table: Table, entries: list[Entry], left: Collection[int]) -> bool:
    """Return whether a changed task has the id of another task."""
    ids = {entry.id for entry in entries}
    return len(ids) < len(entries) or any(
        task_id in ids and at not in left for at, task_id in enumerate(table.ids)
    )


def _merge(table: Table, state: str, entries: list[Entry], left: Collection[int]) -> list[Piece]:
    """Merge a state's rows with those of changed files, in pieces as large as possible."""
    blob, ends, places = table.section(state)
    taken = {place for at in left if (place := bisect_left(places, at)) < len(places) and places[place] == at}
    added: dict[int, list[bytes]] = {}
    for entry in entries:
        place = bisect_left(places, bisect_left(table.ids, entry.id))
        added.setdefault(place, []).append(entry.row)
    whole = memoryview(blob)  # slices of it copy nothing
    pieces: list[Piece] = []
    begin = 0  # start of the rows not added yet
    for place in sorted(taken | added.keys()):
        start = start_of(ends, place)
        if begin < start:
            pieces.append(whole[begin : start - len(SEPARATOR)])
        pieces += added.get(place, ())
        begin = start_of(ends, place + 1) if place in taken else start
    if begin < len(blob):
        pieces.append(whole[begin:])
    return pieces


def _all_rows(table: Table, entries: list[Entry], left: Collection[int]) -> list[Piece]:
    """Return the rows of all states, each a piece of its own."""
    found: list[Piece | None] = [None] * len(table)
    for state in table.base.header["states"]:
        blob, ends, places = table.section(state)
        begin = 0
        for end, at in zip(ends, places, strict=True):
            found[at] = blob[begin:end]
            begin = end + len(SEPARATOR)
    for at in left:
        found[at] = None
    for entry in reversed(entries):
        found.insert(bisect_left(table.ids, entry.id), entry.row)
    return [row for row in found if row is not None]
