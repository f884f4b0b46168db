"""Rules that depend on the time: what they find is never stored, since it changes while a file does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from taskfiles.basics.instants import find_instant, is_before, utc_second
from taskfiles.task.attempts import attempt_list
from taskfiles.task.findings import Finding, Problem, locate
from taskfiles.task.task import Task

CLOCK_SKEW = timedelta(minutes=1)  # by which the clocks of two machines may well differ


def check_future(tasks: Iterable[Task], now: datetime) -> Iterator[Finding]:
    """Find attempts that end more than a minute after `now`: a slip of the year, or a wrong clock."""
    latest = now + CLOCK_SKEW
    second = utc_second(latest)
    for task in tasks:
        for index, attempt in enumerate(attempt_list({"execution": task.value("execution")})):
            given = attempt.get("ended_at") if isinstance(attempt, dict) else None
            if is_before(given, second):
                continue
            ended = find_instant(given)
            if ended is not None and ended > latest:
                yield _finding_at(task, index, given)


def _finding_at(task: Task, index: int, given: object) -> Finding:
    path = ("execution", "attempts", index, "ended_at")
    problem = Problem("attempt-in-future", path, {"given": given})
    return locate(problem, task.path, task.document, lambda: task.root)


def introduced_future(before: Task | None, after: Task, now: datetime) -> list[Finding]:
    """List the findings of `check_future` that a change brought in."""
    known = [] if before is None else [finding.message for finding in check_future([before], now)]
    return [finding for finding in check_future([after], now) if finding.message not in known]
