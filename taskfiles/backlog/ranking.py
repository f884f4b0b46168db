"""Rank ready tasks by points from one table, with a reason for each part; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache

from taskfiles.backlog.dates import is_past
from taskfiles.backlog.graph import find_roots
from taskfiles.backlog.query import find_latest, read_rank
from taskfiles.backlog.readiness import Backlog
from taskfiles.backlog.sieve import ACTIVITY
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import number_of
from taskfiles.task.columns import read_columns, read_ids, read_states
from taskfiles.task.keys import DEFAULTS
from taskfiles.task.task import Task
from taskfiles.task.words import ExecutorLevel, State
from taskfiles.text.nodes import Value

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
_READ = ("priority", "size", "executor", "ambiguity", "isolation", "due", "rank", *ACTIVITY)
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
    tasks = [*tasks]
    roots = find_roots(backlog.parents)
    states = zip(read_ids(backlog.tasks), read_states(backlog.tasks), strict=True)
    flights = {roots.get(task_id, task_id) for task_id, state in states if state == State.IN_PROGRESS}
    scored = []
    values = zip(*read_columns(tasks, _READ), strict=True)
    for task, row in zip(tasks, values, strict=True):
        priority, size, level, ambiguity, isolation, due, place, *activity = row
        root = roots.get(task.id)
        reasons = [
            _by_word("priority", priority),
            _epic(None if root is None else backlog.by_id.get(root), flights),
            _by_word("size", size),
            _executor(level, executor),
            _by_word("ambiguity", ambiguity),
            _by_word("isolation", isolation),
            _staleness(0 if now is None else _weeks(activity, now)),
        ]
        if due is not None and now is not None and is_past(due, now, zone):
            reasons.insert(1, Reason("due", WEIGHTS["due"][OVERDUE], f"overdue since {due}"))
        if not task.boxes:
            reasons.append(Reason("criteria", WEIGHTS["criteria"][NO_CRITERIA], "no criteria"))
        score = sum([reason.points for reason in reasons])
        scored.append((-score, _placing(place), task.id, task, reasons))
    scored.sort(key=lambda row: row[:3])
    return [Candidate(task, n, -row, reasons) for n, (row, _, _, task, reasons) in enumerate(scored, 1)]


def _placing(rank: Value) -> float:
    """Return where people have placed a task among its equals; those that nobody placed come last."""
    place = read_rank(rank)
    return math.inf if place is None else place


def can_execute(task: Task, executor: str) -> bool:
    """Return whether an executor of a level can do a task; `human_review` is above all others.

    >>> [level.value for level in ExecutorLevel]
    ['simple', 'standard', 'expert', 'human_review']
    """
    return LEVELS.index(task.get("executor")) <= LEVELS.index(ExecutorLevel(executor))


# Cached, since thousands of tasks share a few reasons.
@cache
def _by_word(key: str, given: str | None) -> Reason:
    word = DEFAULTS[key] if given is None else given
    return Reason(key, WEIGHTS[key][word], f"{key} {word}")


def _epic(root: Task | None, flights: set[str]) -> Reason:
    if root is None:
        return Reason("epic", 0, "part of no epic")
    if root.id not in flights:
        return Reason("epic", 0, f"{root.kind} {root.id} has not been started")
    return Reason("epic", WEIGHTS["epic"][FLIGHT], f"{root.kind} {root.id} is in flight")


@cache
def _executor(given: str | None, executor: str | None) -> Reason:
    level = DEFAULTS["executor"] if given is None else given
    if executor is None:
        return Reason("executor", 0, f"executor {level}")
    distance = _DISTANCES[LEVELS.index(ExecutorLevel(executor)) - LEVELS.index(ExecutorLevel(level))]
    return Reason("executor", WEIGHTS["executor"][distance], f"executor {level}, {distance}")


def _weeks(activity: Sequence[Value], now: datetime) -> int:
    latest = find_latest(activity)
    return 0 if latest is None else max(0, (now - latest).days // 7)


@cache
def _staleness(weeks: int) -> Reason:
    weights = WEIGHTS["staleness"]
    points = min(weights[WEEK] * weeks, weights[MOST])
    return Reason("staleness", points, f"unchanged for {number_of(weeks, 'week')}")
