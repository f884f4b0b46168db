"""Use case: end a claim, so that others can take the task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from taskfiles.changes.mutate import Change, Draft, Edit
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
        lease = find_releasable(store, task_id, force=force, dry_run=dry_run)
        with ending(store, lease, dry_run=dry_run):
            changes = _change(store, task_id, lease, if_match=if_match, dry_run=dry_run)
        if force and not dry_run:
            drop_closing(store, task_id)
    return Result(changes, lease, dry_run)


def _change(
    store: Store, task_id: str, lease: Lease | None, *, if_match: str | None, dry_run: bool
) -> list[Change]:
    try:
        return mutate_all(
            store,
            {task_id: release_edit(lease)},
            action="task.release",
            if_match={task_id: if_match} if if_match else None,
            dry_run=dry_run,
            despite_claims=[task_id],
        )
    except TaskfilesError as error:
        if lease is None or error.code != "no-such-task":
            raise
        return []  # a claim on a task that no longer exists


@contextmanager
def ending(store: Store, lease: Lease | None, *, dry_run: bool = False) -> Iterator[None]:
    """End a lease together with the change of its task; should that fail, it goes on."""
    if lease is None or dry_run:
        yield
        return
    if is_live(lease, store.now()):
        # A kill after this leaves a claim that has ended, so that the task is offered again.
        claims.put_lease(store, lease._replace(until=min(lease.until, store.now())))
    try:
        yield
    except BaseException:
        claims.put_lease(store, lease)
        raise
    with suppress(TaskfilesError):  # a lease that has ended does no harm
        claims.drop_lease(store, lease.id)


def release_edit(lease: Lease | None) -> Edit:
    """Return the edit that makes a task in progress ready, without the assignee that a claim has added."""

    def edit(draft: Draft) -> None:
        if draft.values.get("state") == State.IN_PROGRESS:
            draft.values["state"] = State.READY.value
        names = draft.values.get("assignees")
        if lease is not None and lease.assigned and isinstance(names, list):
            draft.values["assignees"] = [name for name in names if name != lease.by]
            if not draft.values["assignees"]:
                del draft.values["assignees"]

    return edit


def find_releasable(
    store: Store, task_id: str, *, force: bool = False, dry_run: bool = False
) -> Lease | None:
    """Return the lease that a release ends; with `force`, one that can't be read is deleted at once.

    Raises TaskfilesError: claimed, unnamed, bad-lease.
    """
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
