"""What ends a loop or a plan besides its tasks: how many may be run, and what their attempts may cost."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from taskfiles.errors import number_of
from taskfiles.task.words import ErrorType, Outcome


class Bounds:
    """A number of tasks, and a cost in millionths of a dollar; None for no bound. Threads may share it.

    A bound ends no agent that is at work: nothing more begins, a further attempt neither.
    """

    def __init__(self, tasks: int | None = None, cost_usd_micros: int | None = None) -> None:
        self._tasks, self._cost = tasks, cost_usd_micros
        self._begun = self._spent = 0
        self._unknown = ""  # whose cost nobody knows
        self._lock = Lock()

    def begin(self) -> str:
        """Count a task that is to be run; returns why it may not, empty if it may."""
        with self._lock:
            if why := self._find_end():
                return why
            self._begun += 1
            return ""

    def discount(self) -> None:
        """Count a task no longer that was refused before it began."""
        with self._lock:
            self._begun -= 1

    def add(self, task_id: str, attempt: Mapping[str, Any]) -> str:
        """Add what an attempt has cost; returns why no further one is to be made, empty if one may."""
        cost = attempt.get("cost", {}).get("actual_usd_micros")
        with self._lock:
            if cost is not None:
                self._spent += cost
            elif not _never_began(attempt):
                self._unknown = self._unknown or task_id
            return self._find_dearth()

    def find_end(self) -> str:
        """Return why nothing more may begin; empty if it may."""
        with self._lock:
            return self._find_end()

    def _find_end(self) -> str:
        if self._tasks is not None and self._begun >= self._tasks:
            return f"no more than {number_of(self._tasks, 'task')} may be run"
        return self._find_dearth()

    def _find_dearth(self) -> str:
        if self._cost is None:
            return ""
        if self._spent >= self._cost:
            return f"{_dollars(self._spent)} of {_dollars(self._cost)} are spent"
        if self._unknown:
            return (
                f"nobody knows what the attempt at {self._unknown} has cost, nor then what is left to spend"
            )
        return ""


def _dollars(micros: int) -> str:
    return f"${micros // 1_000_000}.{micros % 1_000_000:06}".rstrip("0").rstrip(".")


def _never_began(attempt: Mapping[str, Any]) -> bool:
    return attempt.get("outcome") == Outcome.BLOCKED and attempt.get("error_type") == ErrorType.PRECONDITION
