"""The states that tasks went through, from git's history and the clone's journal."""

from __future__ import annotations

from taskfiles.basics.instants import find_instant
from taskfiles.history.log import read_log
from taskfiles.stats.flow import Transition
from taskfiles.store.store import Store


def read_transitions(store: Store) -> list[Transition]:
    """List the changes of state of all tasks, the oldest first, under the ids that they have now.

    What one commit takes together is one change. Without git there is only what the journal has; a change
    by hand that no commit has is not there, as nobody knows its time.
    Raises TaskfilesError (git-failed).
    """
    names: dict[str, str] = {}
    found = []
    for entry in read_log(store):  # the newest first, so that a task's later id is known already
        before, after = entry.pair
        name = names.get(entry.pair.task.id, entry.pair.task.id)
        if before is not None and after is not None and before.id != after.id:
            names[before.id] = name
        states = tuple(None if task is None else str(task.state) for task in (before, after))
        time = find_instant(entry.time)
        if states[0] != states[1] and time is not None and entry.source != "file":
            found.append(Transition(time, name, *states))
    return found[::-1]
