"""The kill switch: what stops agents in a clone, and keeps new ones from being sent out."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import NamedTuple

from taskfiles.store.disk import io_errors, put_file, read_regular
from taskfiles.store.shared import make_directories

_ALL = "all"


class Stop(NamedTuple):
    """An order to stop: for one task, or for all (None), and why."""

    task: str | None
    reason: str
    by: str
    at: str


class Switch:
    """The orders of a clone, a file each below its state directory; runs look several times a second."""

    def __init__(self, state: str) -> None:
        self._place = os.path.join(state, "stops")

    def find(self, task_id: str) -> Stop | None:
        """Give the order that is in force for a task; one that can't be read stops as well."""
        for name, task in ((_ALL, None), (f"task-{task_id}", task_id)):
            with suppress(FileNotFoundError):
                return self._read(os.path.join(self._place, f"{name}.json"), task)
        return None

    def list(self) -> list[Stop]:
        """List the orders that are in force. Raises TaskfilesError (io)."""
        names: list[str] = []
        with io_errors("Reading", self._place), suppress(FileNotFoundError, NotADirectoryError):
            names = sorted(name for name in os.listdir(self._place) if name.endswith(".json"))
        found = []
        for name in names:
            stem = name.removesuffix(".json")
            task = None if stem == _ALL else stem.removeprefix("task-")
            with suppress(FileNotFoundError):
                found.append(self._read(os.path.join(self._place, name), task))
        return found

    def put(self, stop: Stop) -> None:
        """Give an order. Raises TaskfilesError (io)."""
        path = self._path(stop.task)
        with io_errors("Writing", path):
            make_directories(self._place)
            text = json.dumps({"reason": stop.reason, "by": stop.by, "at": stop.at}, indent=1)
            put_file(path, text.encode("utf-8", "surrogatepass") + b"\n")

    def lift(self, task: str | None) -> bool:
        """Take an order back; tells whether there was one. Raises TaskfilesError (io)."""
        path = self._path(task)
        with io_errors("Removing", path):
            try:
                os.unlink(path)
            except FileNotFoundError:
                return False
        return True

    def _path(self, task: str | None) -> str:
        return os.path.join(self._place, f"{_ALL if task is None else f'task-{task}'}.json")

    @staticmethod
    def _read(path: str, task: str | None) -> Stop:
        try:
            found = read_regular(path)
            value = json.loads(found[0]) if found else None
        except FileNotFoundError:  # a place that is no directory is damage
            raise
        except (OSError, ValueError, RecursionError):
            value = None
        known = value if isinstance(value, dict) else {}
        return Stop(
            task, str(known.get("reason") or "stopped"), str(known.get("by", "")), str(known.get("at", ""))
        )
