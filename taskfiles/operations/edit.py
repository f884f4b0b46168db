"""Use case: edit tasks with functions, or replace a task's text with one edited by hand."""

from __future__ import annotations

from collections.abc import Mapping

from taskfiles.basics.instants import format_instant
from taskfiles.changes.claims import as_holder, end_claims
from taskfiles.changes.commit import Planned
from taskfiles.changes.draft import Change, Draft, Edit, invalid_edit, plan_draft
from taskfiles.changes.mutate import check_etag, write_planned
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.relink import lock_moving
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task.task import Unreadable, parse_task


def edit_tasks(
    store: Store,
    edits: Mapping[str, Edit],
    *,
    if_match: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> Result[None]:
    """Edit tasks with functions, given by id: each is called with a Draft; all are written or none.

    The changes are in the order of `edits`, one for each; `if_match` has etags by id. A function is called
    again if somebody saves the file meanwhile, so it must change nothing but its draft.

    Raises TaskfilesError as `mutate_all` does.
    """
    changes = mutate_all(store, edits, action="task.update", if_match=if_match, dry_run=dry_run)
    return Result(changes, None, dry_run)


def rewrite(store: Store, task_id: str, data: bytes, *, if_match: str, dry_run: bool = False) -> Result[None]:
    """Replace a task's text with one edited by hand, if the file has not changed since it was read.

    Raises TaskfilesError: claimed, etag-mismatch, edit-invalid for a text that is not a task, has another id
    or introduces an error, and as `mutate` does.
    """
    store.check_writable()
    with lock_moving(store, task_id):
        with as_holder(store, task_id, dry_run=dry_run):
            change = _rewrite(store, task_id, data, if_match, dry_run)
        end_claims(store, [change])
        return Result([change], None, dry_run)


def _rewrite(store: Store, task_id: str, data: bytes, if_match: str, dry_run: bool) -> Change:
    loaded = store.load(task_id)
    task = loaded.task
    check_etag(task, if_match)
    if data == task.data:
        return Change(task, task, False, dry_run, [], [])
    try:
        written = parse_task(task.path, data)
    except Unreadable as error:
        raise invalid_edit(task_id, error.finding) from error
    if written.id != task_id:
        problem, remedy = f"its id would become {written.id}.", f"Leave the id as {task_id}."
        raise TaskfilesError("edit-invalid", path=task.path, id=task_id, problem=problem, remedy=remedy)
    draft, layout = Draft(written, format_instant(store.now())), store.settings.layout
    change = plan_draft(task, draft, layout=layout, dry_run=dry_run)
    return write_planned(store, Planned(loaded, change), "task.update")
