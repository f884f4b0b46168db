"""The kill switch: what stops agents in a clone, and keeps new ones from being sent out."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import NamedTuple

from taskfiles.store.disk import io_errors, put_file, read_regular
from taskfiles.store.shared import make_directories

_ALL, _TASK, _ENDING = "all", "task-", ".json"


class Stop(NamedTuple):
    """An order to stop: for one task, or for all (None), and why."""

    task: str | None
    reason: str
    by: str
    at: str


class Switch:
    """The orders of a clone, a file each below its state directory; runs look several times a second.

    What can't be read is an order too, so that damage never sends agents out; a file in the place of the
    directory is one for all tasks.
    """

    def __init__(self, state: str) -> None:
        self._place = os.path.join(state, "stops")

    def find(self, task_id: str) -> Stop | None:
        """Return the order that is in force for a task; None if there is none."""
        return self._read(None) or self._read(task_id)

    def list(self) -> list[Stop]:
        """List the orders that are in force: those that `find` returns. Raises TaskfilesError (io)."""
        names: list[str] = []
        with io_errors("Reading", self._place), suppress(FileNotFoundError):
            try:
                names = sorted(os.listdir(self._place))
            except NotADirectoryError:
                names = [_ALL + _ENDING]
        stems = [name.removesuffix(_ENDING) for name in names if name.endswith(_ENDING)]
        tasks = [None if stem == _ALL else stem for stem in stems if stem == _ALL or stem.startswith(_TASK)]
        found = [self._read(None if task is None else task.removeprefix(_TASK)) for task in tasks]
        return [stop for stop in found if stop is not None]

    def put(self, stop: Stop) -> None:
        """Write an order. Raises TaskfilesError (io)."""
        path = self._path(stop.task)
        with io_errors("Writing", path):
            make_directories(self._place)
            text = json.dumps({"reason": stop.reason, "by": stop.by, "at": stop.at}, indent=1)
            put_file(path, text.encode("utf-8", "surrogatepass") + b"\n")

    def lift(self, task: str | None) -> bool:
        """Remove an order; return whether there was one. Raises TaskfilesError (io)."""
        path = self._path(task)
        if task is None and os.path.isfile(self._place):
            path = self._place
        with io_errors("Removing", path):
            try:
                os.unlink(path)
            except FileNotFoundError:
                return False
        return True

    def _path(self, task: str | None) -> str:
        return os.path.join(self._place, f"{_ALL if task is None else _TASK + task}{_ENDING}")

    def _read(self, task: str | None) -> Stop | None:
        """Read the order for a task or for all; None if there is none."""
        try:
            found = read_regular(self._path(task))
            value = json.loads(found[0]) if found else None
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            return Stop(None, f"{self._place} is no directory", "", "")
        except (OSError, ValueError, RecursionError):
            value = None
        known = value if isinstance(value, dict) else {}
        reason, by, at = known.get("reason") or "stopped", known.get("by", ""), known.get("at", "")
        return Stop(task, str(reason), str(by), str(at))
