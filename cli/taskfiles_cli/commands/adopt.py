"""`tasks adopt`: give a parent its children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import adopt as adopt_tasks
from taskfiles_cli.command.session import Session
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


def adopt(
    parent: Annotated[
        str,
        typer.Argument(
            metavar="PARENT", help="The parent's id.", show_default=False, autocompletion=complete_ids
        ),
    ],
    children: Annotated[
        list[str],
        typer.Argument(
            metavar="CHILD", help="The children's ids.", show_default=False, autocompletion=complete_ids
        ),
    ],
    output: Output = Format.HUMAN,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Enter tasks among a parent's children, and take them out of their former parent's.

    All files change together. --if-match is about the parent.
    """
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("task.adopt", parent, dry_run=dry_run)
    changes = adopt_tasks(session.store, parent, children, if_match=if_match, dry_run=dry_run)
    answer = session.mutation(changes)
    session.answer_mutation(answer, changes, f"Entered {', '.join(children)} in {changes[0].after.path}")
    return 0
