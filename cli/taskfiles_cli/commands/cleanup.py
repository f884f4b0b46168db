"""`tasks cleanup`: delete old closed tasks that nothing names, or move old closed tasks to the archive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError, clean_up
from taskfiles import archive as archive_tasks
from taskfiles.errors import number_of
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_SOME, command
from taskfiles_cli.commands.delete import answer_removals
from taskfiles_cli.line.values import read_when

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Insights, flag, opt


@command(*CHANGES_SOME, action="task.cleanup")
def cleanup(
    session: Session,
    older_than: Annotated[
        str, opt("DURATION", "Since their latest change, as in 90d.", "--older-than", show_default=False)
    ],
    *,
    archive: Annotated[
        bool, flag("Move them to tasks/archive/YEAR/ instead, those that others name, too.", "--archive")
    ] = False,
    insights: Insights = False,
) -> int:
    """Delete old done and canceled tasks; those that other tasks refer to are kept and listed.

    Age counts from the latest of a task's own times; a task without one is kept.
    """
    store = session.store
    if re.fullmatch(r"[1-9]\d*m", older_than):  # months elsewhere, and what is deleted is old
        given, problem = f"“{older_than}”", "m is minutes"
        remedy = "Write days or weeks, as in 90d or 12w."
        raise TaskfilesError("bad-value", option="--older-than", given=given, problem=problem, remedy=remedy)
    before = read_when("--older-than", older_than, store.now(), store.zone)
    if archive:
        moved = archive_tasks(store, before, dry_run=session.dry_run).changes
        answer = session.mutation(moved, dry_run=session.dry_run)
        session.answer_mutation(answer, moved, f"Moved {number_of(len(moved), 'task')} to the archive")
        session.warn_findings(store.unreadable)
        return 0
    done = clean_up(store, before, dry_run=session.dry_run)
    answer_removals(session, done, done.made.removals, insights=insights, kept=done.made.kept)
    for each in done.made.kept:
        first = each.references[0]
        message = f"{each.task.id} stays: {first.path}:{first.line} names it."
        session.console.warn(message, code="referenced", path=each.task.path)
    session.warn_unreadable(store.unreadable)
    return 0
