"""`tasks telemetry wrap`: run a program as an action of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles.basics.uuids import new_uuid7
from taskfiles.errors import reason_of
from taskfiles.telemetry.actions import FAILED, SUCCESS
from taskfiles_cli.command.event import CAUSE_VARIABLE
from taskfiles_cli.command.origin import RUN_ID_VARIABLE
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command
from taskfiles_cli.command.signals import ENDING
from taskfiles_cli.commands.telemetry_emit import begin_action
from taskfiles_cli.render.console import Console

if TYPE_CHECKING:
    from taskfiles_cli.line.options import ActionName, Subject, arg


_NOT_FOUND = 127  # as shells have it
_NOT_RUN = 126


@command("root", "color", answers=None)
def wrap(
    session: Session,
    action: ActionName,
    command: Annotated[list[str], arg("COMMAND...", "The program and its words, after `--`.")],
    *,
    task: Subject = None,
) -> int:
    """Run a program and log how it ended; its streams and its exit code pass through.

    What it calls of `tasks` belongs to the same run.
    """
    begin_action(session, action, task)
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


def _run(command: list[str], env: dict[str, str], console: Console) -> int:
    """Run a program and return its exit code; signals are the program's to answer.

    Ctrl-C reaches it from the terminal, SIGTERM and SIGHUP are passed on. An exception within `wait` could
    lose the exit status, so the handlers raise none; the program does not inherit them.
    """
    running: list[subprocess.Popen[bytes]] = []
    early: list[int] = []  # signals that came before the program was known

    def heed(number: int, _: object) -> None:
        if number != signal.SIGINT:
            early.append(number)
            pass_on()

    def pass_on() -> None:
        while running and early:
            running[0].send_signal(early.pop(0))

    before = {number: signal.getsignal(number) for number in ENDING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, heed)
    try:
        running.append(subprocess.Popen(command, env=env))  # noqa: S603 (the user's own program)
        pass_on()
        return running[0].wait()
    except OSError as error:
        name = reason_of(error)
        console.error_line(f"tasks telemetry wrap: {command[0]}: {name}")
        return _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_RUN
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
