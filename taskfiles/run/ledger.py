"""The attempts that are under way in a clone: an entry each, kept until the task file has the attempt.

Whoever makes an attempt holds the entry's lock for as long, so that an entry without one is of a run that
was killed; whoever records what was left holds it for that time. An entry that holds a whole attempt only
waits to be recorded.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from taskfiles.store.disk import io_errors, open_regular, put_file, read_regular
from taskfiles.store.location import RUNS, attempt_names
from taskfiles.store.locks import try_lock, wait_lock
from taskfiles.store.shared import make_directories
from taskfiles.store.site import Site, find_place, site_of
from taskfiles.task.values import BadValue, check_id, check_uuid

_MAX_BYTES = 1 << 22


class Entry(NamedTuple):
    """One attempt under way: its id and task, the project's root, and the attempt as far as it is known.

    The attempt is empty until it begins, and whole (`is_whole`) when it has ended and all of it is known.
    `log` is the beginning of the paths under which its output is kept. `site` is the project's in its clone:
    `root` is its directory at the beginning.
    """

    attempt_id: str
    task_id: str
    root: str
    attempt: dict[str, Any]
    is_whole: bool = False
    log: str = ""
    site: Site | None = None

    def find_root(self, state: str) -> str:
        """Return the project's directory now, or the one that it had where nobody knows of another."""
        found = None if self.site is None else find_place(self.site, os.path.dirname(state))
        return found or self.root

    @property
    def has_begun(self) -> bool:
        """Whether there is anything of it to record."""
        return "started_at" in self.attempt


class Ledger:
    """The entries of a clone, below its state directory."""

    def __init__(self, state: str) -> None:
        self._state, self._place = state, os.path.join(state, RUNS)

    @contextmanager
    def held(self, entry: Entry) -> Iterator[None]:
        """Add an entry and hold it while the attempt is made; the entry stays. Raises TaskfilesError (io)."""
        with self._open_lock(entry.attempt_id) as descriptor:
            with io_errors("Locking", self._path(entry.attempt_id, "lock")):
                try_lock(descriptor)  # the id is new, nobody else has it
            self.put(entry)
            yield

    @contextmanager
    def taken(self, attempt_id: str, patience: float) -> Iterator[Entry | None]:
        """Hold the entry of an attempt that was left; None where others have it still, or have dropped it.

        They are waited for, `patience` seconds at most. Raises TaskfilesError (io).
        """
        with self._open_lock(attempt_id) as descriptor:
            with io_errors("Locking", self._path(attempt_id, "lock")):
                is_held = wait_lock(descriptor, fcntl.LOCK_EX, time.monotonic() + patience)
            if not is_held:
                yield None
                return
            if not os.path.lexists(self._path(attempt_id, "json")):  # opening has made its lock anew, perhaps
                self.drop(attempt_id)
            yield self.find(attempt_id)

    @contextmanager
    def _open_lock(self, attempt_id: str) -> Iterator[int]:
        with io_errors("Writing", self._place):
            make_directories(self._place)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
            descriptor = open_regular(self._path(attempt_id, "lock"), flags)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def last_seen(self, entry: Entry) -> float:
        """Return when an attempt last showed life, by output or its start, in seconds since 1970."""
        paths = [self._path(entry.attempt_id, kind) for kind in ("json", "added")]
        paths += [f"{entry.log}.{name}.log" for name in ("out", "err")] if entry.log else []
        times = []
        for path in paths:
            with suppress(OSError):
                times.append(os.stat(path).st_mtime)
        return max(times, default=0.0)

    def beat(self, attempt_id: str) -> None:
        """Note that an attempt is still being made."""
        with suppress(OSError):
            os.utime(self._path(attempt_id, "json"))

    def put(self, entry: Entry) -> None:
        """Write an entry down as it is now. Raises TaskfilesError (io)."""
        path = self._path(entry.attempt_id, "json")
        with io_errors("Writing", path):
            put_file(path, json.dumps(entry._asdict(), indent=1).encode() + b"\n")

    def drop(self, attempt_id: str) -> None:
        """Take an entry out, with all that belongs to it; its holder does, its lock goes last."""
        for kind in ("json", "added", "lock"):
            with suppress(OSError):
                os.unlink(self._path(attempt_id, kind))

    def find(self, attempt_id: str) -> Entry | None:
        """Return the entry of an attempt; None if there is none that can be read."""
        try:
            check_uuid(attempt_id)
            found = read_regular(self._path(attempt_id, "json"), _MAX_BYTES)
            return _parse(found[0]) if found else None
        except (OSError, ValueError, RecursionError):
            return None

    def add(self, attempt_id: str, fields: Mapping[str, Any]) -> None:
        """Keep what the agent itself reports of its attempt until it ends. Raises TaskfilesError (io)."""
        path = self._path(attempt_id, "added")
        line = json.dumps(fields, ensure_ascii=True).encode() + b"\n"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with io_errors("Writing", path):
            descriptor = open_regular(path, flags)
            try:
                if os.write(descriptor, line) != len(line):
                    raise OSError(0, "it could be written in part only", path)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def added(self, attempt_id: str) -> list[dict[str, Any]]:
        """List what `add` has kept, in its order."""
        found: list[dict[str, Any]] = []
        with suppress(OSError):
            content = read_regular(self._path(attempt_id, "added"), _MAX_BYTES)
            for line in (content[0] if content else b"").splitlines():
                with suppress(ValueError, RecursionError):
                    value = json.loads(line)
                    found += [value] if isinstance(value, dict) else []
        return found

    def unreadable(self) -> list[str]:
        """List the files that stand for an attempt and can't be read as one."""
        names = attempt_names(self._state)
        bad = [
            os.path.join(self._place, name) for name in names if self.find(name.removesuffix(".json")) is None
        ]
        return [path for path in bad if os.path.lexists(path)]  # others have been dropped meanwhile

    def running(self) -> list[Entry]:
        """List the attempts that somebody is making now."""
        return [entry for entry in self._entries() if not self._is_left(entry.attempt_id)]

    def left(self) -> list[Entry]:
        """List the attempts of runs that are gone: killed ones, and those that could not be recorded."""
        # What is read once nobody holds it is what was left: its holder may have dropped it just now.
        left = [attempt_id for attempt_id in self._ids() if self._is_left(attempt_id)]
        return [entry for attempt_id in left if (entry := self.find(attempt_id)) is not None]

    def _entries(self) -> Iterator[Entry]:
        for attempt_id in self._ids():
            if (entry := self.find(attempt_id)) is not None:
                yield entry

    def _ids(self) -> list[str]:
        return [name.removesuffix(".json") for name in attempt_names(self._state)]

    def _is_left(self, attempt_id: str) -> bool:
        try:
            descriptor = open_regular(self._path(attempt_id, "lock"), os.O_RDWR | os.O_NOFOLLOW)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        try:
            return try_lock(descriptor, fcntl.LOCK_SH)  # who else only looks is in nobody's way
        except OSError:  # nothing can be locked there, so that nobody can say
            return False
        finally:
            os.close(descriptor)

    def _path(self, attempt_id: str, kind: str) -> str:
        return os.path.join(self._place, f"{attempt_id.lower()}.{kind}")


def _parse(data: bytes) -> Entry:
    value = json.loads(data)
    if not isinstance(value, dict) or not isinstance(value.get("attempt"), dict):
        raise ValueError("it is not an entry")
    try:
        attempt_id, task_id = check_uuid(value.get("attempt_id")), check_id(value.get("task_id"))
    except BadValue as bad:
        raise ValueError("its ids are none") from bad
    return Entry(
        attempt_id.lower(),
        task_id,
        str(value.get("root")),
        value["attempt"],
        value.get("is_whole") is True,
        str(value.get("log", "")),
        site_of(value.get("site")),
    )
