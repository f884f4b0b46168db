"""When tasks were completed that are done and don't say when: from git's history, else from `updated_at`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from taskfiles.basics.instants import format_instant, normalise_instant
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.store.history import Moment, find_completions
from taskfiles.store.store import Store
from taskfiles.task.task import Task
from taskfiles.task.words import State

Source = Literal["git", "updated_at", "now"]


class Completion(NamedTuple):
    """An instant as text, and where it is from; `commit` is the one that made the task done, or added it."""

    instant: str
    source: Source
    commit: str | None = None

    @property
    def rule(self) -> str:
        """The name of the rule that sets it."""
        return f"completed-at-from-{self.source.replace('_', '-')}"


def lacks_completion(task: Task) -> bool:
    """Return whether a task is done and does not say when."""
    return bool(task.state == State.DONE) and task.values.get("completed_at") is None


def known_completions(store: Store, tasks: Sequence[Task]) -> dict[str, Completion]:
    """Map the paths of tasks that lack it to when they were completed, where that is known.

    The commit that set the state comes first, then `updated_at`, then the commit that brought the file: it
    only says by when the task was done.
    """
    wanted = [task for task in tasks if lacks_completion(task)]
    if not wanted:
        return {}
    paths = [task.path for task in wanted]
    done, added = find_completions(store.root, paths) if store.repository is not None else ({}, {})
    found: dict[str, Completion] = {}
    for task in wanted:
        if task.path in done:
            found[task.path] = _of_commit(done[task.path])
        elif task.updated_at is not None:
            found[task.path] = Completion(format_instant(task.updated_at), "updated_at")
        elif task.path in added:
            found[task.path] = _of_commit(added[task.path])
    return found


def find_completion(store: Store, task: Task) -> Completion:
    """Return when a task that lacks it was completed; now if nothing says when."""
    known = known_completions(store, [task])
    return known.get(task.path) or Completion(format_instant(store.now()), "now")


def _of_commit(moment: Moment) -> Completion:
    return Completion(normalise_instant(moment.date), "git", moment.commit)
