"""Use case: put tasks' keys into canonical order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from taskfiles.changes.claims import as_holder
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.mutate import Change, retry
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.store.several import make_loader
from taskfiles.store.store import Store
from taskfiles.task.keys import KEY_ORDER
from taskfiles.task.task import Task, parse_task
from taskfiles.text.nodes import field_name
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.reorder import reorder_yaml


def plan_reorder(task: Task) -> Change:
    """Plan to put a task's keys into canonical order and to change nothing else, not even timestamps.

    Raises TaskfilesError (edit-unsafe) if an entry can't move.
    """
    document = task.document
    try:
        front = reorder_yaml(document.front, KEY_ORDER, document.newline)
    except UnsafeEdit as unsafe:
        field = field_name(unsafe.path) or "The frontmatter"
        raise TaskfilesError("edit-unsafe", path=task.path, field=field, problem=unsafe.problem) from unsafe
    if front == document.front:
        return Change(task, task, False, True, [], [])
    after = parse_task(task.path, document._replace(front=front).to_bytes())
    changes = [{"path": task.path, "field": "key order", "from": list(task.values), "to": list(after.values)}]
    return Change(task, after, True, True, changes, ["canonical-order"])


def reorder(store: Store, task_id: str) -> Result[None]:
    """Put a task's keys into canonical order.

    Raises TaskfilesError: claimed, and as `plan_reorder`, `Store.load` and `commit` do.
    """
    return Result(reorder_all(store, [task_id]).changes, None, dry_run=False)


def reorder_all(
    store: Store, ids: Sequence[str] | None = None, *, dry_run: bool = False
) -> Result[list[TaskfilesError]]:
    """Put the keys of some tasks, or of all, into canonical order, in one change: all files or none.

    Without `ids` only what changes is returned, and some tasks are left alone: those that others have
    claimed, whose id two files have, or whose entries can't move. `made` are the errors that say why.
    Raises TaskfilesError: claimed, and as `plan_reorder`, `Store.load` and `commit` do.
    """
    store.check_writable()
    if dry_run:  # a look takes no lock
        return _look(store, ids)
    if ids is not None:
        names = list(dict.fromkeys(ids))
        with store.locks.tasks(*names), as_holder(store, *names, dry_run=dry_run):
            return Result(retry(lambda: _reorder(store, names, dry_run)), [], dry_run)
    left: list[TaskfilesError] = []
    wanted = []
    for task in store.snapshot().tasks:
        with _leaving(left):
            if plan_reorder(task).changed:
                wanted.append(task.id)
        task.drop_cached()  # the texts of many tasks take more memory than all else
    if not wanted:
        return Result([], left, dry_run)
    with store.locks.store(), ExitStack() as claims:
        able = []
        load = make_loader(store, wanted)
        for task_id in wanted:
            with _leaving(left):
                claims.enter_context(as_holder(store, task_id, dry_run=dry_run))
                plan_reorder(load(task_id).task)
                able.append(task_id)
        changes = retry(lambda: _reorder(store, able, dry_run))
    return Result([change for change in changes if change.changed], left, dry_run)


def _look(store: Store, ids: Sequence[str] | None) -> Result[list[TaskfilesError]]:
    """Plan what would change; tasks that can't be reordered are refused if they are named."""
    if ids is not None:
        load = make_loader(store, ids)
        planned = [plan_reorder(load(task_id).task) for task_id in dict.fromkeys(ids)]
        return Result([change._replace(dry_run=True) for change in planned], [], dry_run=True)
    left: list[TaskfilesError] = []
    changes = []
    for task in store.snapshot().tasks:
        with _leaving(left):
            if (change := plan_reorder(task)).changed:
                changes.append(change._replace(dry_run=True))
                continue
        task.drop_cached()  # the texts of many tasks take more memory than all else
    return Result(changes, left, dry_run=True)


@contextmanager
def _leaving(left: list[TaskfilesError]) -> Iterator[None]:
    """Leave alone a task that can't be reordered, and note why."""
    try:
        yield
    except TaskfilesError as error:
        if error.code not in {"edit-unsafe", "ambiguous-task", "claimed", "bad-lease", "no-such-task"}:
            raise
        left.append(error)


def _reorder(store: Store, ids: Sequence[str], dry_run: bool) -> list[Change]:
    planned = []
    load = make_loader(store, ids)
    for task_id in ids:
        loaded = load(task_id)
        planned.append(Planned(loaded, plan_reorder(loaded.task)._replace(dry_run=dry_run)))
    if not dry_run:
        commit(store, planned, "task.format")
    return [each.change for each in planned]
