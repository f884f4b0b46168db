"""Rank ready tasks by points from one table, with a reason for each part; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from functools import cache

from taskfiles.backlog.dates import is_overdue
from taskfiles.backlog.graph import find_roots
from taskfiles.backlog.query import latest_activity, rank_of
from taskfiles.backlog.readiness import Backlog
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import number_of
from taskfiles.task.task import Task
from taskfiles.task.words import ExecutorLevel, State

EXACT, ONE, TWO, THREE = (
    "the level that was named",
    "one level below",
    "two levels below",
    "three levels below",
)
NO_CRITERIA = "none written"
OVERDUE = "overdue"
FLIGHT, WEEK, MOST = "in flight", "each full week without a change", "at most"

# The points of each part. One step of priority outweighs all parts below `due` together, so that a higher
# priority comes first; what is overdue counts as a step more. Tasks that don't say when they are done come
# after all others.
WEIGHTS: dict[str, dict[str, int]] = {
    "priority": {"urgent": 400, "high": 300, "normal": 200, "low": 100, "none": 0},
    "due": {OVERDUE: 100},
    "epic": {FLIGHT: 30},
    "size": {"tiny": 20, "small": 15, "medium": 10, "large": 5, "xl": 0},
    "executor": {EXACT: 15, ONE: 10, TWO: 5, THREE: 0},
    "ambiguity": {"low": 10, "medium": 5, "high": 0},
    "isolation": {"isolated": 10, "module": 7, "shared": 3, "global": 0},
    "staleness": {WEEK: 1, MOST: 10},
    "criteria": {NO_CRITERIA: -600},
}
LEVELS = list(ExecutorLevel)
_DISTANCES = (EXACT, ONE, TWO, THREE)


class Reason(NamedTuple):
    """The points of one part of a task's score, and why."""

    part: str
    points: int
    reason: str


class Candidate(NamedTuple):
    """A task with its rank from 1, its score, and a reason for each part of the score."""

    task: Task
    rank: int
    score: int
    reasons: list[Reason]


def rank_tasks(
    tasks: Iterable[Task],
    backlog: Backlog,
    *,
    executor: str | None = None,
    now: datetime | None = None,
    zone: tzinfo = UTC,
) -> list[Candidate]:
    """Rank tasks by score, highest first, ties by the key `rank`, the lowest first, then by id.

    `tasks` are valid ones of the backlog. Without `executor` the fit gets no points, without `now`
    staleness and what is overdue; the order then depends on the files alone. `zone` is where days are meant.
    """
    roots = find_roots(backlog.parents)
    moving = {task.id for task in backlog.tasks if task.state == State.IN_PROGRESS}
    flights = {roots.get(task_id, task_id) for task_id in moving}
    scored = []
    for task in tasks:
        reasons = [
            _by_word("priority", task.get("priority")),
            _epic(backlog.by_id.get(roots.get(task.id, "")), flights),
            _by_word("size", task.get("size")),
            _executor(task.get("executor"), executor),
            _by_word("ambiguity", task.get("ambiguity")),
            _by_word("isolation", task.get("isolation")),
            _staleness(_weeks(task, now)),
        ]
        if now is not None and is_overdue(task, now, zone):
            reasons.insert(1, Reason("due", WEIGHTS["due"][OVERDUE], f"overdue since {task.value('due')}"))
        if not task.boxes:
            reasons.append(Reason("criteria", WEIGHTS["criteria"][NO_CRITERIA], "no criteria"))
        score = sum(reason.points for reason in reasons)
        scored.append((-score, _placing(task), task.id, task, reasons))
    scored.sort(key=lambda row: row[:3])
    return [Candidate(task, n, -row, reasons) for n, (row, _, _, task, reasons) in enumerate(scored, 1)]


def _placing(task: Task) -> float:
    """Return where people have placed a task among its equals; those that nobody placed come last."""
    rank = rank_of(task)
    return math.inf if rank is None else rank


def can_execute(task: Task, executor: str) -> bool:
    """Return whether an executor of a level can do a task; `human_review` is above all others.

    >>> [level.value for level in ExecutorLevel]
    ['simple', 'standard', 'expert', 'human_review']
    """
    return LEVELS.index(task.get("executor")) <= LEVELS.index(ExecutorLevel(executor))


# Cached, since thousands of tasks share a few reasons.
@cache
def _by_word(key: str, word: str) -> Reason:
    return Reason(key, WEIGHTS[key][word], f"{key} {word}")


def _epic(root: Task | None, flights: set[str]) -> Reason:
    if root is None:
        return Reason("epic", 0, "part of no epic")
    if root.id not in flights:
        return Reason("epic", 0, f"{root.kind} {root.id} has not been started")
    return Reason("epic", WEIGHTS["epic"][FLIGHT], f"{root.kind} {root.id} is in flight")


@cache
def _executor(level: str, executor: str | None) -> Reason:
    if executor is None:
        return Reason("executor", 0, f"executor {level}")
    distance = _DISTANCES[LEVELS.index(ExecutorLevel(executor)) - LEVELS.index(ExecutorLevel(level))]
    return Reason("executor", WEIGHTS["executor"][distance], f"executor {level}, {distance}")


def _weeks(task: Task, now: datetime | None) -> int:
    latest = None if now is None else latest_activity(task)
    return 0 if now is None or latest is None else max(0, (now - latest).days // 7)


@cache
def _staleness(weeks: int) -> Reason:
    weights = WEIGHTS["staleness"]
    points = min(weights[WEEK] * weeks, weights[MOST])
    return Reason("staleness", points, f"unchanged for {number_of(weeks, 'week')}")
