"""`tasks telemetry emit` and `wrap`: the same events from other programs, scripts and CI jobs."""

from __future__ import annotations

import os
import re
import subprocess
import time
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError
from taskfiles.basics.uuids import new_uuid7
from taskfiles.errors import reason_of
from taskfiles.telemetry.actions import ACTIONS, DECISION, FAILED, OUTCOMES, SUCCESS
from taskfiles_cli.command.event import CAUSE_VARIABLE
from taskfiles_cli.command.origin import RUN_ID_VARIABLE
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.line.values import check_utf8, single_word
from taskfiles_cli.render.console import Console, escape

if TYPE_CHECKING:
    from taskfiles_cli.line.options import ActionName, Subject, Text, arg, opt

_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_MOST = 100  # characters of an action's name
_NOT_FOUND, _NOT_RUN = 127, 126  # as shells have it


@command(*READS)
def emit(
    session: Session,
    action: ActionName,
    outcome: Annotated[str, opt("WORD", f"How it ended: {', '.join(OUTCOMES)}.")],
    *,
    reason: Annotated[Text, opt("WORD", "Why; needed unless it is success.")] = None,
    task: Subject = None,
) -> int:
    """Tell the event log of something that another program did or decided.

    Give the id of a run in TASKS_CORRELATION_ID to put several events and commands together.
    """
    word = single_word("--outcome", OUTCOMES, outcome)
    if reason is None and word != SUCCESS:
        raise TaskfilesError(
            "usage", problem="Say --reason unless the outcome is success.", command="tasks telemetry emit"
        )
    _begin(session, action, task)
    event_id = new_uuid7(session.now())
    text = None if reason is None else check_utf8("--reason", reason)
    session.tell(word, event_id=event_id, reason=text, payload={"rule": action, "decision": word})
    answer = {"id": event_id, "run_id": session.run_id, "action": action, "outcome": word}
    human = f"Told of {action}: {word} (run {session.run_id})\n"
    session.console.answer(answer, human=lambda: human, plain=[event_id])
    return 0


@command("root", "color")
def wrap(
    session: Session,
    action: ActionName,
    command: Annotated[list[str], arg("COMMAND...", "The program and its words, after `--`.")],
    *,
    task: Subject = None,
) -> int:
    """Run a program, and tell the event log how it ended; its streams and its exit code pass through.

    What it calls of `tasks` belongs to the same run.
    """
    _begin(session, action, task)
    event_id = new_uuid7(session.now())
    env = os.environ | {RUN_ID_VARIABLE: session.run_id, CAUSE_VARIABLE: event_id}
    started = time.monotonic()
    code = _run(command, env, session.console)
    spent = int((time.monotonic() - started) * 1000)
    outcome = SUCCESS if code == 0 else FAILED
    reason = None if code == 0 else f"signal-{-code}" if code < 0 else f"exit-{code}"
    payload: dict[str, Any] = {"rule": action, "decision": outcome, "exit_code": code, "duration_ms": spent}
    session.tell(outcome, event_id=event_id, reason=reason, payload=payload)
    return 128 - code if code < 0 else code


def _begin(session: Session, action: str, task: str | None) -> None:
    if _NAME.fullmatch(action) is None or len(action) > _MOST or action in ACTIONS:
        problem = "`tasks` tells of that itself" if action in ACTIONS else "it is no name of an action"
        raise TaskfilesError(
            "bad-value",
            option="ACTION",
            given=f"“{action}”",
            problem=problem,
            remedy="Use lower-case words with dots between, as deploy.site.",
        )
    _ = session.store  # without a project there is nothing to tell of
    session.begin(action, task, event_type=DECISION)


def _run(command: list[str], env: dict[str, str], console: Console) -> int:
    try:
        process = subprocess.Popen(command, env=env)  # noqa: S603 (the user's own program)
    except OSError as error:
        name = reason_of(error)
        console.error_line(escape(f"tasks telemetry wrap: {command[0]}: {name}"))
        return _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_RUN
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the program has had the signal too, and decides
