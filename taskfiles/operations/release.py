"""Use case: end a claim, so that others can take the task."""

from __future__ import annotations

from contextlib import suppress

from taskfiles.changes.mutate import Draft
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.relink import lock_moving
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.store import claims
from taskfiles.store.closings import drop_closing
from taskfiles.store.store import Store
from taskfiles.task.claim import Lease, is_live
from taskfiles.task.words import State


def release(
    store: Store, task_id: str, *, force: bool = False, if_match: str | None = None, dry_run: bool = False
) -> Result[Lease | None]:
    """End a claim: a task in progress becomes ready again, and loses the assignee that the claim added.

    Anybody may release a task that nobody has claimed; with `force`, also one that another holds, whose lease
    can't be read, or that another worktree has closed by work that is dropped. A holder by name must have
    given the name with this very call. A task in another state keeps its state. `made` is the ended lease,
    None if nobody had claimed the task; there are no changes if the task no longer exists.

    Raises TaskfilesError: claimed, unnamed, bad-lease, and as `mutate_all` does.
    """
    store.check_writable()
    with lock_moving(store, task_id):
        lease = _find_releasable(store, task_id, force=force, dry_run=dry_run)
        if lease is not None and not dry_run and is_live(lease, store.now()):
            # A kill after this leaves a claim that has ended, so that the task is offered again.
            claims.put_lease(store, lease._replace(until=min(lease.until, store.now())))

        def edit(draft: Draft) -> None:
            if draft.values.get("state") == State.IN_PROGRESS:
                draft.values["state"] = State.READY.value
            names = draft.values.get("assignees")
            if lease is not None and lease.assigned and isinstance(names, list):
                draft.values["assignees"] = [name for name in names if name != lease.by]
                if not draft.values["assignees"]:
                    del draft.values["assignees"]

        try:
            changes = mutate_all(
                store,
                {task_id: edit},
                action="task.release",
                if_match={task_id: if_match} if if_match else None,
                dry_run=dry_run,
                despite_claims=[task_id],
            )
        except BaseException as error:
            gone = isinstance(error, TaskfilesError) and error.code == "no-such-task"
            if lease is None or (dry_run and not gone):
                raise
            if not gone:
                claims.put_lease(store, lease)
                raise
            changes = []  # a claim on a task that no longer exists
        if not dry_run:
            with suppress(TaskfilesError):  # a lease that has ended does no harm
                claims.drop_lease(store, task_id)
            if force:
                drop_closing(store, task_id)
    return Result(changes, lease, dry_run)


def _find_releasable(store: Store, task_id: str, *, force: bool, dry_run: bool) -> Lease | None:
    """Return the lease that a release ends; with `force`, one that can't be read is deleted at once."""
    if not force:
        claims.check_named(store, task_id)
    try:
        return claims.find_lease(store, task_id)
    except TaskfilesError:
        if not force:
            raise
        if not dry_run:
            claims.drop_lease(store, task_id)
        return None
