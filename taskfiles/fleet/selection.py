"""Which rows of a dataset count, and by what they are grouped; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from taskfiles.dataset.rows import Row
from taskfiles.stats.dimensions import IN_TABLES, Value
from taskfiles.stats.rows import Scope

# Beside the user's own keys: what a row of an attempt has a column for.
DATASET_DIMENSIONS: tuple[str, ...] = ("repo", *IN_TABLES, "track")
_LISTS = {"label": "labels"}


class Selection(NamedTuple):
    """The attempts in the scope, of these repositories (all where there are none), below a task and of it."""

    scope: Scope = Scope()
    repos: frozenset[str] = frozenset()
    task: str | None = None

    def holds(self, row: Row) -> bool:
        """Whether a row, of a task or of what is its, is of the repositories, the states and the task.

        A row whose state is unknown may be of any.
        """
        states = self.scope.states
        return (
            self.is_of(row)
            and (not states or row["state"] is None or row["state"] in states)
            and (self.task is None or row["task_id"] == self.task or self.task in row["ancestors"])
        )

    def is_of(self, row: Row) -> bool:
        """Whether a row is of the repositories."""
        return not self.repos or row["repo"] in self.repos

    def names(self, row: Row) -> bool:
        """Whether a row is of the task itself."""
        return self.is_of(row) and row["task_id"] == self.task

    @property
    def is_bounded(self) -> bool:
        """Whether the span has a bound."""
        return self.scope.since is not None or self.scope.until is not None

    def holds_instant(self, text: str | None) -> bool:
        """Whether an instant lies in the span; one that is not known may."""
        return text is None or self.scope.holds_value(text)


def is_own(name: str) -> bool:
    """Whether a dimension is one of the user's own keys."""
    return name not in DATASET_DIMENSIONS


def column_of(name: str) -> str | None:
    """Name the column that holds a dimension's one value; None where it has several."""
    return None if is_own(name) or name in _LISTS else name


def list_of(name: str) -> str | None:
    """Name the column that is a list of a dimension's values; None for the user's own keys."""
    return _LISTS.get(name)


def values_of(row: Row, name: str) -> Sequence[Value]:
    """Return a row's values in a dimension, (None,) where it has none."""
    if column := column_of(name):
        return (row[column],)
    values: Any = row[_LISTS[name]] if name in _LISTS else row["values"].get(name)
    return values or (None,)
