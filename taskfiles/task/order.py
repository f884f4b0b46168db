"""Tasks in the order of their ids; files with one id by their paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter, lt

from taskfiles.task.rows import TaskRows
from taskfiles.task.task import Task

_ID, _BOTH = attrgetter("id"), attrgetter("id", "path")


def sort_by_id(tasks: Iterable[Task]) -> Sequence[Task]:
    """Sort tasks by id and path; most come sorted, or have ids of their own, which takes less time to see."""
    if isinstance(tasks, TaskRows):
        return tasks.sorted()
    found = [*tasks]
    if not _is_rising(found):
        found.sort(key=_ID)
        if not _is_rising(found):
            found.sort(key=_BOTH)
    return found


def _is_rising(tasks: list[Task]) -> bool:
    ids = [task.id for task in tasks]
    return all(map(lt, ids, ids[1:]))
