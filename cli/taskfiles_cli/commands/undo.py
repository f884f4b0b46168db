"""`tasks undo`: take a change back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import undo as take_back
from taskfiles_cli.command.session import Session
from taskfiles_cli.render.console import Colour, Format

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.line.options import Claim, Color, DryRun, LockTimeout, Output, Root


def undo(
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN_ID", help="Default: your own last command.", show_default=False),
    ] = None,
    output: Output = Format.HUMAN,
    dry_run: DryRun = False,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Take back your own last change, or that of a named run, unless a file has changed since.

    Yours is what the same claim, the same run or the same terminal session changed. Called again it goes
    further back; to take back an undo, name its run.
    """
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("task.undo", dry_run=dry_run)
    records, changes = take_back(session.store, run, dry_run=dry_run)
    keys = ("run_id", "action", "time")
    undone = [{key: getattr(record, key) for key in keys} for record in records]
    answer = session.mutation(changes, undone=undone, dry_run=dry_run)
    ids = ", ".join(dict.fromkeys(change.id for record in records for change in record.files))
    actions = ", ".join(dict.fromkeys(record.action for record in records))
    session.answer_mutation(answer, changes, f"Took back {actions} of {ids} (run {records[0].run_id})")
    return 0
