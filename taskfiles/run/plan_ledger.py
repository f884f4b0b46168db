"""The plans that are being run in a clone: an entry each, kept until the log has what came of the plan.

Whoever runs a plan holds the lock of its entry for as long, so that an entry without one is of a run that was
killed, as with attempts (see `ledger`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_SH
from threading import Lock
from typing import Any

from taskfiles.errors import TaskfilesError
from taskfiles.store.disk import io_errors, open_regular, put_file, read_regular
from taskfiles.store.locks import try_lock
from taskfiles.store.shared import make_directories
from taskfiles.store.store import Store
from taskfiles.task.values import BadValue, check_uuid
from taskfiles.telemetry.outcomes import Workflow
from taskfiles.telemetry.workflows import WorkflowResult, summarize

PLANS = "plans"
KILLED = "the run of the plan was killed"
_MAX_BYTES = 1 << 24


class PlanEntry:
    """A plan under way: what is known of its tasks is kept as it comes; keeping it never fails the plan."""

    def __init__(self, path: str, plan: Mapping[str, Any]) -> None:
        self._path, self._plan = path, plan
        self._results: dict[str, WorkflowResult | None] = {}  # None for what has only begun
        self._lock = Lock()

    def note(self, task_id: str, result: WorkflowResult | None = None) -> None:
        """Keep that a task has begun, or what became of it."""
        with self._lock, suppress(TaskfilesError):
            self._results[task_id] = result
            self.put()

    def put(self) -> None:
        """Write the entry as it is now. Raises TaskfilesError (io)."""
        results = {name: None if each is None else each._asdict() for name, each in self._results.items()}
        with io_errors("Writing", self._path):
            put_file(self._path, json.dumps({"plan": self._plan, "results": results}).encode() + b"\n")


class PlanLedger:
    """The entries of a clone, below its state directory."""

    def __init__(self, state: str) -> None:
        self._place = os.path.join(state, PLANS)

    @contextmanager
    def held(self, run_id: str, plan: Mapping[str, Any]) -> Iterator[PlanEntry]:
        """Hold the entry of a plan while it is run; it is dropped at the end.

        `run_id` is a new UUID. Raises TaskfilesError (io).
        """
        with self._open_lock(run_id) as descriptor:
            with io_errors("Locking", self._path(run_id, "lock")):
                try_lock(descriptor)  # the run is new, nobody else has it
            entry = PlanEntry(self._path(run_id, "json"), plan)
            entry.put()
            try:
                yield entry
            except TaskfilesError:  # which says what came of it
                self._drop(run_id)
                raise
            self._drop(run_id)

    def left(self) -> list[str]:
        """List the runs that were killed."""
        left = [name for name in self._names() if self._is_left(name)]
        return [name for name in left if os.path.lexists(self._path(name, "json"))]  # not dropped just now

    def running(self) -> list[str]:
        """List the ids of the plans that somebody is running now."""
        plans = [self._read(name) for name in self._names() if not self._is_left(name)]
        return [str(plan["plan_id"]) for plan, _ in plans if "plan_id" in plan]

    @contextmanager
    def taken(self, run_id: str) -> Iterator[dict[str, Any] | None]:
        """Take the entry of a killed run: the summary of its plan, None where others have it.

        It is dropped at the end, when the summary has gone where it belongs. Raises TaskfilesError (io).
        """
        with self._open_lock(run_id) as descriptor:
            with io_errors("Locking", self._path(run_id, "lock")):
                is_mine = try_lock(descriptor, LOCK_EX)
            if not is_mine:
                yield None
                return
            plan, results = self._read(run_id)
            yield _summarize(plan, results)
            self._drop(run_id)

    def _names(self) -> list[str]:
        try:
            names = [name.removesuffix(".json") for name in os.listdir(self._place) if name.endswith(".json")]
        except OSError:
            return []
        return sorted(name for name in names if _is_uuid(name))

    @contextmanager
    def _open_lock(self, run_id: str) -> Iterator[int]:
        with io_errors("Writing", self._place):
            make_directories(self._place)
            descriptor = open_regular(self._path(run_id, "lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _is_left(self, run_id: str) -> bool:
        try:
            descriptor = open_regular(self._path(run_id, "lock"), os.O_RDWR | os.O_NOFOLLOW)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        try:
            return try_lock(descriptor, LOCK_SH)
        except OSError:
            return False
        finally:
            os.close(descriptor)

    def _read(self, run_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read the plan and its results; empty ones where the entry can't be read."""
        with suppress(OSError, ValueError, RecursionError):
            found = read_regular(self._path(run_id, "json"), _MAX_BYTES)
            value = json.loads(found[0]) if found else None
            if isinstance(value, dict) and isinstance(value.get("plan"), dict):
                results = value.get("results")
                return value["plan"], results if isinstance(results, dict) else {}
        return {}, {}

    def _drop(self, run_id: str) -> None:
        for kind in ("json", "lock"):
            with suppress(OSError):
                os.unlink(self._path(run_id, kind))

    def _path(self, run_id: str, kind: str) -> str:
        return os.path.join(self._place, f"{run_id.lower()}.{kind}")


def _is_uuid(name: str) -> bool:
    try:
        check_uuid(name)
    except BadValue:
        return False
    return True


def _summarize(plan: dict[str, Any], results: dict[str, Any]) -> dict[str, Any] | None:
    """Sum a killed run up: what had begun has failed, the rest was skipped."""
    try:
        known = {
            name: WorkflowResult(Workflow.FAILED, error=KILLED) if each is None else _result(each)
            for name, each in results.items()
        }
        return summarize(plan, known, skip_reason="nothing_begun")
    except (KeyError, TypeError, ValueError):  # an entry that somebody has changed
        return None


def _result(value: dict[str, Any]) -> WorkflowResult:
    files = tuple(map(str, value["created_files"]))
    return WorkflowResult(**{**value, "status": Workflow(value["status"]), "created_files": files})


def list_left_plans(store: Store) -> list[str]:
    """List the killed runs of plans in a clone."""
    return [] if store.journal is None else PlanLedger(store.journal).left()


def recover_plans(store: Store) -> Iterator[dict[str, Any]]:
    """Yield the summary of each plan whose run was killed, once: its entry goes when the next is taken."""
    for run_id in list_left_plans(store):
        assert store.journal is not None  # it has entries
        with PlanLedger(store.journal).taken(run_id) as summary:
            if summary is not None:
                yield summary
