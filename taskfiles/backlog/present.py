"""What is going on now: who holds what, the attempts of today, what is stuck; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from taskfiles.backlog.board import Claims, cost_of, find_waits
from taskfiles.backlog.dates import is_overdue
from taskfiles.backlog.query import is_blocked, latest_activity
from taskfiles.backlog.readiness import Backlog
from taskfiles.basics.instants import day_start, find_instant
from taskfiles.task.attempts import attempt_list
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, ExecutionStatus, State

MANY = 3  # attempts of an open task that did not complete, one after the other: nobody gets it done


class Held(NamedTuple):
    """A task that somebody holds: by whom, since when, until when, and when its file last changed."""

    task: Task
    by: str
    since: datetime | None
    until: datetime | None
    last: datetime | None


class Attempt(NamedTuple):
    """An attempt as it is in the file; `usd` is None where its cost is not known.

    `started` is None where that is no instant; `approved` is what `reviewer` said, None without a review.
    """

    task: Task
    ended: datetime
    status: str
    tool: str
    model: str
    seconds: float | None
    usd: float | None
    failure: str
    started: datetime | None = None
    reviewer: str = ""
    approved: bool | None = None
    notes: str = ""


class Stuck(NamedTuple):
    """An open task that does not go on by itself: `code` says of which kind, `reason` why, from “it” on."""

    task: Task
    code: str
    reason: str


class Present(NamedTuple):
    """The project at one instant; `usd` is the known cost of the attempts, `unpriced` counts the others."""

    held: list[Held]
    attempts: list[Attempt]
    stuck: list[Stuck]
    usd: float
    unpriced: int


def find_present(backlog: Backlog, *, claims: Claims, now: datetime, zone: tzinfo = UTC) -> Present:
    """Say what is going on at an instant; the day of today is meant in `zone`.

    Claims come by their end, attempts the latest first. Stuck are tasks in progress that nobody holds any
    more, open ones that failed MANY times on end, blocked and overdue ones, and those that wait, in
    this order: each task once, under the first that is true of it.
    """
    held = [
        Held(
            task, str(claim.get("by")), _instant(claim, "since"), _instant(claim, "until"), _last(task, zone)
        )
        for task in backlog.tasks
        if (claim := claims.get(task.id)) is not None
    ]
    held.sort(key=lambda each: (each.until is None, each.until or now, each.task.id))
    first = day_start(now.astimezone(zone).date(), zone)
    attempts = sorted(
        (each for task in backlog.tasks for each in list_attempts(task) if first <= each.ended <= now),
        key=lambda each: (-each.ended.timestamp(), each.task.id),
    )
    order = {code: number for number, code in enumerate(_KINDS)}
    stuck = [
        found
        for task in backlog.tasks
        if not is_word(task.state, CLOSED) and (found := _find_stuck(task, backlog, claims, now, zone))
    ]
    stuck.sort(key=lambda each: (order[each.code], _age(each.task, now, zone), each.task.id))
    costs = [each.usd for each in attempts if each.usd is not None]
    return Present(held, attempts, stuck, sum(costs), len(attempts) - len(costs))


_KINDS = ("unheld", "failing", "blocked", "overdue", "waiting")


def list_attempts(task: Task) -> Iterable[Attempt]:
    """Yield the attempts at a task that have an end, in the order of the file."""
    execution = task.value("execution")
    for each in attempt_list({"execution": execution}) if isinstance(execution, dict) else ():
        if not isinstance(each, dict) or (ended := find_instant(each.get("ended_at"))) is None:
            continue
        executor = each.get("executor")
        agent: Mapping[str, Any] = executor if isinstance(executor, dict) else {}
        given = each.get("reviewer")
        review: Mapping[str, Any] = given if isinstance(given, dict) else {}
        approved = review.get("approved")
        yield Attempt(
            task,
            ended,
            str(each.get("status")),
            _word(agent, "tool"),
            _word(agent, "model"),
            _seconds(each.get("duration_seconds")),
            cost_of(each),
            _word(each, "error_type"),
            find_instant(each.get("started_at")),
            _word(review, "name"),
            approved if isinstance(approved, bool) else None,
            _word(each, "notes"),
        )


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value < _AGES else None


_AGES = 1e10  # seconds that no attempt takes; what is no number is not less either


def _find_stuck(task: Task, backlog: Backlog, claims: Claims, now: datetime, zone: tzinfo) -> Stuck | None:
    if task.state == State.IN_PROGRESS and task.id not in claims and not backlog.children.get(task.id):
        return Stuck(task, "unheld", "it is in progress and nobody holds it")
    failed = _count_failed(task)
    if failed >= MANY:
        return Stuck(task, "failing", f"its last {failed} attempts did not complete")
    if is_blocked(task):
        return Stuck(task, "blocked", f"it is blocked: {' '.join(str(task.get('blocked')).split())}")
    if is_overdue(task, now, zone):
        return Stuck(task, "overdue", f"it was due {task.value('due')}")
    waits = find_waits(task, backlog) if is_word(task.state, _BEGUN) else ()
    return Stuck(task, "waiting", waits[0].message) if waits else None


_BEGUN = frozenset({State.READY.value, State.IN_PROGRESS.value})  # ideas may wait as long as they like


def _count_failed(task: Task) -> int:
    ended = sorted(list_attempts(task), key=lambda each: each.ended, reverse=True)
    count = 0
    for each in ended:
        if each.status == ExecutionStatus.COMPLETED:
            break
        count += 1
    return count


def _age(task: Task, now: datetime, zone: tzinfo) -> timedelta:
    """Return the negative of how long ago a task last changed: what has waited longest comes first."""
    last = _last(task, zone)
    return last - now if last is not None else timedelta.min


def _last(task: Task, zone: tzinfo) -> datetime | None:
    return latest_activity(task, zone)


def _instant(claim: Mapping[str, Any], key: str) -> datetime | None:
    return find_instant(claim.get(key))


def _word(value: Mapping[str, Any], key: str) -> str:
    word = value.get(key)
    return word if isinstance(word, str) else ""
