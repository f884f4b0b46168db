"""Read the rows of a plain list from the index, and from changed files if those are valid.

`read_rows` returns None whenever a full scan might have another result: links below `tasks/`, unreadable or
invalid files, duplicate ids, a missing index. The module imports nothing that takes time.
"""

from __future__ import annotations

import os
import stat
import time
from _operator import attrgetter  # `operator` itself imports more

from taskfiles.basics import accel
from taskfiles.store.index import reading
from taskfiles.task.layout import TASKS_DIR, is_markdown
from taskfiles.task.remembered import KEY_FIELDS, RACY_NS, Entry, Key, is_racy, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import TypeAlias

    Piece: TypeAlias = bytes | memoryview


def read_rows(root: str, directory: str, state: str | None) -> list[Piece] | None:
    """Return the JSON rows, of one state or of all, ordered by id and path, in pieces of one row or more.

    `reading.SEPARATOR` belongs between two pieces. None if a full scan is needed.
    """
    base = reading.open_base(directory, root)
    if base is None or not base.quiet:
        return None
    try:
        return _read_rows(root, base, state)
    except (reading.Corrupt, OSError):
        return None


def _read_rows(root: str, base: reading.Base, state: str | None) -> list[Piece] | None:
    started_ns = time.time_ns()
    changed = _Changes(root, base.listings())
    if not changed.find(started_ns) or len(changed.paths) > base.max_delta:
        return None
    gone = changed.missing | changed.paths.keys()
    if not gone and state is not None:
        return [base.rows(state)] if state in base.states else []
    delta, quiet = base.delta() if changed.paths else ({}, True)
    found = _read_changed(root, delta, changed.paths)
    if found is None:
        return None
    entries, fresh = found
    if (fresh or not quiet) and _share_an_id(base, entries, gone):  # checked before if nothing is new
        return None
    if lasting := {path: known for path, known in fresh.items() if not is_racy(known[0], started_ns)}:
        from taskfiles.store.index.writing import save_delta  # noqa: PLC0415 (most lists find nothing changed)

        save_delta(base, delta | lasting, quiet=True)
    if state is not None:
        return _merge(base, state, [entry for entry in entries if entry.state == state], gone)
    rows = [(entry.id, entry.row) for entry in entries]
    for name in base.states:
        rows += _kept(base.rows(name), base.section(name), gone)
    rows.sort()
    return [row for _, row in rows]


def find_known(root: str, directory: str, task_id: str) -> tuple[list[str], list[str]] | None:
    """Return the paths of files that have an id or are named after it, and those that the index doesn't know.

    None without a valid index, or if there are links or devices below `tasks/`.
    """
    base = reading.open_base(directory, root)
    if base is None:
        return None
    try:
        changed = _Changes(root, base.listings())
        if not changed.find(time.time_ns()):
            return None
        gone = changed.missing | changed.paths.keys()
        found = {
            path
            for state in base.states
            for path in base.section(state).paths_of(task_id)
            if path not in gone
        }
        delta = base.delta()[0] if changed.paths else {}
    except (reading.Corrupt, OSError):
        return None
    unknown = []
    for path, key in changed.paths.items():
        known, record = delta.get(path, (None, None))
        if known != key:
            unknown.append(path)
        elif (entry := reading.task_entry(record)) is not None and entry.id == task_id:
            found.add(path)
    found.update(path for path in changed.named_after(task_id) if path not in unknown)
    return sorted(found), unknown


def _columns_of(states: list[os.stat_result]) -> list[list[int]]:
    return [list(map(attrgetter(field), states)) for field in KEY_FIELDS]


def _find_differences(known: list[list[int]], seen: list[list[int]]) -> list[int]:
    found: set[int] = set()
    for left, right in zip(known, seen, strict=True):
        if left != right:
            found.update(n for n, (old, new) in enumerate(zip(left, right, strict=True)) if old != new)
    return sorted(found)


class _Changes:
    """The differences between the files below `tasks/` and the index."""

    def __init__(self, root: str, listings: dict[str, reading.Listing]) -> None:
        self.root, self.listings = root, listings
        self.paths: dict[str, Key] = {}
        self.missing: set[str] = set()
        self._listed: dict[str, list[str]] = {}

    def named_after(self, task_id: str) -> list[str]:
        """Return the paths of the listed Markdown files whose names end with an id."""
        end = f"-{task_id}"
        return [
            f"{directory}/{name}"
            for directory, names in self._listed.items()
            for name in names
            if name[:-3].endswith(end) and is_markdown(name) and name[0] != "."
        ]

    def find(self, started_ns: int) -> bool:
        """List and stat all files; False for a link or device, or if files move meanwhile."""
        pending = [TASKS_DIR]
        listed: dict[str, tuple[int, list[str]]] = {}
        while pending:
            directory = pending.pop()
            place = os.path.join(self.root, directory)
            descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                moment = os.fstat(descriptor).st_mtime_ns
                names = os.listdir(descriptor)
                # Relative to the open directory: the system need not resolve the whole path for each file.
                states = [os.stat(name, dir_fd=descriptor, follow_symlinks=False) for name in names]
            finally:
                os.close(descriptor)
            if not self._compare(directory, names, states, pending):
                return False
            listed[directory] = (moment, names)
            self._listed[directory] = names
        for directory in self.listings.keys() - listed.keys():
            self.missing.update(f"{directory}/{name}" for name in self.listings[directory].by_name())
        return all(self._is_unchanged(directory, *seen, started_ns) for directory, seen in listed.items())

    def _compare(
        self, directory: str, names: list[str], states: list[os.stat_result], pending: list[str]
    ) -> bool:
        """Compare a directory with the index; False if it contains anything but files and directories."""
        listing = self.listings.get(directory)
        known: dict[str, Key] = {}
        if listing is not None and names == listing.names:
            # Whole columns at once, since this runs for every file.
            other = _find_differences(listing.columns, _columns_of(states))
            names, states = [names[n] for n in other], [states[n] for n in other]
        elif listing is not None:
            known = listing.by_name()
        unseen = set(known)
        for name, state in zip(names, states, strict=True):
            unseen.discard(name)
            key: Key = key_of(state)
            if known.get(name) == key or name[0] == ".":
                continue
            if stat.S_ISDIR(state.st_mode):
                pending.append(f"{directory}/{name}")
            elif not stat.S_ISREG(state.st_mode):
                return False
            elif is_markdown(name):
                self.paths[f"{directory}/{name}"] = key
        self.missing.update(f"{directory}/{name}" for name in unseen)
        return True

    def _is_unchanged(self, directory: str, moment: int, names: list[str], started_ns: int) -> bool:
        """Return whether a directory has the same names: by its time if that is old, else by listing it."""
        place = os.path.join(self.root, directory)
        if os.stat(place).st_mtime_ns != moment:
            return False
        if moment <= started_ns - RACY_NS:
            return True
        return os.listdir(place) == names


def _read_changed(
    root: str, delta: reading.Seen, paths: dict[str, Key]
) -> tuple[list[Entry], reading.Seen] | None:
    """Read the changed files; None if any is not a valid task that `read_sound` reads.

    Returns the tasks, and the records of files that are not in the delta.
    """
    entries: list[Entry] = []
    fresh: reading.Seen = {}
    for path, key in paths.items():
        known, record = delta.get(path, (None, None))
        if known == key and record is None:
            continue  # a file that is no task
        entry = reading.task_entry(record) if known == key else _read(root, path, key)
        if entry is None or entry.errors:
            return None
        if known != key:
            fresh[path] = (key, entry.record())
        entries.append(entry)
    return entries, fresh


def _read(root: str, path: str, key: Key) -> Entry | None:
    """Read a valid task file in the usual form; None for any other, or if its key has changed."""
    if not accel.is_on("sound"):
        return None
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

    return read_sound(path, b"".join(parts))


def _share_an_id(base: reading.Base, entries: list[Entry], gone: Collection[str]) -> bool:
    """Return whether a changed task has the id of another task."""
    ids = {entry.id for entry in entries}
    sections = [base.section(state) for state in base.states] if ids else []
    return len(ids) < len(entries) or any(
        path not in gone for section in sections for task_id in ids for path in section.paths_of(task_id)
    )


def _sorted(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.id)  # no two tasks share an id here


def _merge(base: reading.Base, state: str, entries: list[Entry], gone: Collection[str]) -> list[Piece]:
    """Merge a section's rows with those of changed files, in pieces as large as possible."""
    if state not in base.states:
        return [entry.row for entry in _sorted(entries)]
    section, blob = base.section(state), base.rows(state)
    taken = {position for path in gone if (position := section.find(path)) is not None}
    added: dict[int, list[bytes]] = {}
    for entry in _sorted(entries):
        added.setdefault(section.insertion_point(entry.id), []).append(entry.row)
    whole = memoryview(blob)  # slices of it copy nothing
    pieces: list[Piece] = []
    begin = 0  # start of the rows not added yet
    for position in sorted(taken | added.keys()):
        start = section.start(position)
        if begin < start:
            pieces.append(whole[begin : start - len(reading.SEPARATOR)])
        pieces += added.get(position, ())
        begin = section.start(position + 1) if position in taken else start
    if begin < len(blob):
        pieces.append(whole[begin:])
    return pieces


def _kept(blob: bytes, section: reading.Section, gone: Collection[str]) -> list[tuple[str, bytes]]:
    """Return id and row of each task in a section, without those of changed files."""
    found = []
    for position, (task_id, path) in enumerate(section.tasks()):
        if path not in gone:
            found.append(
                (
                    task_id,
                    blob[section.start(position) : section.start(position + 1) - len(reading.SEPARATOR)],
                )
            )
    return found
