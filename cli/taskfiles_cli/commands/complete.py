"""`tasks complete`: from any state to done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles.operations.complete import complete as complete_task
from taskfiles_cli.command.session import Session
from taskfiles_cli.commands.move import answer_move, read_reason
from taskfiles_cli.render.console import Colour, Format

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.line.options import (
        Claim,
        Color,
        DryRun,
        ForceReason,
        IfMatch,
        LockTimeout,
        Output,
        Root,
        TaskId,
    )


def complete(
    task_id: TaskId,
    output: Output = Format.HUMAN,
    check_acs: Annotated[
        bool, typer.Option("--check-acs", help="Tick every box of Acceptance Criteria.")
    ] = False,
    force: ForceReason = None,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Complete a task: criteria ticked, insights written, commit message set, nothing below it open.

    What is missing is named with its line, and nothing is written.
    """
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("task.complete", task_id, dry_run=dry_run)
    reason = read_reason(force, "complete")
    changes = complete_task(
        session.store, task_id, tick=check_acs, force=reason, if_match=if_match, dry_run=dry_run
    )
    answer_move(session, changes, f"Completed {task_id}")
    return 0
