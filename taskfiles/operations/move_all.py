"""Use case: move several tasks to a state, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial

from taskfiles.backlog.snapshot import Snapshot
from taskfiles.changes.mutate import Draft, Edit
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.operations.move import find_below, find_broken, in_turn, make_edit
from taskfiles.operations.release import ending, find_releasable, release_edit
from taskfiles.store.several import make_loader
from taskfiles.store.store import Store
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, State


def move_all(
    store: Store,
    ids: Sequence[str],
    state: str,
    *,
    also: Edit | None = None,
    if_match: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> Result[None]:
    """Move several tasks to a state in one change; `also` is an edit of each that belongs to it.

    Each is refused as `move` would refuse it, or as `release` would where it is in progress and becomes
    ready: then its claim ends. What is below one of them may close with it. Tasks are begun one by one, by
    `pickup`. The result has the changes in the order of the ids.
    Raises TaskfilesError: bad-value, and as `move` and `release` do; errors about further tasks are in its
    `others`.
    """
    if state == State.IN_PROGRESS:
        raise TaskfilesError(
            "bad-value",
            option="state",
            given=f"“{state}”",
            problem="each task is begun by itself",
            remedy="Begin them one by one, so that each has its holder.",
        )
    names = list(dict.fromkeys(ids))
    with store.locks.store(), ExitStack() as stack:
        snapshot = store.snapshot() if state in CLOSED else Snapshot([], [])
        begun = _list_begun(store, names) if state == State.READY else []
        edits: dict[str, Edit] = {}
        for task_id in names:
            below = find_below(snapshot, task_id) if state in CLOSED else []
            left = [each for each in below if each.id not in names and not is_word(each.state, CLOSED)]
            broken = find_broken(snapshot, [task_id, *(each.id for each in below)])
            edit = make_edit(state, left, broken, False, None, required=store.settings.complete_require)
            if task_id in begun:
                edit = in_turn(_release(store, stack, task_id, dry_run=dry_run), edit)
            edits[task_id] = edit if also is None else in_turn(also, edit)
        changes = mutate_all(
            store,
            edits,
            action="task.complete" if state == State.DONE else "task.move",
            if_match=if_match,
            despite_claims=begun,
            dry_run=dry_run,
            allow_missing=also is None,
        )
    return Result(changes, None, dry_run)


def _list_begun(store: Store, names: Sequence[str]) -> list[str]:
    found = []
    load = make_loader(store, names)
    for task_id in names:
        with suppress(TaskfilesError):  # who changes it will say so
            if load(task_id).task.state == State.IN_PROGRESS:
                found.append(task_id)
    return found


def _release(store: Store, stack: ExitStack, task_id: str, *, dry_run: bool) -> Edit:
    """End a task's claim until the stack is left; return the edit that releases it, or one that refuses."""
    try:
        lease = find_releasable(store, task_id)
    except TaskfilesError as error:
        return partial(_refuse, error)
    stack.enter_context(ending(store, lease, dry_run=dry_run))
    return release_edit(lease)


def _refuse(error: TaskfilesError, _: Draft) -> None:
    raise error
