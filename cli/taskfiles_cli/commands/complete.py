"""`tasks complete`: from any state to done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles import complete as complete_task
from taskfiles.task.words import State
from taskfiles_cli.command.finish import OPTIONS, say_what_is_missing
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.commands.move import answer_move, read_close_reason, read_reason
from taskfiles_cli.line.texts import read_optional, read_text

if TYPE_CHECKING:
    from taskfiles_cli.line.options import TEXT_HELP, CloseReason, ForceReason, TaskId, Text, flag, opt


@command(*CHANGES_ONE, action="task.complete", about="task_id", also=("done",))
def complete(
    session: Session,
    task_id: TaskId,
    *,
    check_acs: Annotated[bool, flag("Tick every box of Acceptance Criteria.", "--check-acs")] = False,
    commit_message: Annotated[
        Text, opt("TEXT", "The message of the commit that completes it. " + TEXT_HELP, "--commit-message")
    ] = None,
    changelog: Annotated[Text, opt("TEXT", "Add to Changelog: what users notice. " + TEXT_HELP)] = None,
    decisions: Annotated[
        Text, opt("TEXT", "Add to Decisions: what was chosen, and why. " + TEXT_HELP)
    ] = None,
    technical_changes: Annotated[
        Text,
        opt("TEXT", "Add to Technical Changes: where the code changed. " + TEXT_HELP, "--technical-changes"),
    ] = None,
    close_reason: CloseReason = None,
    force: ForceReason = None,
) -> int:
    """Complete a task whose criteria are ticked, with nothing open below it, and record what came of it.

    Insights and a commit message are required where `complete.require` in tasks/tasks.toml names them. What
    is missing is named with its line and the one command that adds it, and nothing is written.
    """
    reason = read_reason(force, "complete")
    texts = {"Changelog": changelog, "Decisions": decisions, "Technical Changes": technical_changes}
    insights = {title: read_text(OPTIONS[title], text) for title, text in texts.items() if text is not None}
    message = read_optional("--commit-message", commit_message)
    if message is not None and not message.strip():
        raise TaskfilesError("usage", problem="--commit-message takes a text.", command="tasks complete")
    try:
        done = complete_task(
            session.store,
            task_id,
            tick=check_acs,
            commit_message=None if message is None else message.strip(),
            insights=insights,
            close_reason=read_close_reason(close_reason, State.DONE, "complete"),
            force=reason,
            if_match=session.if_match,
            dry_run=session.dry_run,
        )
    except TaskfilesError as error:
        given = {} if message is None else {"--commit-message": message.strip()}
        given |= {OPTIONS[title]: text.strip() for title, text in insights.items()}
        say_what_is_missing(error, session, given)
        raise
    answer_move(session, done.changes, f"Completed {task_id}")
    return 0
