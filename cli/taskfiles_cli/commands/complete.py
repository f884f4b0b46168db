"""`tasks complete`: from any state to done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import complete as complete_task
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.commands.move import answer_move, read_reason

if TYPE_CHECKING:
    from taskfiles_cli.line.options import ForceReason, TaskId, flag


@command(*CHANGES_ONE, action="task.complete", about="task_id")
def complete(
    session: Session,
    task_id: TaskId,
    *,
    check_acs: Annotated[bool, flag("Tick every box of Acceptance Criteria.", "--check-acs")] = False,
    force: ForceReason = None,
) -> int:
    """Complete a task: criteria ticked, insights written, commit message set, nothing below it open.

    What is missing is named with its line, and nothing is written.
    """
    reason = read_reason(force, "complete")
    done = complete_task(
        session.store,
        task_id,
        tick=check_acs,
        force=reason,
        if_match=session.if_match,
        dry_run=session.dry_run,
    )
    answer_move(session, done.changes, f"Completed {task_id}")
    return 0
