"""`tasks review`: fill in the reviewer of an attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import review as review_attempt
from taskfiles_cli.command.session import Session
from taskfiles_cli.line.values import read_optional
from taskfiles_cli.render.console import Colour, Format

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.line.options import (
        TEXT_HELP,
        Claim,
        Color,
        DryRun,
        IfMatch,
        LockTimeout,
        Output,
        Root,
        TaskId,
    )


def review(
    task_id: TaskId,
    reviewer: Annotated[str, typer.Option(metavar="NAME", help="Who reviewed.", show_default=False)],
    approved: Annotated[bool, typer.Option("--approved/--rejected", help="The verdict.", show_default=False)],
    output: Output = Format.HUMAN,
    attempt: Annotated[
        str | None, typer.Option(metavar="UUID", help="Default: the last attempt in the file.")
    ] = None,
    reviewed_at: Annotated[str | None, typer.Option(metavar="INSTANT", help="Default: now.")] = None,
    notes: Annotated[str | None, typer.Option(metavar="TEXT", help="The reasons. " + TEXT_HELP)] = None,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Review an attempt: the last one in the file, or the one named."""
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("attempt.review", task_id, dry_run=dry_run)
    verdict: dict[str, Any] = {"name": reviewer, "approved": approved}
    text = read_optional("--notes", notes)
    verdict |= {
        key: value for key, value in (("reviewed_at", reviewed_at), ("notes", text)) if value is not None
    }
    change, attempt_id = review_attempt(
        session.store, task_id, verdict, attempt=attempt, if_match=if_match, dry_run=dry_run
    )
    answer = session.mutation([change], attempt_id=attempt_id)
    verb = "Approved" if approved else "Rejected"
    sentence = f"{verb} the attempt {attempt_id or '(without an id)'} in {change.after.path}"
    session.answer_mutation(answer, [change], sentence)
    return 0
