"""Tasks at hand as rows of a table, to compare what is made of columns with what is made of tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taskfiles import Task
from taskfiles.task.remembered import PlainFinding
from taskfiles.task.rows import TaskRows
from taskfiles.task.wire import row_bytes


class TableOf:
    """The columns of some tasks, ordered by id."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tasks
        self.ids, self.paths = [task.id for task in tasks], [task.path for task in tasks]
        self.states = [task.state if isinstance(task.state, str) else "" for task in tasks]
        self.related = bytes(task.related for task in tasks)
        self.certain: set[int] = set()
        self.boxes: list[tuple[int, int] | None] = [
            task.criteria if at % 2 else None for at, task in enumerate(tasks)
        ]
        self.errors: dict[int, tuple[PlainFinding, ...]] = {
            at: tuple(error.pack() for error in task.errors) for at, task in enumerate(tasks) if task.errors
        }

    def has(self, key: str) -> bool:
        """Return whether any task has a key."""
        return any(key in task.values for task in self.tasks)

    def column(self, key: str) -> list[Any]:
        """Return the values of a key."""
        return [task.values.get(key, ...) for task in self.tasks]

    def in_order(self, rows: Sequence[int]) -> list[int]:
        """Return rows in their order."""
        return sorted(rows)

    def lines(self, rows: Sequence[int]) -> Iterator[bytes]:
        """Return rows as `list` writes them."""
        return (row_bytes(self.tasks[at]) for at in rows)


def rows_of(tasks: Sequence[Task]) -> TaskRows:
    """Return tasks as rows, in the order in which they are given."""
    table = TableOf(sorted(tasks, key=lambda task: (task.id, task.path)))
    places = [table.tasks.index(task) for task in tasks]
    return TaskRows(table, places, table.tasks.__getitem__)
