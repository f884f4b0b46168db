"""Use case: place a task between two others of its column, by the key `rank`."""

from __future__ import annotations

import math
from collections.abc import Callable

from taskfiles.backlog.query import rank_of
from taskfiles.backlog.ranks import STEP
from taskfiles.changes.mutate import Draft, Edit, mutate
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store

_DIGITS = 6  # after the point, at most


def place(
    store: Store,
    task_id: str,
    *,
    above: str | None = None,
    below: str | None = None,
    if_match: str | None = None,
    dry_run: bool = False,
) -> Result[float | None]:
    """Set a task's rank to a number between those of its neighbours; `made` is that rank, None without one.

    `above` and `below` are the tasks that it shall stand between, None at an end. Those with a rank come
    first in a column, the lowest at the top; so a task that is placed below one without a rank loses its own.
    One file is written, unless no number is left between the neighbours: then all ranks of tasks in this
    state are spaced anew, as by `respace`, in one change.
    Raises TaskfilesError: bad-value for neighbours that stand the other way round, and as `mutate` does.
    """
    low, high = (None if each is None else rank_of(store.get(each)) for each in (above, below))
    if above is not None and low is None:
        return _set(store, task_id, None, if_match, dry_run=dry_run)
    if low is not None and high is not None and low > high:
        raise TaskfilesError(
            "bad-value",
            option="The place",
            given=f"between {above} and {below}",
            problem="they stand the other way round by now",
            remedy="Look at the column again, and place it again.",
        )
    rank = find_rank(low, high)
    if rank is not None:
        return _set(store, task_id, rank, if_match, dry_run=dry_run)
    return _space_anew(store, task_id, above, if_match, dry_run=dry_run)


def find_rank(low: float | None, high: float | None) -> float | None:
    """Return the number between two ranks with the fewest digits; None if six after the point don't do.

    >>> find_rank(None, None), find_rank(2, None), find_rank(None, 1), find_rank(1, 2), find_rank(1, 1.5)
    (1, 3, 0, 1.5, 1.2)
    >>> find_rank(1, 1), find_rank(1, 1.000001)
    (None, None)
    """
    if low is None or high is None:
        end = math.floor(low) + 1 if low is not None else math.ceil(high) - 1 if high is not None else 1
        return end if (low is None or end > low) and (high is None or end < high) else None
    middle = low + (high - low) / 2
    for digits in range(_DIGITS + 1):
        found = round(middle, digits)
        if low < found < high:
            return int(found) if found.is_integer() else found
    return None


def _set(
    store: Store, task_id: str, rank: float | None, if_match: str | None, *, dry_run: bool
) -> Result[float | None]:
    change = mutate(store, task_id, _write(rank), if_match=if_match, dry_run=dry_run)
    return Result([change], rank, dry_run)


def _space_anew(
    store: Store, task_id: str, above: str | None, if_match: str | None, *, dry_run: bool
) -> Result[float | None]:
    """Space the ranks of all placed tasks of the state anew, with the task below `above`."""
    with store.locks.store():
        tasks = store.snapshot().tasks
        state = store.get(task_id).state
        found = {task.id: rank_of(task) for task in tasks if task.state == state}
        ranks = {each: rank for each, rank in found.items() if rank is not None}
        order = sorted(ranks.keys() - {task_id}, key=lambda each: (ranks[each], each))
        order.insert(order.index(above) + 1 if above in ranks else 0, task_id)
        edits: dict[str, Edit] = {each: _write(number * STEP) for number, each in enumerate(order, 1)}
        changes = mutate_all(
            store,
            edits,
            action="task.update",
            if_match={task_id: if_match} if if_match is not None else {},
            despite_claims=edits.keys() - {task_id},
            dry_run=dry_run,
        )
    own = [change for change in changes if change.after.id == task_id]
    others = [change for change in changes if change.changed and change.after.id != task_id]
    return Result([*own, *others], float((order.index(task_id) + 1) * STEP), dry_run)


def _write(rank: float | None) -> Callable[[Draft], None]:
    def edit(draft: Draft) -> None:
        draft.values.pop("rank", None)
        if rank is not None:
            draft.values["rank"] = rank

    return edit
