"""Use case: the attempts that killed runs have left, or that could not be recorded, come into their tasks."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from taskfiles.agents.registry import find_adapter
from taskfiles.agents.session import add_session
from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.changes.claims import end_claim
from taskfiles.changes.mutate import Change
from taskfiles.errors import TaskfilesError
from taskfiles.operations.prices import with_cost
from taskfiles.operations.record import record
from taskfiles.operations.release import release
from taskfiles.run.judging import ORPHANED
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.run.self_report import read_self_report
from taskfiles.run.session_file import Asked, SessionPlaces, read_session
from taskfiles.store import claims
from taskfiles.store.renames import find_new_id
from taskfiles.store.store import Store
from taskfiles.task.attempts import merge_attempt
from taskfiles.task.keys import attempt_problems
from taskfiles.task.task import Task
from taskfiles.task.words import ExecutionStatus, Outcome, State

_REASON = "the run that made it was killed"
# An agent whose run was killed goes on until it notices, when it prints; its session's file has that, too.
_AFTER_KILL = timedelta(minutes=1)


class Agents(NamedTuple):
    """Where agents keep files of their sessions, and the environment of a program that reads them."""

    places: SessionPlaces
    environment: Mapping[str, str]


class Recovered(NamedTuple):
    """An attempt that was left: what was changed to record it and to give the task back, or why not.

    `recorded` is None for an attempt that had not begun, too.
    """

    entry: Entry
    recorded: Change | None
    released: list[Change]
    problem: TaskfilesError | None = None

    @property
    def task(self) -> Task | None:
        """The task as it stands with its attempt; None where none was recorded."""
        if self.recorded is None:
            return None
        return self.released[-1].after if self.released else self.recorded.after


def list_left(store: Store) -> list[Entry]:
    """List the attempts that were left in a clone."""
    return [] if store.journal is None else Ledger(store.journal).left()


def list_unreadable(store: Store) -> list[str]:
    """List the files, as seen from the project, that stand for attempts and can't be read as ones."""
    paths = [] if store.journal is None else Ledger(store.journal).unreadable()
    return [store.reader.relative(path) for path in paths]


def recover(store: Store, root: str | None = None, agents: Agents | None = None) -> Iterator[Recovered]:
    """Record each attempt that was left, as abandoned where its end is not known, and give its task back.

    With `root` only those that were made in that project's directory; with `agents` what those that made them
    know of it.

    What of its agent still runs is ended first: nobody listens to it any more. Of several that recover at
    once, one does it, and the others wait for it as long as for a lock.
    """
    if store.journal is None:
        return
    ledger = Ledger(store.journal)
    for left in ledger.left():
        if root is not None and left.find_root(store.journal) != root:
            continue
        with ledger.taken(left.attempt_id, store.locks.timeout) as entry:
            found = None if entry is None else _recover(store, ledger, entry, agents)
        if found is not None:
            yield found


def _recover(store: Store, ledger: Ledger, entry: Entry, agents: Agents | None) -> Recovered:
    if not entry.is_whole:
        _end_agent(entry.attempt_id)
    own = _store_of(entry, store)
    recorded = None
    with suppress(ValueError):  # of an attempt that had not begun
        since = parse_instant(str(entry.attempt.get("started_at")))
        entry = entry._replace(task_id=find_new_id(own, entry.task_id, since))
    try:
        if entry.has_begun:
            recorded = record(own, entry.task_id, [_attempt(own, entry, ledger, agents)]).changes[0]
    except TaskfilesError as error:  # it waits, as what has ended does
        with suppress(TaskfilesError):
            ledger.put(entry._replace(attempt=_attempt(own, entry, ledger, agents), is_whole=True))
        return Recovered(entry, None, [], error)
    released: list[Change] = []
    with suppress(TaskfilesError):  # a claim ends by itself
        released = _release_task(own, entry)
    ledger.drop(entry.attempt_id)
    return Recovered(entry, recorded, released)


def _release_task(own: Store, entry: Entry) -> list[Change]:
    """End the claim that an attempt was made under; a task whose attempt has succeeded stays where it is."""
    if claims.held_since(own, entry.task_id) is None:
        return []
    succeeded = entry.is_whole and entry.attempt.get("outcome") == Outcome.SUCCESS
    if own.get(entry.task_id).state == State.IN_PROGRESS and not succeeded:
        return release(own, entry.task_id).changes
    with own.locks.tasks(entry.task_id):
        end_claim(own, entry.task_id)
    return []


def _store_of(entry: Entry, store: Store) -> Store:
    """Open the project that an attempt was made in, a worktree say, as the claim's holder."""
    held = [entry.attempt_id]
    root = entry.root if store.journal is None else entry.find_root(store.journal)
    with suppress(TaskfilesError):  # the worktree may be gone
        found = store.reopen(root, claims=held)
        if found.common == store.common:
            return found
    return store.reopen(claims=held)


def _attempt(store: Store, entry: Entry, ledger: Ledger, agents: Agents | None) -> dict[str, Any]:
    """Return the attempt; one whose end nobody saw has ended with its last sign of life."""
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
    if entry.log:  # what its agent has printed until then
        tool = str(entry.attempt.get("executor", {}).get("tool", ""))
        printed = read_self_report(find_adapter(tool).adapter, entry.log).reading.attempt
        said = merge_attempt(said, printed)
    for part in ledger.added(entry.attempt_id):
        said = merge_attempt(said, part)
    if agents is not None:
        root = entry.root if store.journal is None else entry.find_root(store.journal)
        is_here = store.repository is not None and root == store.reader.root
        tree = os.fspath(store.repository.top) if is_here and store.repository is not None else root
        tool, until = str(said.get("executor", {}).get("tool", "")), end + _AFTER_KILL
        asked = Asked(tool, said.get("session_id"), root, tree, start, until, agents.environment)
        said = add_session(said, read_session(agents.places, asked))
    whole = merge_attempt(said, measured)
    return with_cost(store, merge_attempt(entry.attempt, measured) if attempt_problems(whole) else whole)


def _end_agent(attempt_id: str) -> None:
    """End what still runs of an attempt, where the system shows it: a variable marks all that it started."""
    mark = f"TASKS_ATTEMPT_ID={attempt_id}".encode()
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else []:
        if name.isdigit() and int(name) != os.getpid():
            with suppress(OSError):
                with open(f"/proc/{name}/environ", "rb") as file:
                    is_marked = mark in file.read().split(b"\0")
                if is_marked:
                    os.kill(int(name), signal.SIGKILL)
