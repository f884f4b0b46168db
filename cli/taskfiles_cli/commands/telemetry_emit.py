"""`tasks telemetry emit`: the same events from other programs, scripts and CI jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles.basics.uuids import new_uuid7
from taskfiles.telemetry.actions import ACTIONS, DECISION, OUTCOMES, SUCCESS
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.line.texts import check_utf8
from taskfiles_cli.line.values import single_word

if TYPE_CHECKING:
    from taskfiles_cli.line.options import ActionName, Subject, Text, opt

_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_MOST = 100  # characters of an action's name


@command(*READS, answers=None)
def emit(
    session: Session,
    action: ActionName,
    outcome: Annotated[str, opt("WORD", f"How it ended: {', '.join(OUTCOMES)}.")],
    *,
    reason: Annotated[Text, opt("WORD", "Why; needed unless it is success.")] = None,
    task: Subject = None,
) -> int:
    """Add an event from another program to the log.

    Give the id of a run in TASKS_CORRELATION_ID to put several events and commands together.
    """
    word = single_word("--outcome", OUTCOMES, outcome)
    if reason is None and word != SUCCESS:
        raise TaskfilesError(
            "usage", problem="Say --reason unless the outcome is success.", command="tasks telemetry emit"
        )
    begin_action(session, action, task)
    event_id = new_uuid7(session.now())
    text = None if reason is None else check_utf8("--reason", reason)
    session.tell(word, event_id=event_id, reason=text, payload={"rule": action, "decision": word})
    answer = {"id": event_id, "run_id": session.run_id, "action": action, "outcome": word}
    human = f"Told of {action}: {word} (run {session.run_id})"
    session.console.answer(answer, human=lambda: human, plain=[event_id])
    return 0


def begin_action(session: Session, action: str, task: str | None) -> None:
    """Begin an action of the user's own. Raises TaskfilesError (bad-value) for a name that is none."""
    if _NAME.fullmatch(action) is None or len(action) > _MOST or action in ACTIONS:
        problem = "`tasks` tells of that itself" if action in ACTIONS else "it is not a name of an action"
        raise TaskfilesError(
            "bad-value",
            option="ACTION",
            given=f"“{action}”",
            problem=problem,
            remedy="Use lower-case words with dots between, as deploy.site.",
        )
    _ = session.store  # without a project there is nothing to tell of
    session.begin(action, task, event_type=DECISION)
