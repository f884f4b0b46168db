"""What many tasks have, column by column: from the table of the index where all are rows of one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from taskfiles.task.remembered import Lost
from taskfiles.task.task import Task
from taskfiles.text.nodes import Value

if TYPE_CHECKING:
    from taskfiles.task.remembered import Row

_TABLE = attrgetter("table")
_IS_BARE = attrgetter("is_bare")


def find_rows(tasks: Sequence[Task]) -> list[Row] | None:
    """Return each task's row; None unless all are of one table."""
    rows = [task.row for task in tasks if task.row is not None]
    is_one = len(rows) == len(tasks) and len({*map(_TABLE, rows)}) == 1
    return rows if is_one else None


def read_column(tasks: Sequence[Task], key: str) -> list[Value]:
    """Return each task's own value for a key, as `Task.value` does."""
    return read_columns(tasks, (key,))[0]


def read_columns(tasks: Sequence[Task], keys: Sequence[str]) -> list[list[Value]]:
    """Return the tasks' own values, a list for each key, as `Task.value` does."""
    rows = find_rows(tasks)
    if rows is not None and (
        all(map(_IS_BARE, tasks)) or not any("values" in task.__dict__ for task in tasks)
    ):
        with suppress(Lost):
            column = rows[0].table.column
            places = [row.at for row in rows]
            return [_pick(column(key), places) for key in keys]
    return [[task.value(key) for task in tasks] for key in keys]


def count_criteria(tasks: Sequence[Task]) -> list[tuple[int, int]]:
    """Return each task's `criteria`; a text read for it is dropped, since those of many take much memory."""
    rows = find_rows(tasks)
    known = [None] * len(tasks) if rows is None else _pick(rows[0].table.boxes, [row.at for row in rows])
    return [_count(task) if boxes is None else boxes for task, boxes in zip(tasks, known, strict=True)]


def _count(task: Task) -> tuple[int, int]:
    found = task.criteria
    if task.entry is not None and task.entry.boxes is None:
        task.drop_cached()
    return found


def find_related(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks that name others."""
    rows = find_rows(tasks)
    if rows is None:
        return [task for task in tasks if task.related]
    flags = rows[0].table.related
    return [task for task, row in zip(tasks, rows, strict=True) if flags[row.at]] if 1 in flags else []


def find_invalid(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks whose files have errors."""
    rows = find_rows(tasks)
    if rows is None:
        return [task for task in tasks if task.errors]
    found = rows[0].table.errors
    return [task for task, row in zip(tasks, rows, strict=True) if row.at in found] if found else []


def _pick(values: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [None if (value := values[at]) is ... else value for at in places]
