"""Tasks in the order of their ids; files with one id by their paths."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter, lt

from taskfiles.task.task import Task

_BOTH = attrgetter("id", "path")


def sort_by_id(tasks: Iterable[Task]) -> list[Task]:
    """Sort tasks by id and path; most come sorted, and seeing that takes a quarter of the time."""
    found = [*tasks]
    ids = [task.id for task in found]
    return found if all(map(lt, ids, ids[1:])) else sorted(found, key=_BOTH)
