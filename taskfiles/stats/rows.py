"""Tasks as flat rows, one an attempt, and what is left out; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from taskfiles.backlog.dates import is_overdue
from taskfiles.backlog.milestones import Milestone, count_milestones, find_milestone
from taskfiles.backlog.query import find_meta
from taskfiles.basics.instants import find_span, normalise_instant, parse_instant
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.stats.dimensions import OF_ATTEMPT, ONLY_IN_FILES, Value, attempt_values, is_own, task_values
from taskfiles.stats.sessions import Sessions
from taskfiles.task.attempts import attempt_list
from taskfiles.task.columns import find_invalid, pick, read_columns, read_ids, read_states
from taskfiles.task.findings import Finding
from taskfiles.task.rows import TaskRows
from taskfiles.task.sessions import Own, Place
from taskfiles.task.task import Task
from taskfiles.task.values import MAX_INTEGER, is_word
from taskfiles.task.words import CLOSED, ExecutionStatus, Outcome, State
from taskfiles.telemetry.outcomes import Completion, read_meaning


class Ending(StrEnum):
    """How an attempt ended; each has one."""

    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    ABANDONED = "abandoned"


class AttemptRow(NamedTuple):
    """One attempt with what figures need of its task; None is unknown, never 0.

    `task` distinguishes tasks. `position` counts from 1 in the order of the file, over all attempts of the
    task, which are `task_attempts`. `succeeded` is the outcome success that no reviewer rejected. `gates`
    says of each gate that was run whether it failed. Of the estimates, which are the task's, only the
    earliest attempt's counts. `values` are those of each dimension asked for.
    """

    task: str
    size: str
    position: int
    started_at: datetime
    ended_at: datetime
    duration_seconds: int
    ending: Ending
    succeeded: bool
    approved: bool | None
    gates: Mapping[str, bool] | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    estimated_input_tokens: int | None
    estimated_output_tokens: int | None
    estimated_seconds: int | None
    cost_usd_micros: int | None
    estimated_cost_usd_micros: int | None
    task_attempts: int
    values: tuple[Sequence[Value], ...]

    @property
    def gates_run(self) -> int | None:
        """How many gates were run; None where the attempt has none."""
        return None if self.gates is None else len(self.gates)

    @property
    def gates_failed(self) -> int | None:
        """How many of them failed."""
        return None if self.gates is None else sum(self.gates.values())


class Scope(NamedTuple):
    """Which attempts count: those that ended from `since` on and before `until`, of these states and ids.

    `now` is when tasks are due; without it none is overdue. `milestones` maps those with a due day to it.
    """

    since: datetime | None = None
    until: datetime | None = None
    states: frozenset[str] = frozenset()
    ids: frozenset[str] | None = None
    zone: tzinfo = UTC
    now: datetime | None = None
    milestones: Mapping[str, str] = MappingProxyType({})

    def holds_value(self, value: object) -> bool:
        """Whether some of the instants that a value of a file stands for lie in the span; a day has many."""
        span = find_span(value, self.zone)
        return span is None or (
            (self.since is None or self.since <= span[1]) and (self.until is None or span[0] < self.until)
        )

    def holds(self, instant: datetime) -> bool:
        """Whether an instant lies in the span."""
        return (self.since is None or self.since <= instant) and (self.until is None or instant < self.until)


class Untried(NamedTuple):
    """A done task that has no attempt; `completed_at` in UTC, or the day alone."""

    id: str
    title: str
    kind: str
    path: str
    completed_at: str | None


class Gathered(NamedTuple):
    """What a pass over all tasks gives.

    `invalid` counts the tasks in scope that are left out, those whose id stands twice among them, which
    `twins` says there are; `overdue` counts open tasks that were due; `milestones` the tasks
    of each that has a due day; `keys` are the dimensions of the user's own that some task has.
    """

    rows: list[AttemptRow]
    untried: list[Untried]
    invalid: int
    unreadable: int
    overdue: int
    twins: bool
    keys: set[str]
    milestones: tuple[Milestone, ...] = ()


class _Seen(NamedTuple):
    id: str
    is_valid: bool
    rows: list[AttemptRow]
    untried: Untried | None
    overdue: bool
    milestone: tuple[str, bool] | None = None


def gather(found: Iterable[Task | Finding], scope: Scope, by: Sequence[str]) -> Gathered:
    """Make rows of the valid tasks in scope; a finding stands for a file that can't be read."""
    seen: list[_Seen] = []
    plain: list[str] = []  # the ids of valid tasks that add nothing, as most do
    sessions = Sessions()
    count: Counter[str] = Counter()
    own = {name for name in by if is_own(name)}
    keys: set[str] = set()
    unreadable = 0
    if isinstance(found, TaskRows) and not (own or scope.states) and scope.ids is None:
        found, plain = _set_aside(found, scope)
        count.update(plain)
    for each in found:
        if not isinstance(each, Task):
            unreadable += 1
            continue
        count[each.id] += 1
        attempts = attempts_of(each)
        if attempts:
            sessions.note(each, attempts)
        if own:
            keys |= {name for name in own - keys if find_meta(each, name) is not None}
        if (scope.ids is not None or scope.states) and not _is_wanted(each, scope):
            continue
        if (look := _look(each, attempts, scope, by)) is None:
            plain.append(each.id)
        else:
            seen.append(look)
    sound = [each for each in seen if each.is_valid and count[each.id] == 1]
    untried = [each.untried for each in sound if each.untried is not None]
    figures = sessions.find_own()
    rows = (row for each in sound for row in each.rows)
    return Gathered(
        rows=[with_own(row, figures) if figures else row for row in rows if scope.holds(row.ended_at)],
        untried=sorted(untried),
        invalid=len(seen) - len(sound) + sum(count[task_id] > 1 for task_id in plain),
        unreadable=unreadable,
        overdue=sum(each.overdue for each in sound),
        twins=any(number > 1 for number in count.values()),
        keys=keys,
        milestones=_count_milestones(sound, scope),
    )


def _set_aside(rows: TaskRows, scope: Scope) -> tuple[Sequence[Task], list[str]]:
    """Return the tasks that may add to a figure, and the ids of the others, which columns alone show."""
    ids, states = read_ids(rows), read_states(rows)
    tried, dues, milestones = read_columns(rows, ("execution", "due", "milestone"))
    invalid = {task.id for task in find_invalid(rows)}
    kept, aside = [], []
    facts = zip(ids, states, tried, dues, milestones, strict=True)
    for number, (task_id, state, execution, due, milestone) in enumerate(facts):
        if (
            execution is not None
            or not is_word(state, _NEVER_UNTRIED)
            or (due is not None and scope.now is not None)
            or (milestone is not None and scope.milestones)
            or task_id in invalid
        ):
            kept.append(number)
        else:
            aside.append(task_id)
    return pick(rows, kept), aside


_NEVER_UNTRIED = frozenset(State) - {State.DONE}


def _is_wanted(task: Task, scope: Scope) -> bool:
    """Whether a task is of the states and ids; one whose state is no word may be."""
    if scope.ids is not None and task.id not in scope.ids:
        return False
    return not scope.states or is_word(task.state, scope.states) or not is_word(task.state, list(State))


def _look(task: Task, attempts: Sequence[Any], scope: Scope, by: Sequence[str]) -> _Seen | None:
    """Look at a task in scope; None for a valid one that adds to no figure."""
    if task.errors:
        return _Seen(task.id, False, [], None, False)
    is_closed = task.state in CLOSED
    overdue = scope.now is not None and not is_closed and is_overdue(task, scope.now, scope.zone)
    named = find_milestone(task, scope.milestones)
    milestone = None if named is None else (named[0], is_closed)
    if not attempts:
        untried = _find_untried(task, scope)
        if untried is None and milestone is None and not overdue:
            return None
        return _Seen(task.id, True, [], untried, overdue, milestone)
    return _Seen(task.id, True, [*make_rows(task, attempts, by)], None, overdue, milestone)


def _count_milestones(sound: Sequence[_Seen], scope: Scope) -> tuple[Milestone, ...]:
    if scope.now is None:
        return ()
    named = [each.milestone for each in sound if each.milestone is not None]
    return count_milestones(named, scope.milestones, scope.now, scope.zone)


def attempts_of(task: Task) -> list[Any]:
    """Return a task's attempts as they are in its file."""
    execution = task.value("execution")
    return attempt_list({"execution": execution}) if execution is not None else []


def _find_untried(task: Task, scope: Scope) -> Untried | None:
    if task.state != State.DONE:
        return None
    completed = task.get("completed_at")
    if completed is not None and not scope.holds_value(completed):
        return None
    at = None if completed is None else normalise_instant(str(completed))
    return Untried(task.id, str(task.title), str(task.kind), task.path, at)


def make_rows(task: Task, attempts: Sequence[Any], by: Sequence[str] = ()) -> Iterator[AttemptRow]:
    """Make the rows of a valid task's attempts, in the order of the file."""
    of_task = {name: task_values(name, task) for name in by if name not in _OF_ATTEMPTS}
    size = str(task.get("size"))
    estimates = _find_estimates(attempts)
    for position, attempt in enumerate(attempts, 1):
        ended_at = parse_instant(attempt["ended_at"]).astimezone(UTC)
        ending = _read_ending(attempt)
        approved = attempt.get("reviewer", {}).get("approved")
        usage, cost = attempt.get("usage", {}), attempt.get("cost", {})
        yield AttemptRow(
            task=task.id,
            size=size,
            position=position,
            started_at=parse_instant(attempt["started_at"]).astimezone(UTC),
            ended_at=ended_at,
            duration_seconds=attempt["duration_seconds"],
            ending=ending,
            succeeded=ending is Ending.SUCCEEDED and approved is not False,
            approved=approved,
            gates=_read_gates(attempt.get("quality_gates", {})),
            input_tokens=usage.get("input_tokens"),
            output_tokens=usage.get("output_tokens"),
            cache_read_tokens=usage.get("cache_read_tokens"),
            cache_write_tokens=usage.get("cache_write_tokens"),
            estimated_input_tokens=estimates.get((position, "estimated_input_tokens")),
            estimated_output_tokens=estimates.get((position, "estimated_output_tokens")),
            estimated_seconds=_seconds_of(task) if position == 1 else None,
            cost_usd_micros=cost.get("actual_usd_micros"),
            estimated_cost_usd_micros=estimates.get((position, "estimated_usd_micros")),
            task_attempts=len(attempts),
            values=tuple([attempt_values(name, attempt, ended_at) or of_task[name] for name in by]),
        )


_OF_ATTEMPTS = frozenset(OF_ATTEMPT + ONLY_IN_FILES)


def _seconds_of(task: Task) -> int | None:
    """Return what a task is estimated to take, in seconds; None where it says nothing, or too much."""
    minutes = task.get("estimate_minutes")
    return minutes * _MINUTE if minutes is not None and minutes <= MAX_INTEGER // _MINUTE else None


_MINUTE = 60


def _find_estimates(attempts: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], int]:
    """Map position and key of the earliest attempt that has an estimate to it."""
    found: dict[str, tuple[datetime, int, int]] = {}
    for position, attempt in enumerate(attempts, 1):
        for part in ("usage", "cost"):
            if part not in attempt:
                continue
            for key, value in attempt[part].items():
                if key.startswith("estimated_"):
                    entry = (parse_instant(attempt["started_at"]), position, value)
                    found[key] = min(found.get(key, entry), entry)
    return {(position, key): value for key, (_, position, value) in found.items()}


def with_own(row: AttemptRow, own: Mapping[Place, Own]) -> AttemptRow:
    """Return a row with the attempt's own figures; a cost that followed from others is unknown."""
    found = own.get(Place(row.task, row.position - 1))
    if found is None:
        return row
    if found.usage is not None:
        row = row._replace(
            input_tokens=found.usage.get("input_tokens"),
            output_tokens=found.usage.get("output_tokens"),
            cache_read_tokens=found.usage.get("cache_read_tokens"),
            cache_write_tokens=found.usage.get("cache_write_tokens"),
        )
    return row._replace(cost_usd_micros=found.cost)


def _read_ending(attempt: Mapping[str, Any]) -> Ending:
    """Say how an attempt ended; a given outcome decides over the status, a time-out over any failure."""
    status = attempt["status"]
    meaning = read_meaning(status, attempt.get("outcome"), attempt.get("error_type"))
    if meaning.completion is Completion.TIMEOUT:
        return Ending.TIMED_OUT
    if meaning.outcome is Outcome.FAILED and status == ExecutionStatus.ABANDONED:
        return Ending.ABANDONED
    return _ENDINGS[meaning.outcome]


_ENDINGS = {
    Outcome.SUCCESS: Ending.SUCCEEDED,
    Outcome.PARTIAL: Ending.PARTIAL,
    Outcome.BLOCKED: Ending.BLOCKED,
    Outcome.FAILED: Ending.FAILED,
}


def _read_gates(said: Mapping[str, Any]) -> dict[str, bool] | None:
    """Map each gate that was run (one that failed was) to whether it failed; None where nothing is known."""
    run, failed = said.get("run"), said.get("failed")
    if run is None and failed is None:
        return None
    return dict.fromkeys(run or (), False) | dict.fromkeys(failed or (), True)
