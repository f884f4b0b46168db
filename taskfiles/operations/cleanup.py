"""Use case: delete old closed tasks that no other task names, or move old closed tasks to the archive."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import NamedTuple

from taskfiles.backlog.mentions import Reference
from taskfiles.backlog.query import latest_activity
from taskfiles.changes.claims import as_holder
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.draft import Change, plan_text
from taskfiles.changes.mutate import check_places, retry
from taskfiles.changes.outside_links import report_outside_links
from taskfiles.changes.relink import follow_links
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.operations.delete import (
    Removal,
    find_doubtful_references,
    find_outside_references,
    remove_tasks,
)
from taskfiles.store.store import Store
from taskfiles.task.layout import FLAT, TASKS_DIR
from taskfiles.task.names import CONFIG_PATH, expected_path
from taskfiles.task.task import Task, parse_task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED

_ARCHIVE = f"{TASKS_DIR}/archive"


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
        done = remove_tasks(store, tasks, names, "task.cleanup", {}, dry_run=dry_run)
        return Result(done.changes, Cleanup(done.made, [kept[each] for each in sorted(kept)]), dry_run)


def _is_old(task: Task, before: datetime, zone: tzinfo) -> bool:
    latest = latest_activity(task, zone)
    return is_word(task.state, CLOSED) and latest is not None and latest < before


def archive(store: Store, before: datetime, *, dry_run: bool = False) -> Result[None]:
    """Move done and canceled tasks whose latest instant is before a datetime to `tasks/archive/YEAR/`.

    The year is that of the latest instant. Links to the files follow; claimed tasks are refused. In a
    project with a directory for each state, closed tasks are apart already, and this is refused.
    Raises TaskfilesError: no-archive, and as `mutate_all` does.
    """
    if store.settings.layout != FLAT:
        raise TaskfilesError("no-archive", path=CONFIG_PATH)
    store.check_writable()

    def attempt() -> list[Change]:
        planned = []
        for task in store.snapshot().tasks:
            latest = latest_activity(task, store.zone)
            if latest is None or not _is_old(task, before, store.zone):
                continue
            if task.path.startswith(f"{_ARCHIVE}/"):
                continue
            target = expected_path(task.values, FLAT, f"{_ARCHIVE}/{latest.year}/{task.id}.md")
            loaded = store.load_at(task.path)
            change = plan_text(loaded.task, parse_task(target, loaded.task.data), dry_run=dry_run)
            planned.append(Planned(loaded, change))
        count = len(planned)
        planned = follow_links(store, planned, dry_run=dry_run)
        check_places(store, [each.change for each in planned])
        with as_holder(store, *(each.change.after.id for each in planned[:count]), dry_run=dry_run):
            if not dry_run:
                commit(store, planned, "task.cleanup")
        return [each.change for each in planned]

    with store.locks.store():
        changes = retry(attempt)
        if not dry_run:
            report_outside_links(store, changes)
    return Result(changes, None, dry_run)
