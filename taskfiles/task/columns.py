"""What many tasks have, column by column: from the table of the index where all are rows of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from taskfiles.task.remembered import Lost
from taskfiles.task.rows import TaskRows
from taskfiles.task.task import Task
from taskfiles.text.nodes import Value

if TYPE_CHECKING:
    from taskfiles.task.remembered import Columns

_TABLE = attrgetter("table")
_IS_BARE = attrgetter("is_bare")


def find_rows(tasks: Sequence[Task]) -> tuple[Columns, Sequence[int]] | None:
    """Return the one table that all these tasks are of, and the number of each one's row; None for others."""
    if isinstance(tasks, TaskRows):
        return (tasks.table, tasks.places) if tasks.places else None
    rows = [task.row for task in tasks if task.row is not None]
    is_one = len(rows) == len(tasks) and len({*map(_TABLE, rows)}) == 1
    return (rows[0].table, [row.at for row in rows]) if is_one else None


def pick(tasks: Sequence[Task], numbers: Iterable[int]) -> Sequence[Task]:
    """Return some of these tasks, by their numbers among them."""
    return tasks.pick(numbers) if isinstance(tasks, TaskRows) else [tasks[number] for number in numbers]


def read_ids(tasks: Sequence[Task]) -> list[str]:
    """Return each task's id."""
    if isinstance(tasks, TaskRows):
        ids = tasks.table.ids
        return [ids[at] for at in tasks.places]
    return [task.id for task in tasks]


def read_paths(tasks: Sequence[Task]) -> list[str]:
    """Return the path of each task's file."""
    if isinstance(tasks, TaskRows):
        paths = tasks.table.paths
        return [paths[at] for at in tasks.places]
    return [task.path for task in tasks]


def read_states(tasks: Sequence[Task]) -> list[Any]:
    """Return each task's `state`."""
    found = find_rows(tasks)
    if found is None:
        return [task.state for task in tasks]
    table, places = found
    states = table.states
    return [states[at] or tasks[number].state for number, at in enumerate(places)]


def read_column(tasks: Sequence[Task], key: str) -> list[Value]:
    """Return each task's own value for a key, as `Task.value` does."""
    return read_columns(tasks, (key,))[0]


def read_columns(tasks: Sequence[Task], keys: Sequence[str]) -> list[list[Value]]:
    """Return the tasks' own values, a list for each key, as `Task.value` does."""
    found = find_rows(tasks)
    if found is not None and (
        isinstance(tasks, TaskRows)
        or all(map(_IS_BARE, tasks))
        or not any("values" in task.__dict__ for task in tasks)
    ):
        table, places = found
        with suppress(Lost):
            return [_read(table, key, places) for key in keys]
    return [[task.value(key) for task in tasks] for key in keys]


def _read(table: Columns, key: str, places: Sequence[int]) -> list[Value]:
    if not table.has(key):
        return [None] * len(places)
    values = table.column(key)
    return [None if (value := values[at]) is ... else value for at in places]


def count_criteria(tasks: Sequence[Task]) -> list[tuple[int, int]]:
    """Return each task's `criteria`; a text read for it is dropped, since those of many take much memory."""
    found = find_rows(tasks)
    if found is None:
        return [*map(_count, tasks)]
    table, places = found
    boxes = table.boxes
    return [boxes[at] or _count(tasks[number]) for number, at in enumerate(places)]


def _count(task: Task) -> tuple[int, int]:
    found = task.criteria
    if task.entry is not None and task.entry.boxes is None:
        task.drop_cached()
    return found


def find_related(tasks: Sequence[Task]) -> Sequence[Task]:
    """Return the tasks that name others."""
    found = find_rows(tasks)
    if found is None:
        return [task for task in tasks if task.related]
    table, places = found
    flags = table.related
    return pick(tasks, [number for number, at in enumerate(places) if flags[at]] if 1 in flags else ())


def find_invalid(tasks: Sequence[Task]) -> Sequence[Task]:
    """Return the tasks whose files have errors."""
    found = find_rows(tasks)
    if found is None:
        return [task for task in tasks if task.errors]
    table, places = found
    errors = table.errors
    return pick(tasks, [number for number, at in enumerate(places) if at in errors] if errors else ())
