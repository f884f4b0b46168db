"""When a clone was last exported: what is deleted from its files afterwards is in that dataset."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.store.disk import put_file, read_regular


class LastExport(NamedTuple):
    """The last export of a clone's tasks: the instant before its files were read, and the dataset's path."""

    at: datetime
    dataset: str


def note_export(state: str, last: LastExport) -> None:
    """Note an export below a clone's state directory. Raises OSError."""
    path = _path(state)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    value = {"at": format_instant(last.at), "dataset": last.dataset}
    put_file(path, json.dumps(value).encode("utf-8", "surrogateescape") + b"\n")


def find_last_export(state: str | None) -> LastExport | None:
    """Return the last export of a clone's tasks; None where there was none, or its note can't be read."""
    if state is None:
        return None
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = read_regular(_path(state))
        value = json.loads((found[0] if found else b"").decode("utf-8", "surrogateescape"))
        return LastExport(parse_instant(value["at"]), str(value["dataset"]))
    return None


def _path(state: str) -> str:
    return os.path.join(state, "exported.json")
