"""The kill switch: agents are ended, and no more are sent out until that is undone."""

from __future__ import annotations

import time
from collections.abc import Sequence

from taskfiles import TaskfilesError
from taskfiles.basics.instants import format_instant
from taskfiles.run.ledger import Ledger
from taskfiles.run.switch import Stop, Switch
from taskfiles.store.claims import check_claims_available
from taskfiles.telemetry.actions import SUCCESS
from taskfiles_cli.command.pickup import read_holder
from taskfiles_cli.command.session import Session
from taskfiles_cli.line.texts import check_utf8

_PATIENCE = 30.0  # seconds that ending agents may take
_LOOK = 0.05


def switch(
    session: Session,
    ids: Sequence[str],
    command: Sequence[str],
    *,
    stop: bool,
    resume: bool,
    every: bool,
    reason: str | None,
) -> int:
    """Stop or resume, for the tasks named or for all."""
    if (stop and resume) or command or bool(ids) == every:
        problem = "Name the tasks to stop or to resume, or take --all; no program belongs there."
        raise TaskfilesError("usage", problem=problem, command="tasks run")
    if stop and not (reason or "").strip():
        raise TaskfilesError("usage", problem="--stop takes --reason TEXT.", command="tasks run")
    store = session.store
    check_claims_available(store)
    assert store.journal is not None  # where claims can be kept there is one
    targets: list[str | None] = [None] if every else [store.get(task_id).id for task_id in ids]
    if resume:
        return _resume(session, Switch(store.journal), targets)
    return _stop(session, store.journal, targets, check_utf8("--reason", reason or "").strip())


def _stop(session: Session, state: str, targets: Sequence[str | None], reason: str) -> int:
    session.begin("agents.stop")
    at, by = format_instant(session.now()), read_holder(None, session.store)
    for target in targets:
        Switch(state).put(Stop(target, reason, by, at))
    ledger = Ledger(state)
    wanted = set(targets)

    def running() -> list[str]:
        return [each.task_id for each in ledger.running() if None in wanted or each.task_id in wanted]

    before = running()
    end = time.monotonic() + _PATIENCE
    while (left := list(dict.fromkeys(running()))) and time.monotonic() < end:
        time.sleep(_LOOK)
    stopped = [task_id for task_id in dict.fromkeys(before) if task_id not in left]
    for target in targets:
        session.tell(SUCCESS, subject=target, payload={"rule": "agents.stop", "decision": reason})
    answer = {"stopped": stopped, "running": left, "reason": reason, "run_id": session.run_id}
    ended = f"Ended: {', '.join(stopped)}." if stopped else "No agent was running."
    which = "--all" if None in wanted else " ".join(str(target) for target in targets)
    human = f"{ended} None is sent out until `tasks run --resume {which}`."
    session.console.answer(answer, human=lambda: human, plain=stopped)
    for task_id in left:
        session.console.warn(f"The agent working on {task_id} has not ended yet.", code="still-running")
    return 1 if left else 0


def _resume(session: Session, switches: Switch, targets: Sequence[str | None]) -> int:
    session.begin("agents.resume")
    lifted = [target or "all" for target in targets if switches.lift(target)]
    for target in targets:
        session.tell(SUCCESS, subject=target, reason=None if lifted else "unchanged")
    answer = {"resumed": lifted, "run_id": session.run_id}
    human = f"Resumed: {', '.join(lifted)}." if lifted else "Nothing was stopped."
    session.console.answer(answer, human=lambda: human, plain=lifted)
    for stop in switches.list():
        what = stop.task or "all tasks"
        session.console.warn(f"Still stopped: {what} ({stop.reason}).", code="still-stopped")
    return 0
