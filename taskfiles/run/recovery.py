"""Use case: the attempts that killed runs have left, or that could not be recorded, come into their tasks."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from taskfiles.attempts import merge_attempt
from taskfiles.claims import release
from taskfiles.errors import TaskfilesError
from taskfiles.instants import format_instant, parse_instant
from taskfiles.keys import attempt_problems
from taskfiles.mutation import Change
from taskfiles.recording import record
from taskfiles.run.judging import ORPHANED
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.store import Store
from taskfiles.words import ExecutionStatus, Outcome, State

_REASON = "the run that made it was killed"


class Recovered(NamedTuple):
    """An attempt that was left: what was changed to record it and give the task back, or why not."""

    entry: Entry
    changes: list[Change]
    problem: TaskfilesError | None = None


def list_left(store: Store) -> list[Entry]:
    """List the attempts that were left in a clone."""
    return [] if store.journal is None else Ledger(store.journal).left()


def recover(store: Store) -> Iterator[Recovered]:
    """Record each attempt that was left, as abandoned where its end is not known, and give its task back.

    What of its agent still runs is ended first: nobody listens to it any more.
    """
    if store.journal is None:
        return
    ledger = Ledger(store.journal)
    for entry in ledger.left():
        if entry.group and not entry.is_whole:
            _end_agent(entry.group, entry.attempt_id)
        own = _store_of(entry, store)
        try:
            changes = [record(own, entry.task_id, [_attempt(entry, ledger)])[0]]
        except TaskfilesError as error:
            yield Recovered(entry, [], error)
            continue
        ledger.drop(entry.attempt_id)
        with suppress(TaskfilesError):
            if own.claims and own.get(entry.task_id).state == State.IN_PROGRESS and _is_held(own, entry):
                changes += release(own, entry.task_id).changes
        yield Recovered(entry, changes)


def _store_of(entry: Entry, store: Store) -> Store:
    """Open the project that an attempt was made in, a worktree say, as the claim's holder."""
    root = entry.root if os.path.isdir(os.path.join(entry.root, "tasks")) else store.reader.root
    try:
        found = Store(
            root, now=store.now, notice=store.notice, caller=store.caller, claims=[entry.attempt_id]
        )
    except TaskfilesError:
        found = store
    if found.common == store.common:
        return found
    return Store(store.reader.root, now=store.now, notice=store.notice, claims=[entry.attempt_id])


def _is_held(store: Store, entry: Entry) -> bool:
    from taskfiles import leases  # noqa: PLC0415 (only what was left needs it)

    return leases.held_since(store, entry.task_id) is not None


def _attempt(entry: Entry, ledger: Ledger) -> dict[str, Any]:
    """Give the attempt; one whose end nobody saw has ended with its last sign of life."""
    if entry.is_whole:
        return entry.attempt
    end = datetime.fromtimestamp(ledger.last_seen(entry), UTC)
    try:
        start = parse_instant(str(entry.attempt.get("started_at")))
    except ValueError:
        start = end
    end = max(start, end)
    measured = {
        "id": entry.attempt_id,
        "started_at": format_instant(start),
        "ended_at": format_instant(end),
        "duration_seconds": int((end - start).total_seconds()),
        "status": ExecutionStatus.ABANDONED.value,
        "outcome": Outcome.FAILED.value,
        "error_type": ORPHANED,
        "error_reason": _REASON,
    }
    said = entry.attempt
    for part in ledger.added(entry.attempt_id):
        said = merge_attempt(said, part)
    whole = merge_attempt(said, measured)
    return merge_attempt(entry.attempt, measured) if attempt_problems(whole) else whole


def _end_agent(group: int, attempt_id: str) -> None:
    """End a process group, if it is that of the attempt: numbers are used again."""
    mark = f"TASKS_ATTEMPT_ID={attempt_id}".encode()
    with suppress(OSError):
        with open(f"/proc/{group}/environ", "rb") as file:
            if mark not in file.read().split(b"\0"):
                return
        os.killpg(group, signal.SIGKILL)
