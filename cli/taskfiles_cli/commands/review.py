"""`tasks review`: fill in the reviewer of an attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import review as review_attempt
from taskfiles_cli.command.beginning import NEVER
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.line.texts import read_optional

if TYPE_CHECKING:
    from taskfiles_cli.line.options import TEXT_HELP, TaskId, Text, flag, opt


@command(*CHANGES_ONE, action="attempt.review", about="task_id", beginnings=NEVER)
def review(
    session: Session,
    task_id: TaskId,
    reviewer: Annotated[str, opt("NAME", "Who reviewed.", show_default=False)],
    approved: Annotated[bool, flag("The verdict.", "--approved/--rejected", show_default=False)],
    *,
    attempt: Annotated[Text, opt("UUID", "Default: the last attempt in the file.")] = None,
    reviewed_at: Annotated[Text, opt("INSTANT", "Default: now.")] = None,
    notes: Annotated[Text, opt("TEXT", "The reasons. " + TEXT_HELP)] = None,
) -> int:
    """Review an attempt: the last one in the file, or the one named."""
    verdict: dict[str, Any] = {"name": reviewer, "approved": approved}
    text = read_optional("--notes", notes)
    verdict |= {
        key: value for key, value in (("reviewed_at", reviewed_at), ("notes", text)) if value is not None
    }
    done = review_attempt(
        session.store, task_id, verdict, attempt=attempt, if_match=session.if_match, dry_run=session.dry_run
    )
    answer = session.mutation(done.changes, attempt_id=done.made)
    verb = "Approved" if approved else "Rejected"
    sentence = f"{verb} the attempt {done.made or '(without an id)'} in {done.changes[0].after.path}"
    session.answer_mutation(answer, done.changes, sentence)
    return 0
