"""Tasks that are rows of one table of the index: none is made before it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from taskfiles.task.remembered import Columns
    from taskfiles.task.task import Task


class TaskRows(Sequence["Task"]):
    """The tasks of some rows of a table, by the numbers of those, `places`.

    Whoever only passes through them gets a task anew each time, whose cached data is dropped as soon as the
    next one is asked for; `kept` returns a sequence whose tasks stay the same.
    """

    def __init__(
        self,
        table: Columns,
        places: Sequence[int],
        make: Callable[[int], Task],
        made: dict[int, Task] | None = None,
    ) -> None:
        self.table, self.places, self._make, self._made = table, places, make, made

    def kept(self) -> TaskRows:
        """Return the same tasks, each made once."""
        return TaskRows(self.table, self.places, self._make, {} if self._made is None else self._made)

    def pick(self, numbers: Iterable[int]) -> TaskRows:
        """Return some of these tasks, by their numbers in this sequence."""
        places = self.places
        return self._at([places[number] for number in numbers])

    def sorted(self) -> TaskRows:
        """Return these tasks in the order of ids and paths."""
        return self._at(self.table.in_order(self.places))

    def _at(self, places: Sequence[int]) -> TaskRows:
        return TaskRows(self.table, places, self._make, self._made)

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, at: int) -> Task: ...
    @overload
    def __getitem__(self, at: slice) -> TaskRows: ...
    def __getitem__(self, at: int | slice) -> Task | TaskRows:
        return self._at(self.places[at]) if isinstance(at, slice) else self._task(self.places[at])

    def __iter__(self) -> Iterator[Task]:
        made, make = self._made, self._make
        if made is None:
            return self._pass()
        for place in self.places:
            if place not in made:
                made[place] = make(place)
        return map(made.__getitem__, self.places)

    def _pass(self) -> Iterator[Task]:
        for task in map(self._make, self.places):
            yield task
            if not task.is_bare:
                task.drop_cached()

    def _task(self, place: int) -> Task:
        made = self._made
        if made is None:
            return self._make(place)
        return made.get(place) or made.setdefault(place, self._make(place))
