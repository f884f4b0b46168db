"""`tasks undo`: take a change back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import undo as take_back
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_SOME, command

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Text, arg


@command(*CHANGES_SOME, action="task.undo")
def undo(
    session: Session,
    *,
    run: Annotated[Text, arg("RUN_ID", "Default: your own last command.", show_default=False)] = None,
) -> int:
    """Take back your own last change, or that of a named run, unless a file has changed since.

    Yours is what the same claim, the same run or the same terminal session changed. Called again it goes
    further back; to take back an undo, name its run.
    """
    done = take_back(session.store, run, dry_run=session.dry_run)
    changes, records = done.changes, done.made
    keys = ("run_id", "action", "time")
    undone = [{key: getattr(record, key) for key in keys} for record in records]
    answer = session.mutation(changes, undone=undone, dry_run=session.dry_run)
    ids = ", ".join(dict.fromkeys(change.id for record in records for change in record.files))
    actions = ", ".join(dict.fromkeys(record.action for record in records))
    session.answer_mutation(answer, changes, f"Took back {actions} of {ids} (run {records[0].run_id})")
    return 0
