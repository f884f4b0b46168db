"""Which entries of a log are asked for: whose, of tasks that came to a state, of how many changes; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from taskfiles.history.log import LogEntry
from taskfiles.history.phrases import describe_caller
from taskfiles.task.task import Task


def select_entries(
    entries: Iterable[LogEntry],
    *,
    by: Collection[str] = (),
    states: Collection[str] = (),
    limit: int | None = None,
) -> list[LogEntry]:
    """Return the entries of a log by one of some people, in which a task came to one of some states.

    People are named as `describe_caller` does, or by the whole text that tells callers apart, without regard
    to case. `limit` counts changes: a commit or a command is one, however many tasks it changed.
    """
    names = {name.casefold() for name in by}
    found = (
        each
        for each in entries
        if (not names or _names(each.by) & names) and (not states or _comes_to(each) in states)
    )
    return [*found] if limit is None else [*_first(found, limit)]


def _names(by: str | None) -> set[str]:
    return {describe_caller(by).casefold(), (by or "").casefold()}


def _comes_to(entry: LogEntry) -> str | None:
    """Return the state that a task has come to by a change; None where that did not change it."""
    before, after = (_state(task) for task in entry.pair)
    return None if before == after else after


def _state(task: Task | None) -> str | None:
    return None if task is None else str(task.state)


def _first(entries: Iterable[LogEntry], most: int) -> Iterator[LogEntry]:
    for number, (_, same) in enumerate(groupby(entries, key_of_change), 1):
        if number > most:
            return
        yield from same


def key_of_change(entry: LogEntry) -> tuple[str | None, ...]:
    """Return what entries of one change have in common."""
    return entry.commit, entry.run_id, entry.by, None if entry.commit or entry.run_id else entry.time
