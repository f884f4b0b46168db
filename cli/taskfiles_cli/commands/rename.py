"""`tasks rename`: another id, everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import rename as rename_task
from taskfiles_cli.command.session import Session
from taskfiles_cli.line.values import read_task_name
from taskfiles_cli.render.console import Colour, Format

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.line.options import (
        Claim,
        Color,
        DryRun,
        IfMatch,
        LockTimeout,
        Output,
        Root,
        complete_ids,
    )


def rename(
    task: Annotated[
        str,
        typer.Argument(
            metavar="ID|PATH",
            help="The task's id; its file's path where two share the id.",
            show_default=False,
            autocompletion=complete_ids,
        ),
    ],
    new_id: Annotated[str, typer.Argument(metavar="NEW-ID", help="The id to give it.", show_default=False)],
    output: Output = Format.HUMAN,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Give a task another id, and put it wherever tasks name it: in keys, `[Task:ID]` and links.

    All files change together. Attempts and the commit messages of done tasks stay as they are.
    """
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("task.rename", task, dry_run=dry_run)
    store = session.store
    changes = rename_task(store, read_task_name(store, task), new_id, if_match=if_match, dry_run=dry_run)
    answer = session.mutation(changes)
    others = f", and in {len(changes) - 1} more" if len(changes) > 1 else ""
    session.answer_mutation(answer, changes, f"Renamed {task} to {new_id} in {changes[0].after.path}{others}")
    session.warn_findings(store.unreadable)
    return 0
