"""The rows of a plain list from the index alone: what has not changed since, and sound files that have.

`recall` gives None wherever the long way might say anything else: links below `tasks/`, files that can't be
read, are invalid or share an id, an index that is not there. It imports nothing that takes time.
"""

from __future__ import annotations

import os
import stat
import time
from _operator import attrgetter  # `operator` itself imports more

from taskfiles import accel, index
from taskfiles.entry import RACY_NS, Entry, Key, is_racy
from taskfiles.place import TASKS_DIR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


def recall(root: str, directory: str, state: str | None) -> list[bytes] | None:
    """Give the JSON rows, of one state or of all, ordered by id and path, in pieces of one row or more.

    Between two pieces belongs `index.JOINT`. None where the index does not suffice.
    """
    base = index.open_base(directory, index.project_mark(root))
    if base is None or not base.header["quiet"]:
        return None
    try:
        return _recall(root, base, state)
    except (index.Corrupt, OSError):
        return None


def _recall(root: str, base: index.Base, state: str | None) -> list[bytes] | None:
    started_ns = time.time_ns()
    keys = base.keys()
    changed = _Changes(root, keys)
    if not changed.find(started_ns) or len(changed.paths) > base.few:
        return None
    sections = base.sections() if changed.paths or changed.missing or state is None else {}
    if not changed.paths and not changed.missing and state is not None:
        return [base.rows(state)] if base.has_rows(state) else []
    entries = _read_changed(root, base, changed.paths, started_ns)
    if entries is None or _share_an_id(sections, entries, changed):
        return None
    return _merge(base, sections, entries, changed, state)


_key_of = attrgetter("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")


class _Changes:
    """What differs below `tasks/` from what the index knows."""

    def __init__(self, root: str, keys: dict[str, dict[str, Key]]) -> None:
        self.root, self.keys = root, keys
        self.paths: dict[str, Key] = {}
        self.missing: set[str] = set()

    def find(self, started_ns: int) -> bool:
        """List and stat all files; False where something is in the way, or moved meanwhile."""
        pending = [TASKS_DIR]
        listed: dict[str, tuple[int, list[os.DirEntry[str]]]] = {}
        while pending:
            directory = pending.pop()
            place = os.path.join(self.root, directory)
            moment = os.stat(place).st_mtime_ns
            with os.scandir(place) as scan:
                entries = list(scan)
            if not self._compare(directory, entries, pending):
                return False
            listed[directory] = (moment, entries)
        for directory in self.keys.keys() - listed.keys():
            self.missing.update(f"{directory}/{name}" for name in self.keys[directory])
        return all(self._is_still(directory, *seen, started_ns) for directory, seen in listed.items())

    def _compare(self, directory: str, entries: list[os.DirEntry[str]], pending: list[str]) -> bool:
        """Compare a directory with what is known of it; False where something else than files is there."""
        known = self.keys.get(directory, {})
        # All in one go, for this is done for every file there is: an entry's own status costs half of what
        # `os.stat` does, and an equal inode number says that it is still a file.
        wanted = list(map(known.get, [entry.name for entry in entries]))
        found = list(map(_key_of, [entry.stat(follow_symlinks=False) for entry in entries]))
        if found == wanted and len(found) == len(known):
            return True
        unseen = set(known)
        for entry, want, key in zip(entries, wanted, found, strict=True):
            unseen.discard(entry.name)
            if key == want or entry.name[0] == ".":
                continue
            if entry.is_dir(follow_symlinks=False):
                pending.append(f"{directory}/{entry.name}")
            elif not entry.is_file(follow_symlinks=False):
                return False
            elif entry.name.endswith(".md"):
                self.paths[f"{directory}/{entry.name}"] = key
        self.missing.update(f"{directory}/{name}" for name in unseen)
        return True

    def _is_still(
        self, directory: str, moment: int, entries: list[os.DirEntry[str]], started_ns: int
    ) -> bool:
        """Whether a directory holds what it held: told by its time, or shortly after a change by a look."""
        place = os.path.join(self.root, directory)
        if os.stat(place).st_mtime_ns != moment:
            return False
        if moment <= started_ns - RACY_NS:
            return True
        return os.listdir(place) == [entry.name for entry in entries]


def _read_changed(
    root: str, base: index.Base, paths: dict[str, Key], started_ns: int
) -> dict[str, Entry] | None:
    """Read the changed files that are tasks without a fault; None where any is something else."""
    if not paths:
        return {}
    delta = base.delta()
    entries: dict[str, Entry] = {}
    fresh: index.Seen = {}
    for path, key in paths.items():
        known, record = delta.get(path, (None, None))
        if known != key:
            if not accel.is_on("sound"):
                return None
            entry = _read(os.path.join(root, path), path, key)
            if entry is None:
                return None
            if not is_racy(key, started_ns):
                fresh[path] = (key, entry.record())
        elif record is None:
            continue  # a file that is no task
        else:
            entry = index.task_entry(record)
            if entry is None or entry.errors:
                return None
        entries[path] = entry
    if fresh:
        index.add(base, delta | fresh)
    return entries


def _read(file: str, path: str, key: Key) -> Entry | None:
    """Read a file that must be the one of a key, before and after."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        parts = []
        while part := os.read(descriptor, 1 << 20):
            parts.append(part)
            if len(parts) > 1:
                return None  # too large for the usual form
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns) != key or not stat.S_ISREG(
        status.st_mode
    ):
        return None
    from taskfiles.sound import read_sound  # noqa: PLC0415 (most lists find nothing changed)

    return read_sound(path, b"".join(parts))


def _share_an_id(sections: dict[str, index.Section], entries: dict[str, Entry], changed: _Changes) -> bool:
    """Whether a changed task has the id of another one."""
    ids = {entry.id for entry in entries.values()}
    if len(ids) < len(entries):
        return True
    gone = changed.missing | changed.paths.keys()
    for section in sections.values():
        for position, task_id in enumerate(section.ids) if not ids.isdisjoint(section.ids) else ():
            if task_id in ids and section.paths[position] not in gone:
                return True
    return False


def _merge(
    base: index.Base,
    sections: dict[str, index.Section],
    entries: dict[str, Entry],
    changed: _Changes,
    state: str | None,
) -> list[bytes]:
    """Put remembered and changed rows together in their order."""
    gone = changed.missing | changed.paths.keys()
    rows = [
        (entry.id, path, entry.row)
        for path, entry in entries.items()
        if state is None or entry.state == state
    ]
    for name, section in sections.items():
        if state is None or name == state:
            rows += _kept(base.rows(name), section, gone)
    rows.sort(key=lambda row: row[:2])
    return [row for _, _, row in rows]


def _kept(blob: bytes, section: index.Section, gone: Collection[str]) -> list[tuple[str, str, bytes]]:
    found, start = [], 0
    for task_id, path, end in zip(section.ids, section.paths, section.ends, strict=True):
        if path not in gone:
            found.append((task_id, path, blob[start:end]))
        start = end + len(index.JOINT)
    return found
