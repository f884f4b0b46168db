"""What killed runs have left, once it is recorded: told to the event log."""

from __future__ import annotations

from collections.abc import Iterable

from taskfiles.run.recovery import Recovered
from taskfiles_cli.command.session import Session


def tell_recovered(session: Session, recovered: Iterable[Recovered]) -> None:
    """Tell of attempts that were recorded, of tasks given back, and of attempts that still wait."""
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
