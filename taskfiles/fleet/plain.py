"""The figures of a dataset without any engine: what the others are compared with; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from taskfiles.basics.instants import parse_instant
from taskfiles.dataset.attempts import SHARED
from taskfiles.dataset.columns import KEYS
from taskfiles.dataset.instants import micros_text
from taskfiles.dataset.rows import Row
from taskfiles.fleet.selection import Selection, is_own, values_of
from taskfiles.stats.rows import AttemptRow, Ending, Gathered, Untried
from taskfiles.task.words import CLOSED, State

_READ: dict[str, Callable[[str], Any]] = {
    "started_at": parse_instant,
    "ended_at": parse_instant,
    "ending": Ending,
}


class Tables(NamedTuple):
    """Rows of three tables, attempts in the order of their keys."""

    tasks: Iterable[Row]
    attempts: Iterable[Row]
    gates: Iterable[Row]


def gather_rows(tables: Tables, selection: Selection, by: Sequence[str], unreadable: int) -> Gathered:
    """Return what `stats.rows.gather` gives; the number of `unreadable` files is the manifest's."""
    own = {name for name in by if is_own(name)}
    keys: set[str] = set()
    untried: list[Untried] = []
    invalid = overdue = 0
    now = None if selection.scope.now is None else micros_text(selection.scope.now)
    for row in tables.tasks:
        keys |= own & row["values"].keys()
        if selection.holds(row):
            invalid += row["problem"] is not None
            overdue += now is not None and is_overdue(row, now)
            if is_untried(row) and selection.holds_instant(row["completed_at"]):
                untried.append(untried_of(row))
    gates: dict[tuple[Any, ...], dict[str, bool]] = {}
    for row in tables.gates:
        gates.setdefault(_key(row), {})[row["gate"]] = row["failed"]
    found = [
        _attempt_row(row, gates.get(_key(row), {}), by)
        for row in tables.attempts
        if selection.holds(row) and selection.holds_instant(row["ended_at"])
    ]
    return Gathered(found, sorted(untried), invalid, unreadable, overdue, twins=False, keys=keys)


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEYS["attempts"])


def _attempt_row(row: Row, gates: Mapping[str, bool], by: Sequence[str]) -> AttemptRow:
    shared: dict[str, Any] = {name: _READ[name](row[name]) if name in _READ else row[name] for name in SHARED}
    return AttemptRow(
        task=f"{row['repo']}\0{row['task_id']}",
        size=row["size"],
        gates=None if row["gates_run"] is None else gates,
        values=tuple(values_of(row, name) for name in by),
        **shared,
    )


def is_untried(row: Row) -> bool:
    """Whether a row of the table `tasks` is that of a done task without any attempt."""
    return row["problem"] is None and row["state"] == State.DONE and not row["attempts"]


def is_overdue(row: Row, now: str) -> bool:
    """Whether a row of the table `tasks` is that of an open task that was due before an instant."""
    if row["problem"] is not None or row["state"] in CLOSED or row["due"] is None:
        return False
    return bool(row["due"] < now)


def untried_of(row: Row) -> Untried:
    """Return such a task; its repository stands before its path."""
    completed = row["completed_at"]
    return Untried(row["task_id"], row["title"], row["kind"], f"{row['repo']}/{row['path']}", completed)
