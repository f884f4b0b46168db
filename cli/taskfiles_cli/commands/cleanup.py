"""`tasks cleanup`: delete old closed tasks that nothing names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import clean_up
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_SOME, command
from taskfiles_cli.commands.delete import answer_removals
from taskfiles_cli.line.values import read_when

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Insights, opt


@command(*CHANGES_SOME, action="task.cleanup")
def cleanup(
    session: Session,
    older_than: Annotated[
        str, opt("DURATION", "Since their latest change, as in 90d.", "--older-than", show_default=False)
    ],
    *,
    insights: Insights = False,
) -> int:
    """Delete done and canceled tasks of some age; those that other tasks name stay, and are named.

    The age counts from the latest of a task's own instants; a task without any stays.
    """
    store = session.store
    done = clean_up(
        store, read_when("--older-than", older_than, store.now(), store.zone), dry_run=session.dry_run
    )
    answer_removals(session, done, done.made.removals, insights=insights, kept=done.made.kept)
    for each in done.made.kept:
        first = each.references[0]
        message = f"{each.task.id} stays: {first.path}:{first.line} names it."
        session.console.warn(message, code="referenced", path=each.task.path)
    session.warn_unreadable(store.unreadable)
    return 0
