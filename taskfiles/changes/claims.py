"""What a change of a task means for the claims on it, and for other worktrees that have it open."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from taskfiles.changes.draft import Change, closes
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task.names import lease_name
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, State


@contextmanager
def as_holder(store: Store, *ids: str, dry_run: bool = False) -> Iterator[None]:
    """Refuse to change tasks that others have claimed; after the change, renew the caller's own claims.

    The caller holds the tasks' locks. An unclaimed task costs one look for a file that does not exist.
    Raises TaskfilesError (claimed, bad-lease).
    """
    leased = [task_id for task_id in ids if _has_lease(store, task_id)]
    if not leased:
        yield
        return
    from taskfiles.store import claims  # noqa: PLC0415 (most tasks are not claimed)

    own = [lease for task_id in leased if (lease := claims.own_lease(store, task_id, "name"))]
    yield
    for lease in own if not dry_run else ():
        try:
            claims.renew_lease(store, lease)
        except TaskfilesError as error:
            store.notice(f"The claim on {lease.id} was not renewed. {error.message}", "claim-not-renewed")


def check_held(store: Store, task_id: str) -> None:
    """Refuse a task that another has claimed. Raises TaskfilesError (claimed, bad-lease)."""
    if _has_lease(store, task_id):
        from taskfiles.store import claims  # noqa: PLC0415 (most tasks are not claimed)

        claims.own_lease(store, task_id, "name")


@contextmanager
def moving_claim(store: Store, old_id: str, new_id: str) -> Iterator[None]:
    """Move a task's lease to its new id while the task is renamed; the caller holds the store's lock.

    Meanwhile both ids have the lease, so that a kill leaves the task claimed. What another worktree has
    closed goes along. Raises TaskfilesError (claimed, bad-lease, claims-unavailable).
    """
    if old_id == new_id:
        yield
        return
    from taskfiles.store import closings  # noqa: PLC0415 (few changes rename a task)

    if not _has_lease(store, old_id):
        yield
        closings.move_closing(store, old_id, new_id)
        return
    from taskfiles.store import claims  # noqa: PLC0415 (as above)

    claims.own_lease(store, old_id, "name")
    claims.copy_lease(store, old_id, new_id)
    try:
        yield
    except BaseException:
        end_claim(store, new_id)
        raise
    claims.copy_lease(store, old_id, new_id)  # it may have been renewed meanwhile
    end_claim(store, old_id)
    closings.move_closing(store, old_id, new_id)


def check_named(store: Store, changes: Sequence[Change]) -> None:
    """Refuse to delete, rename or cancel a claimed task for a caller who holds it by an untyped name.

    A task that has another file left is not deleted. Agents that share a worktree share its default name:
    what can't be worked on afterwards asks for more.
    Raises TaskfilesError (unnamed, claimed, bad-lease).
    """
    remaining = {change.after.id for change in changes if not change.removed}
    for change in changes:
        old, new = change.before, change.after
        if old is None or not _has_lease(store, old.id):
            continue
        is_gone = change.removed and old.id not in remaining
        if is_gone or old.id != new.id or (new.state == State.CANCELED != old.state):
            from taskfiles.store import claims  # noqa: PLC0415 (as above)

            claims.check_named(store, old.id)


def _has_lease(store: Store, task_id: str) -> bool:
    return store.leases is not None and os.path.lexists(os.path.join(store.leases, lease_name(task_id)))


def end_claims(store: Store, changes: Sequence[Change]) -> None:
    """End the claims on tasks that changes closed or deleted; the caller holds their locks and claims.

    A task that has another file left keeps its claim. What was closed or reopened is noted for other
    worktrees.
    """
    remaining = {change.after.id: change.after for change in changes if not change.removed}
    for change in changes:
        last = remaining.get(change.after.id)
        if change.dry_run:
            continue
        if last is not None:
            note_closing(store, change.before, last)
        if last is None or closes(change.before, last):
            end_claim(store, change.after.id)


def note_closing(store: Store, before: Task | None, after: Task) -> None:
    """Note for other worktrees that a change has closed a task, or that it is open again."""
    is_closed = is_word(after.state, CLOSED)
    if is_closed == (before is not None and is_word(before.state, CLOSED)):
        return
    from taskfiles.store import closings  # noqa: PLC0415 (few changes close a task)

    if not is_closed:
        closings.drop_closing(store, after.id)
        return
    by = store.acts_as.text if store.acts_as is not None else None
    if _has_lease(store, after.id):
        from taskfiles.store import claims  # noqa: PLC0415 (as above)

        with suppress(TaskfilesError):
            lease = claims.find_lease(store, after.id)
            by = lease.by if lease is not None else by
    closings.note_closing(store, after, by)


def end_claim(store: Store, task_id: str) -> None:
    """Delete the lease of a closed or deleted task; the caller holds its lock and its claim."""
    if _has_lease(store, task_id):
        from taskfiles.store import claims  # noqa: PLC0415 (as above)

        with suppress(TaskfilesError):  # the lease ends by itself
            claims.drop_lease(store, task_id)
