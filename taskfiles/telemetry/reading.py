"""Reading the log of events: line by line as it lies there, or event by event.

What is read serves people and other programs; no command decides anything by it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from taskfiles.store.disk import open_regular


class Line(NamedTuple):
    """A line of the log: its file, its number from 1, and its object; None where it can't be read."""

    path: str
    number: int
    raw: bytes
    event: dict[str, Any] | None


def list_files(directory: str) -> list[str]:
    """List the files of the log, the oldest day first; what is no regular file is none. Raises OSError."""
    try:
        days = sorted(name for name in os.listdir(directory) if name.startswith("dt="))
    except FileNotFoundError:
        return []
    return [
        path
        for day in days
        if os.path.isdir(os.path.join(directory, day))
        for name in sorted(os.listdir(os.path.join(directory, day)))
        if name.endswith(".jsonl") and os.path.isfile(path := os.path.join(directory, day, name))
    ]


def read_lines(directory: str) -> Iterator[Line]:
    """Read the log line by line, as it lies there: repeats and lines out of order included.

    A last line without its end is still being written, or was torn: it has no event. Raises OSError.
    """
    for path in list_files(directory):
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


def read_events(directory: str) -> Iterator[dict[str, Any]]:
    """Read the events in the order of the log, each id once. Raises OSError."""
    seen: set[str] = set()
    for line in read_lines(directory):
        event = line.event
        if event is not None and is_event(event) and event["id"] not in seen:
            seen.add(event["id"])
            yield event
