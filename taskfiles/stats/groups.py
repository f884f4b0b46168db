"""Rows in groups, and what is usual for a size; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from operator import attrgetter
from typing import Any, TypeVar

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.stats.dimensions import Key
from taskfiles.stats.rows import AttemptRow
from taskfiles.stats.wilson import LEAST, nearest_rank

T = TypeVar("T")


class SizeNorm(NamedTuple):
    """What tasks of a size take: the median of their work, over so many tasks."""

    tasks: int
    median_work_seconds: int

    @property
    def is_insufficient(self) -> bool:
        """Whether there are too few tasks to call it usual."""
        return self.tasks < LEAST


class Group:
    """The attempts of one group, and the same by task, each task's in the order of its file."""

    def __init__(self, norms: Mapping[str, SizeNorm]) -> None:
        self.attempts: list[AttemptRow] = []
        self.norms = norms
        self._by_task: dict[str, list[AttemptRow]] = {}
        self._known: dict[str, Any] = {}

    def add(self, row: AttemptRow) -> None:
        """Take up an attempt."""
        self._known.clear()
        self.attempts.append(row)
        self._by_task.setdefault(row.task, []).append(row)

    def keep(self, name: str, compute: Callable[[Group], T]) -> T:
        """Return what several figures follow from, computed once."""
        if name not in self._known:
            self._known[name] = compute(self)
        found: T = self._known[name]
        return found

    def known(self, name: str) -> list[Any]:
        """Return the values of a field, of the attempts that know it."""
        return self.keep(f"known {name}", lambda group: _known(group.attempts, name))

    @property
    def tasks(self) -> Iterable[Sequence[AttemptRow]]:
        """Each task's attempts in this group."""
        return self._by_task.values()

    @property
    def begun(self) -> Iterator[Sequence[AttemptRow]]:
        """The same of the tasks whose first attempt of all is here."""
        return (rows for rows in self.tasks if rows[0].position == 1)


def _known(rows: Iterable[AttemptRow], name: str) -> list[Any]:
    return [value for value in map(attrgetter(name), rows) if value is not None]


def make_groups(rows: Iterable[AttemptRow], norms: Mapping[str, SizeNorm]) -> dict[Key, Group]:
    """Put each row into its group, into several where its task has several values in a dimension."""
    groups: dict[Key, Group] = {}
    for row in rows:
        for key in product(*row.values):
            if key not in groups:
                groups[key] = Group(norms)
            groups[key].add(row)
    return groups


def find_norms(rows: Iterable[AttemptRow]) -> dict[str, SizeNorm]:
    """Find what tasks of each size take: the median, by nearest rank, of the sums of their durations."""
    work: dict[str, dict[str, int]] = {}
    for row in rows:
        of_size = work.setdefault(row.size, {})
        of_size[row.task] = of_size.get(row.task, 0) + row.duration_seconds
    return {
        size: SizeNorm(len(sums), nearest_rank(list(sums.values()), 50) or 0) for size, sums in work.items()
    }
