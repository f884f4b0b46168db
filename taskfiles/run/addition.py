"""Use case: what an agent reports of its own attempt while it makes it, by `tasks record`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskfiles.basics.instants import format_instant
from taskfiles.operations.record import check_attempt
from taskfiles.run.ledger import Ledger
from taskfiles.store.store import Store
from taskfiles.task.attempts import merge_attempt
from taskfiles.task.words import ExecutionStatus
from taskfiles.telemetry.secret_attempt import scrub_attempt


def add_to_attempt(store: Store, task_id: str, attempt_id: str, fields: Mapping[str, Any]) -> bool:
    """Keep fields for an attempt at a task that is under way; they are recorded with it when it ends.

    Returns whether there is such an attempt. What `run` measures itself stands over them then.
    Raises TaskfilesError (bad-attempt, io).
    """
    entry = None if store.journal is None else Ledger(store.journal).find(attempt_id)
    if entry is None or entry.task_id != task_id or entry.is_whole:
        return False
    now = format_instant(store.now())
    clean = scrub_attempt(fields)
    ended = {"ended_at": now, "duration_seconds": 0, "status": ExecutionStatus.COMPLETED.value}
    check_attempt(merge_attempt(entry.attempt | ended, clean))
    assert store.journal is not None  # the entry has come from there
    Ledger(store.journal).add(entry.attempt_id, clean)
    return True
