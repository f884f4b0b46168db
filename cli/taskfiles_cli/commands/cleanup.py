"""`tasks cleanup`: delete old closed tasks that nothing names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import clean_up
from taskfiles_cli.command.session import Session
from taskfiles_cli.commands.delete import answer_removals
from taskfiles_cli.line.values import read_when
from taskfiles_cli.render.console import Colour, Format

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.line.options import (
        Claim,
        Color,
        DryRun,
        Insights,
        LockTimeout,
        Output,
        Root,
    )


def cleanup(
    older_than: Annotated[
        str,
        typer.Option(
            "--older-than",
            metavar="DURATION",
            help="Since their latest change, as in 90d.",
            show_default=False,
        ),
    ],
    output: Output = Format.HUMAN,
    insights: Insights = False,
    dry_run: DryRun = False,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Delete done and canceled tasks of some age; those that other tasks name stay, and are named.

    The age counts from the latest of a task's own instants; a task without any stays.
    """
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("task.cleanup", dry_run=dry_run)
    store = session.store
    removals, kept = clean_up(store, read_when("--older-than", older_than, store.now()), dry_run=dry_run)
    answer_removals(session, removals, insights=insights, dry_run=dry_run, kept=kept)
    for each in kept:
        first = each.references[0]
        message = f"{each.task.id} stays: {first.path}:{first.line} names it."
        session.console.warn(message, code="referenced", path=each.task.path)
    session.warn_findings(store.unreadable)
    return 0
