"""Reading the log of events: line by line as it lies there, or event by event.

What is read serves people and other programs; no command decides anything by it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.store.disk import open_regular
from taskfiles.telemetry.skipped import Skipped


class Line(NamedTuple):
    """A line of the log: its file, its number from 1, and its object; None where it can't be read."""

    path: str
    number: int
    raw: bytes
    event: dict[str, Any] | None


def list_files(directory: str, skipped: Skipped | None = None) -> list[str]:
    """List the files of the log, the oldest day first; what is no regular file is none. Raises OSError."""
    try:
        days = sorted(name for name in os.listdir(directory) if name.startswith("dt="))
    except FileNotFoundError:
        return []
    found: list[str] = []
    others: list[str] = []
    for day in days:
        place = os.path.join(directory, day)
        if not os.path.isdir(place):
            others.append(place)
            continue
        for name in sorted(os.listdir(place)):
            if name.endswith(".jsonl"):
                path = os.path.join(place, name)
                (found if os.path.isfile(path) else others).append(path)
    if skipped is not None:
        for path in others:
            skipped.add_entry(path)
    return found


def read_lines(directory: str, skipped: Skipped | None = None) -> Iterator[Line]:
    """Read the log line by line, as it lies there: repeats and lines out of order included.

    A last line without its end is still being written, or was torn: it has no event. Raises OSError.
    """
    for path in list_files(directory, skipped):
        yield from read_file(path)


def read_file(path: str) -> Iterator[Line]:
    """Read one file of the log. Raises OSError."""
    with open(open_regular(path), "rb") as file:
        for number, raw in enumerate(file, 1):
            if raw != b"\n":  # two writers may have ended the same torn line
                yield Line(path, number, raw, _parse(raw))


def parse_event(raw: bytes) -> dict[str, Any] | None:
    """Read the event of a line; None where it holds none.

    >>> parse_event(b'{"id": "1", "type": "task.changed", "data": {}}\\n')
    {'id': '1', 'type': 'task.changed', 'data': {}}
    >>> parse_event(b'{"id": "1", "type": "task.changed", "data": 5}\\n')
    """
    value = _parse(raw)
    return value if value is not None and is_event(value) else None


def is_event(value: Mapping[str, Any]) -> bool:
    """Whether an object has what every reader of events relies on: an id, a type and data."""
    return (
        isinstance(value.get("id"), str)
        and isinstance(value.get("type"), str)
        and isinstance(value.get("data"), dict)
    )


def _parse(raw: bytes) -> dict[str, Any] | None:
    if not raw.endswith(b"\n"):
        return None
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def list_at(data: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list of an event's data; an empty one where something else stands there."""
    value = data.get(key)
    return value if isinstance(value, list) else []


def read_events(directory: str, skipped: Skipped | None = None) -> Iterator[dict[str, Any]]:
    """Read the events in the order of the log, each id once. Raises OSError.

    `skipped` gathers the lines that hold none, but those that may still be written.
    """
    seen: set[str] = set()
    for line in read_lines(directory, skipped):
        event = line.event
        if event is None or not is_event(event):
            if skipped is not None and line.raw.endswith(b"\n"):
                skipped.add_line(line.path, line.number)
        elif event["id"] not in seen:
            seen.add(event["id"])
            yield event
