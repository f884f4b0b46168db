"""What killed runs have left, once it is recorded: told to the event log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taskfiles.run.recovery import Recovered
from taskfiles.telemetry.actions import SUCCESS
from taskfiles_cli.command.session import Session
from taskfiles_cli.render.remedies import say_all

EXECUTE = "plan.execute"


def tell_recovered(session: Session, recovered: Iterable[Recovered]) -> None:
    """Tell of attempts that were recorded, what came of their tasks, and of attempts that still wait."""
    for found in recovered:
        entry = found.entry
        ids = {"attempt_id": entry.attempt_id, "attempt_ids": [entry.attempt_id]}
        if found.problem is not None:
            session.tell(
                found.problem.outcome,
                action="attempt.record",
                reason=found.problem.code,
                subject=entry.task_id,
                payload=ids,
            )
            continue
        if found.recorded is not None:
            session.mutation([found.recorded], action="attempt.record", subject=entry.task_id, **ids)
        for change in found.released:
            session.mutation([change], action="task.release", subject=entry.task_id)
        if found.task is not None:
            session.tell_completion(found.task, action="agent.complete")


def tell_summary(session: Session, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Record the outcome of a plan; return it in the words of the command line."""
    said: dict[str, Any] = say_all(dict(summary))
    outcome = said["outcome"]
    reason = None if outcome == SUCCESS else said.get("skip_reason", "workflows_failed")
    session.tell(outcome, action=EXECUTE, reason=reason, payload=said, issue_number=said["issue_number"])
    return said
