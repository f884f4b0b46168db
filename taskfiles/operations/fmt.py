"""Use case: put a task's keys into canonical order."""

from __future__ import annotations

from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.mutate import Change, as_holder
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task.keys import KEY_ORDER
from taskfiles.task.task import Task, parse_task
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.reorder import reorder_yaml
from taskfiles.text.steps import field_name


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
    store.check_writable()
    with store.locks.tasks(task_id), as_holder(store, task_id):
        loaded = store.load(task_id)
        change = plan_reorder(loaded.task)._replace(dry_run=False)
        commit(store, [Planned(loaded, change)], "task.format")
        return Result([change], None, dry_run=False)
