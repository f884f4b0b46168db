"""Changing several tasks: all of them, or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from taskfiles.basics.instants import format_instant
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.draft import plan_creation, plan_edit, plan_removal
from taskfiles.changes.mutate import (
    Change,
    Edit,
    as_holder,
    check_etag,
    check_places,
    check_relations,
    end_claims,
    retry,
)
from taskfiles.store.store import Store
from taskfiles.task.task import Task


def mutate_all(
    store: Store,
    edits: Mapping[str, Edit],
    *,
    action: str,
    creations: Sequence[Task] = (),
    removals: Sequence[str] = (),
    if_match: Mapping[str, str] | None = None,
    despite_claims: Collection[str] = (),
    dry_run: bool = False,
) -> list[Change]:
    """Apply edits to tasks, create and delete some, in one change that is made whole or not at all.

    Gives the changes of creations, edits and removals, in this order; an edit that changes nothing gives
    one with `changed` false. The changes are checked together, each as if the others were made. A file that
    somebody saves meanwhile is kept, and everything made again on the new text; what a command that is
    killed has written is taken back by the next one. Tasks that others have claimed are refused, but for
    those of `despite_claims`: what merely follows in them from the change of others.

    Where the edits follow from what other tasks say, hold `store.locks.store()` around it, and never the
    lock of a single task: locks are taken in one order. A key with `/` in it is a file's path; it needs
    the store's lock.

    Raises TaskfilesError as `mutate` does, and path-taken for a creation.
    """
    assert not edits.keys() & set(removals)
    store.check_writable()

    def attempt() -> list[Change]:
        now = format_instant(store.now())
        planned = [Planned(None, plan_creation(task, dry_run=dry_run)) for task in creations]
        for task_id in [*edits, *removals]:
            loaded = store.load_at(task_id) if "/" in task_id else store.load(task_id)
            check_etag(loaded.task, (if_match or {}).get(task_id))
            if task_id in edits:
                change = plan_edit(loaded.task, edits[task_id], now, dry_run=dry_run)
            else:
                change = plan_removal(loaded.task, dry_run=dry_run)
            planned.append(Planned(loaded, change))
        changes = [each.change for each in planned]
        check_places(store, changes)
        check_relations(store, changes)
        if not dry_run:
            commit(store, planned, action)
        return changes

    with store.locks.tasks(*edits, *removals, *(task.id for task in creations)):
        guarded = {*edits, *removals} - {*despite_claims}
        ids = {store.load_at(each).task.id if "/" in each else each for each in guarded}
        with as_holder(store, *sorted(ids), dry_run=dry_run):
            changes = retry(attempt)
        end_claims(store, changes)
        return changes
