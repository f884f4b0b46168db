"""How work flows: lead and cycle time, throughput, the age of what is open; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from taskfiles.basics.instants import find_instant
from taskfiles.stats.dimensions import week_of
from taskfiles.stats.rows import Scope
from taskfiles.stats.wilson import nearest_rank
from taskfiles.task.attempts import attempt_list
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, State

_WEEK = timedelta(days=7)
_MOST = 5  # open tasks that are named
_WEEKS = 520  # that are listed, the latest


class Transition(NamedTuple):
    """A task's change from one state to another; None is where it was not there. `id` is its latest one."""

    time: datetime
    id: str
    before: str | None
    after: str | None


class Aged(NamedTuple):
    """An open task and how long ago it was created."""

    id: str
    title: str
    state: str
    age_seconds: int


class Week(NamedTuple):
    """How many tasks were completed in a week, and how many were created."""

    week: str
    completed: int
    created: int


class Flow(NamedTuple):
    """The figures of docs/reference/metrics.md, in seconds; None where nothing is known."""

    completed: int
    lead_known: int
    lead_p50_seconds: int | None
    lead_p85_seconds: int | None
    cycle_known: int
    cycle_p50_seconds: int | None
    cycle_p85_seconds: int | None
    throughput_per_week: float | None
    open: int
    age_known: int
    age_p50_seconds: int | None
    age_p85_seconds: int | None
    oldest: list[Aged]
    weeks: list[Week]


class Life(NamedTuple):
    """When a task was created, begun and completed, as far as that is known."""

    task: Task
    created: datetime | None
    begun: datetime | None
    completed: datetime | None

    @property
    def lead(self) -> int | None:
        """Seconds from its creation to its completion."""
        return _between(self.created, self.completed)

    @property
    def cycle(self) -> int | None:
        """Seconds from when work on it began to its completion."""
        return _between(self.begun, self.completed)


def measure_flow(
    tasks: Iterable[Task], transitions: Iterable[Transition], scope: Scope, now: datetime
) -> Flow:
    """Compute the figures of the tasks of a scope, those completed in its span; ages are those at `now`.

    Invalid tasks are left out.
    """
    lives = [
        life
        for life in find_lives(tasks, transitions)
        if (scope.ids is None or life.task.id in scope.ids)
        and (not scope.states or is_word(life.task.state, scope.states))
    ]
    done = [each for each in lives if each.completed is not None and scope.holds(each.completed)]
    still = [each for each in lives if not is_word(each.task.state, CLOSED)]
    end = min(now, scope.until) if scope.until is not None else now
    leads = [lead for each in done if (lead := each.lead) is not None]
    cycles = [cycle for each in done if (cycle := each.cycle) is not None]
    aged = sorted(
        (age, each.task.id, each.task) for each in still if (age := _between(each.created, end)) is not None
    )
    ages = [age for age, _, _ in aged]
    return Flow(
        completed=len(done),
        lead_known=len(leads),
        lead_p50_seconds=nearest_rank(leads, 50),
        lead_p85_seconds=nearest_rank(leads, 85),
        cycle_known=len(cycles),
        cycle_p50_seconds=nearest_rank(cycles, 50),
        cycle_p85_seconds=nearest_rank(cycles, 85),
        throughput_per_week=_find_throughput(done, scope, end),
        open=len(still),
        age_known=len(ages),
        age_p50_seconds=nearest_rank(ages, 50),
        age_p85_seconds=nearest_rank(ages, 85),
        oldest=[
            Aged(task.id, str(task.title), str(task.state), age) for age, _, task in reversed(aged[-_MOST:])
        ],
        weeks=_count_weeks(lives, done, scope),
    )


def find_lives(tasks: Iterable[Task], transitions: Iterable[Transition]) -> list[Life]:
    """Find the three instants of each valid task: what its file says first, then what its history says."""
    by_id: dict[str, list[Transition]] = {}
    for each in transitions:
        by_id.setdefault(each.id, []).append(each)
    return [_make_life(task, by_id.get(task.id, ())) for task in tasks if not task.errors]


def _make_life(task: Task, history: Sequence[Transition]) -> Life:
    known = [each.time for each in history]
    created = find_instant(task.value("created_at")) or min(known, default=None)
    starts = [each.time for each in history if each.after == State.IN_PROGRESS]
    starts += [start for each in _attempts(task) if (start := find_instant(each.get("started_at")))]
    completed = None
    if task.state == State.DONE:
        ends = [each.time for each in history if each.after == State.DONE]
        completed = find_instant(task.value("completed_at")) or max(ends, default=None)
    return Life(task, created, min(starts, default=None), completed)


def _attempts(task: Task) -> Iterable[Mapping[str, Any]]:
    execution = task.value("execution")
    if not isinstance(execution, dict):
        return ()
    return (each for each in attempt_list({"execution": execution}) if isinstance(each, dict))


def _between(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None or end < start:
        return None
    return int((end - start).total_seconds())


def _find_throughput(done: Sequence[Life], scope: Scope, end: datetime) -> float | None:
    """Divide the completed tasks by the weeks of the span, which begins with the first of them if open."""
    first = min((each.completed for each in done if each.completed is not None), default=None)
    begin = scope.since or first
    if begin is None or begin >= end:
        return None
    return len(done) / max(1.0, (end - begin) / _WEEK)


def _count_weeks(lives: Sequence[Life], done: Sequence[Life], scope: Scope) -> list[Week]:
    """Count by week in UTC; a week without anything in between is there, too."""
    created = [each.created for each in lives if each.created is not None and scope.holds(each.created)]
    completed = [each.completed for each in done if each.completed is not None]
    if not created and not completed:
        return []
    made, ended = (Counter(week_of(each.astimezone(UTC)) for each in found) for found in (created, completed))
    last = max([*created, *completed]).astimezone(UTC)
    at = max(min([*created, *completed]).astimezone(UTC), last - _WEEKS * _WEEK)
    weeks = []
    while at - timedelta(days=at.weekday()) <= last:
        name = week_of(at)
        weeks.append(Week(name, ended[name], made[name]))
        if at.year == 9999:
            break
        at += _WEEK
    return weeks


def flow_object(flow: Flow) -> dict[str, Any]:
    """Return the figures as `tasks stats --flow --output json` prints them."""
    return {
        **flow._asdict(),
        "oldest": [each._asdict() for each in flow.oldest],
        "weeks": [each._asdict() for each in flow.weeks],
    }
