"""The columns of a table and of a few tasks that are not in it: those of files that have changed since."""

from __future__ import annotations

from taskfiles.store.index.table import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from taskfiles.store.index.table import Table
    from taskfiles.task.remembered import PlainFinding
    from taskfiles.task.task import Task


class Joined:
    """What a table is to its rows, to those and to others, which are numbered on from its last row.

    The others are tasks of index entries. Raises Lost if what such an entry holds is damaged.
    """

    def __init__(self, table: Table, others: Sequence[Task]) -> None:
        self._table, self._count = table, len(table)
        entries = [task.entry for task in others if task.entry is not None]
        assert len(entries) == len(others)
        self._values = [entry.read_values() for entry in entries]
        self._lines = [entry.row for entry in entries]
        self.ids = table.ids + [task.id for task in others]
        self.paths = table.paths + [task.path for task in others]
        self.states = table.states + [entry.state for entry in entries]
        self.related = table.related + bytes(entry.related for entry in entries)
        self.certain = table.certain
        self.boxes = table.boxes + [entry.boxes for entry in entries]
        self.errors: dict[int, tuple[PlainFinding, ...]] = table.errors | {
            self._count + number: entry.errors for number, entry in enumerate(entries) if entry.errors
        }

    def has(self, key: str) -> bool:
        """Return whether any task may have a key."""
        return self._table.has(key) or any(key in values for values in self._values)

    def column(self, key: str) -> list[Any]:
        """Return the values of a key, MISSING where a task doesn't have it. Raises Lost."""
        return self._table.column(key) + [values.get(key, MISSING) for values in self._values]

    def lines(self, rows: Sequence[int]) -> Iterator[bytes]:
        """Return tasks' rows of JSON, each made as it is asked for. Raises Lost, before the first."""
        count, others = self._count, self._lines
        known = self._table.lines([at for at in rows if at < count])
        return (next(known) if at < count else others[at - count] for at in rows)

    def in_order(self, rows: Sequence[int]) -> list[int]:
        """Return rows in the order of ids and paths."""
        ids, paths = self.ids, self.paths
        return sorted(rows, key=lambda at: (ids[at], paths[at]))
