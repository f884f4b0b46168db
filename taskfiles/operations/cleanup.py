"""Use case: delete old closed tasks that no other task names."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import NamedTuple

from taskfiles.backlog.mentions import Reference
from taskfiles.backlog.query import latest_activity
from taskfiles.changes.result import Result
from taskfiles.operations.delete import (
    Removal,
    find_doubtful_references,
    find_outside_references,
    remove_tasks,
)
from taskfiles.store.store import Store
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED


class Kept(NamedTuple):
    """A task that is not deleted, and the references to it."""

    task: Task
    references: list[Reference]


class Cleanup(NamedTuple):
    """The tasks that a cleanup deleted, and those kept because others name them; both sorted by id."""

    removals: list[Removal]
    kept: list[Kept]


def clean_up(store: Store, before: datetime, *, dry_run: bool = False) -> Result[Cleanup]:
    """Delete done and canceled tasks whose latest instant is before a datetime, unless others name them.

    A task is kept, too, if a file that can't be read as a task may name it, or if it has no valid instant
    of its own: its age is unknown.
    Raises TaskfilesError as `mutate_all` does.
    """
    with store.locks.store():
        snapshot = store.snapshot()
        tasks = snapshot.tasks
        old = {task.id: task for task in tasks if _is_old(task, before, store.zone)}
        doubtful = find_doubtful_references(store, snapshot, old.keys())
        kept = {task_id: Kept(old[task_id], places) for task_id, places in doubtful.items()}
        while references := find_outside_references(tasks, old.keys() - kept.keys()):
            for task_id, places in references.items():
                kept[task_id] = Kept(old[task_id], places)
        names = sorted(old.keys() - kept.keys())
        done = remove_tasks(store, names, "task.cleanup", {}, dry_run)
        return Result(done.changes, Cleanup(done.made, [kept[each] for each in sorted(kept)]), dry_run)


def _is_old(task: Task, before: datetime, zone: tzinfo) -> bool:
    latest = latest_activity(task, zone)
    return is_word(task.state, CLOSED) and latest is not None and latest < before
