"""Use case: space the ranks of open tasks anew, in the order that they have."""

from __future__ import annotations

from taskfiles.backlog.ranks import space_ranks
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.draft import plan_text
from taskfiles.changes.mutate import Change, retry
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task.keys import key_order
from taskfiles.task.task import Task, parse_task
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.splice import edit_yaml


def respace(store: Store, *, dry_run: bool = False) -> Result[None]:
    """Space the ranks of open tasks so that they keep each state's order, in one change: all files or none.

    Nothing else changes, not even timestamps, and claims are no hindrance: a rank belongs to the column.
    Raises TaskfilesError: edit-unsafe, and as `Store.load_at` and `commit` do.
    """
    store.check_writable()
    if dry_run:  # a look takes no lock
        return Result(_respace(store, dry_run=True), None, dry_run=True)
    with store.locks.store():
        return Result(retry(lambda: _respace(store, dry_run=False)), None, dry_run=False)


def _respace(store: Store, *, dry_run: bool) -> list[Change]:
    planned = []
    for path, rank in sorted(space_ranks(store.snapshot().tasks).items()):
        loaded = store.load_at(path)
        change = plan_text(loaded.task, _with_rank(loaded.task, rank), dry_run=dry_run)
        planned.append(Planned(loaded, change._replace(rules=["rank-spacing"])))
    if planned and not dry_run:
        commit(store, planned, "task.format")
    return sorted((each.change for each in planned), key=lambda change: change.after.id)


def _with_rank(task: Task, rank: int) -> Task:
    document = task.document
    try:
        front = edit_yaml(document.front, {**task.values, "rank": rank}, key_order, document.newline)
    except UnsafeEdit as unsafe:
        raise TaskfilesError("edit-unsafe", path=task.path, field="rank", problem=unsafe.problem) from unsafe
    return parse_task(task.path, document.with_parts(front, document.body).to_bytes())
