"""`tasks fmt`: canonical key order, and ranks with room between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import Change, TaskfilesError, reorder_all, respace
from taskfiles_cli.command.beginning import TYPED
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_SOME, command
from taskfiles_cli.render.lines import diff_lines
from taskfiles_cli.render.remedies import say_error

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Texts, arg, flag


@command(*CHANGES_SOME, index=False, finds=("ids",), beginnings=TYPED)
def fmt(
    session: Session,
    *,
    ids: Annotated[Texts, arg("ID", "Default: every task.")] = None,
    check: Annotated[bool, flag("Write nothing; exit 1 where a file is out of order.", "--check")] = False,
    ranks: Annotated[
        bool, flag("Instead, space the ranks of open tasks anew; each state keeps its order.", "--ranks")
    ] = False,
) -> int:
    """Put keys into canonical order, and change nothing else.

    Comments move with their key. Tasks that others have claimed are left alone.
    """
    # Every text is looked at, so that the index would spare nothing.
    session.begin("task.format", dry_run=check or session.dry_run)
    console = session.console
    if ranks:
        if ids:
            problem = "--ranks is about all open tasks; leave the ids out."
            raise TaskfilesError("usage", problem=problem, command="tasks fmt")
        return _space_ranks(session, check=check)
    done = reorder_all(session.store, ids or None, dry_run=check or session.dry_run)
    moved, refused = [change for change in done.changes if change.changed], done.made
    unreadable = [] if ids else session.store.unreadable
    partial = {"outcome": "partial", "reason": refused[0].code} if refused else {}
    answer = session.mutation(moved, dry_run=check or session.dry_run, **partial)
    text = _human(moved, check, session.dry_run)
    if not moved and not refused and not unreadable:
        text = ["Every file is in canonical key order."]
    console.answer(answer, human=lambda: text, plain=[change.after.id for change in moved])
    session.warn_unreadable(unreadable)
    for refusal in refused:
        console.warn(say_error(refusal), code=refusal.code, path=refusal.path)
    if check and moved:
        console.note("Run `tasks fmt` to reorder them.")
    return 1 if refused or (check and (moved or unreadable)) else 0


def _space_ranks(session: Session, *, check: bool) -> int:
    """Space ranks, and say which there are."""
    console, dry_run = session.console, check or session.dry_run
    changes = respace(session.store, dry_run=dry_run).changes
    answer = session.mutation(changes, dry_run=dry_run)
    verb = "Would give" if check else "Gave"
    text = [f"{verb} {change.after.id} rank {change.after.value('rank')}" for change in changes]
    if session.dry_run:
        text = [line for change in changes for line in diff_lines(change.diff)]
    text = text or ["Ranks have room between them already."]
    console.answer(answer, human=lambda: text, plain=[change.after.id for change in changes])
    unreadable = session.store.unreadable
    session.warn_unreadable(unreadable)
    if check and changes:
        console.note("Run `tasks fmt --ranks` to space them.")
    return 1 if check and changes else 0


def _human(moved: list[Change], check: bool, dry_run: bool) -> list[str]:
    if dry_run:
        return [line for change in moved for line in diff_lines(change.diff)]
    verb = "Would reorder" if check else "Reordered"
    return [f"{verb} {change.after.path}" for change in moved]
