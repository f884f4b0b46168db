"""The states that tasks went through, from git's history and the clone's journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from taskfiles.basics.instants import find_instant
from taskfiles.history.log import LogEntry, read_committed, read_uncommitted
from taskfiles.stats.flow import Transition
from taskfiles.store.store import Store
from taskfiles.task.task import Task


class Step(NamedTuple):
    """What a change of a task says of its state: id and state before and after, None where it was not there.

    `time` is None where nobody knows it.
    """

    time: datetime | None
    before: tuple[str, str] | None
    after: tuple[str, str] | None


def read_transitions(store: Store, committed: Sequence[Step] | None = None) -> list[Transition]:
    """List the changes of state of all tasks, the oldest first, under the ids that they have now.

    What one commit takes together is one change. Without git there is only what the journal has; a change
    by hand that no commit has is not there, as nobody knows its time. `committed` are the steps of
    `read_steps`, where the caller has them.
    Raises TaskfilesError (git-failed).
    """
    steps = [*_list_steps(read_uncommitted(store)), *(read_steps(store) if committed is None else committed)]
    return join_steps(steps)


def read_steps(store: Store) -> list[Step]:
    """List what all commits say of states, the newest first: every version of every task is read.

    Raises TaskfilesError (git-failed).
    """
    return list(_list_steps(read_committed(store)))


def join_steps(steps: Iterable[Step]) -> list[Transition]:
    """Return the changes of state among steps, the oldest first, under the latest ids."""
    names: dict[str, str] = {}
    found = []
    for time, before, after in steps:  # the newest first, so that a task's later id is known already
        last = after or before
        assert last is not None  # a change is of a task
        name = names.get(last[0], last[0])
        if before is not None and after is not None and before[0] != after[0]:
            names[before[0]] = name
        states = tuple(None if each is None else each[1] for each in (before, after))
        if states[0] != states[1] and time is not None:
            found.append(Transition(time, name, *states))
    return found[::-1]


def _list_steps(entries: Iterable[LogEntry]) -> Iterable[Step]:
    for entry in entries:
        time = find_instant(entry.time) if entry.source != "file" else None
        yield Step(time, *(_state_of(each) for each in entry.pair))


def _state_of(task: Task | None) -> tuple[str, str] | None:
    return None if task is None else (task.id, str(task.state))
