"""How far a sink has had the log: a small file of the clone for each sink, and its lock."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.store.disk import open_regular, put_file, read_regular
from taskfiles.store.locks import try_lock
from taskfiles.store.shared import make_directories


class Busy(Exception):
    """Another process is draining to this sink."""


class Cursor:
    """The cursor of one sink below a clone's state directory; `name` distinguishes sinks."""

    def __init__(self, state: str, name: str) -> None:
        self._name = name
        self._path = os.path.join(state, "telemetry", "cursors", hex_digest(os.fsencode(name))[:16] + ".json")

    def load(self) -> dict[str, int]:
        """Read the byte in each file of the log up to which the sink has had it. Raises OSError.

        Without a readable cursor all is offered again; sinks and readers know by the ids what they have.
        """
        files = self._read().get("files")
        if not isinstance(files, dict):
            return {}
        return {
            file: offset
            for file, offset in files.items()
            if isinstance(offset, int) and not isinstance(offset, bool) and offset >= 0
        }

    def postponed_until(self) -> datetime | None:
        """Return the instant before which the sink asked to be offered nothing. Raises OSError."""
        text = self._read().get("postponed_until")
        with suppress(ValueError):
            return parse_instant(text) if isinstance(text, str) else None
        return None

    def _read(self) -> dict[str, Any]:
        with suppress(FileNotFoundError, ValueError):
            found = read_regular(self._path)
            value = json.loads(found[0]) if found else {}
            return value if isinstance(value, dict) else {}
        return {}

    def save(self, files: Mapping[str, int], *, postponed_until: datetime | None = None) -> None:
        """Write how far the sink has had each file, and until when it is left alone. Raises OSError."""
        make_directories(os.path.dirname(self._path))
        value: dict[str, Any] = {"sink": self._name, "files": dict(sorted(files.items()))}
        if postponed_until is not None:
            value["postponed_until"] = format_instant(postponed_until)
        put_file(self._path, json.dumps(value, indent=1).encode() + b"\n")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from draining to this sink meanwhile. Raises Busy, OSError."""
        make_directories(os.path.dirname(self._path))
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        descriptor = open_regular(self._path.removesuffix(".json") + ".lock", flags)
        try:
            if not try_lock(descriptor):
                raise Busy
            yield
        finally:
            os.close(descriptor)
