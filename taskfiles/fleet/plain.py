"""The figures of a dataset without any engine: what the others are compared with; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from taskfiles.dataset.flatten import SHARED
from taskfiles.dataset.rows import Row
from taskfiles.fleet.selection import Selection, is_own, values_of
from taskfiles.instants import parse_instant
from taskfiles.stats.rows import AttemptRow, Ending, Gathered, Untold
from taskfiles.words import State

_READ: dict[str, Callable[[str], Any]] = {
    "started_at": parse_instant,
    "ended_at": parse_instant,
    "ending": Ending,
}


def gather_rows(
    tasks: Iterable[Row], attempts: Iterable[Row], selection: Selection, by: Sequence[str], unreadable: int
) -> Gathered:
    """Give what `stats.rows.gather` gives, from rows of the tables `tasks` and `attempts`.

    Attempts come in the order of their keys; of `unreadable` files the dataset's manifest tells.
    """
    own = {name for name in by if is_own(name)}
    keys: set[str] = set()
    untold: list[Untold] = []
    invalid = 0
    for row in tasks:
        keys |= own & row["values"].keys()
        if selection.holds(row):
            invalid += row["problem"] is not None
            if is_untold(row) and selection.holds_instant(row["completed_at"]):
                untold.append(untold_of(row))
    found = [
        attempt_row(row, by)
        for row in attempts
        if selection.holds(row) and selection.holds_instant(row["ended_at"])
    ]
    return Gathered(found, sorted(untold), invalid, unreadable, twins=False, keys=keys)


def attempt_row(row: Row, by: Sequence[str]) -> AttemptRow:
    """Read a row of the table `attempts`."""
    shared: dict[str, Any] = {name: _READ[name](row[name]) if name in _READ else row[name] for name in SHARED}
    return AttemptRow(
        task=f"{row['repo']}\0{row['task_id']}",
        size=row["size"],
        values=tuple(values_of(row, name) for name in by),
        **shared,
    )


def is_untold(row: Row) -> bool:
    """Whether a row of the table `tasks` is that of a done task without any attempt."""
    return row["problem"] is None and row["state"] == State.DONE and not row["attempts"]


def untold_of(row: Row) -> Untold:
    """Tell such a task; its repository stands before its path."""
    completed = row["completed_at"]
    return Untold(row["task_id"], row["title"], row["kind"], f"{row['repo']}/{row['path']}", completed)
