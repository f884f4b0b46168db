"""Long columns bit by bit: an order key names what comes next, so that no task is lost or shown twice."""

from __future__ import annotations

import base64
import json
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from taskfiles import Task, TaskfilesError
from taskfiles.backlog.board import Claims, Key, order_key

FIRST = 40  # cards of a column that a page begins with


class Page(NamedTuple):
    """Some tasks of a column, how many come after them, and the cursor that names these, empty at the end."""

    tasks: Sequence[Task]
    left: int
    cursor: str


def cut(tasks: Sequence[Task], claims: Claims, after: str = "", size: int = FIRST) -> Page:
    """Return the tasks of a column that follow a cursor, the first ones without.

    Raises TaskfilesError (bad-value) for a text that is not a cursor.
    """
    begin = 0
    if after:
        begin = bisect_right(tasks, _read(after), key=lambda task: order_key(task, claims))
    end = begin + size
    more = len(tasks) > end
    cursor = _write(order_key(tasks[end - 1], claims)) if more else ""
    return Page(tasks[begin:end], max(0, len(tasks) - end), cursor)


def _write(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(text: str) -> Key:
    try:
        first, second, name, path = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return (float(first), float(second), str(name), str(path))
    except (ValueError, TypeError, RecursionError):
        given, remedy = f"“{text[:40]}”", "Begin at the top of the column."
        raise TaskfilesError(
            "bad-value", option="after", given=given, problem="it names no card", remedy=remedy
        ) from None
