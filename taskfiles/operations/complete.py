"""Use case: complete a task."""

from __future__ import annotations

from taskfiles.changes.result import Result
from taskfiles.operations.move import move
from taskfiles.store.store import Store
from taskfiles.task.words import State


def complete(
    store: Store,
    task_id: str,
    *,
    tick: bool = False,
    force: str | None = None,
    if_match: str | None = None,
    dry_run: bool = False,
) -> Result[None]:
    """Move a task to done; `tick` ticks its acceptance criteria. The task's change comes first.

    Its conditions and errors are those of `move` to done.
    """
    return move(
        store,
        task_id,
        State.DONE,
        tick=tick,
        force=force,
        action="task.complete",
        if_match=if_match,
        dry_run=dry_run,
    )
