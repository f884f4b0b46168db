"""Use case: claim the first of several tasks that can be claimed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.operations.pickup import Pickup, pickup
from taskfiles.store.store import Store
from taskfiles.task.task import Task

# Errors that concern one candidate only, so that the next one is tried.
PASSED_OVER = frozenset(
    {
        "claimed",
        "bad-lease",
        "not-ready",
        "no-such-task",
        "ambiguous-task",
        "unreadable-task",
        "edit-unsafe",
        "edit-invalid",
        "changed-underneath",
        "path-taken",
        "lock-timeout",
    }
)


class Pick(NamedTuple):
    """The claim, None if no candidate could be claimed, and the errors of the candidates before it."""

    pickup: Pickup | None
    skipped: list[tuple[str, TaskfilesError]]


def claim_best(
    store: Store,
    candidates: Iterable[str],
    *,
    by: str,
    seconds: float | None = None,
    attempt: str | None = None,
    exclusive: bool = False,
    dry_run: bool = False,
    tasks: Sequence[Task] | None = None,
) -> Result[Pick]:
    """Claim the first of some tasks, best first, that can be claimed.

    Arguments are those of `pickup`. Raises TaskfilesError: claims-unavailable, bad-value, and other errors
    that concern every candidate, such as io.
    """
    skipped: list[tuple[str, TaskfilesError]] = []
    for task_id in candidates:
        try:
            picked = pickup(
                store,
                task_id,
                by=by,
                seconds=seconds,
                attempt=attempt,
                exclusive=exclusive,
                dry_run=dry_run,
                tasks=tasks,
            )
        except TaskfilesError as error:
            if error.code not in PASSED_OVER:
                raise
            skipped.append((task_id, error))
        else:
            return Result(picked.changes, Pick(picked.made, skipped), dry_run)
    return Result([], Pick(None, skipped), dry_run)
