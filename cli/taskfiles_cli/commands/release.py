"""`tasks release`: give a task back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import release as give_back
from taskfiles.store.closings import find_closing
from taskfiles.task.wire import lease_object
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CLAIMS_ONE, command

if TYPE_CHECKING:
    from taskfiles_cli.line.options import TaskId, flag


@command(*CLAIMS_ONE, action="task.release", about="task_id")
def release(
    session: Session,
    task_id: TaskId,
    *,
    force: Annotated[
        bool, flag("End another's claim too, or one whose lease can't be read.", "--force")
    ] = False,
) -> int:
    """End a claim and make the task ready again, so that others can take it.

    A task that is not in progress keeps its state. A task that nobody holds can be given back by anybody.
    """
    closing = find_closing(session.store, task_id) if force else None
    done = give_back(session.store, task_id, force=force, if_match=session.if_match, dry_run=session.dry_run)
    changes, lease = done.changes, done.made
    ended: dict[str, Any] = {"released": None if lease is None else lease_object(lease)}
    if (lease is not None or closing is not None) and not session.dry_run:
        ended |= {"changed": True, "reason": None}
    answer = session.mutation(changes, dry_run=session.dry_run, **ended)
    if lease is not None and changes:
        session.tell_completion(changes[0].after)
    sentence = f"Released {task_id}"
    if lease is not None:
        sentence += f", which {lease.by} held"
    if closing is not None:
        sentence += f"; what was done in {closing.worktree} is dropped, and the task is offered again"
    session.answer_mutation(answer, changes, sentence)
    return 0
