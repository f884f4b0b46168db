"""Tasks as a board: a column for each state, lanes across them, and what a card says; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from taskfiles.backlog.dates import is_overdue
from taskfiles.backlog.graph import find_roots, words
from taskfiles.backlog.milestones import find_due
from taskfiles.backlog.query import is_blocked, latest_activity, person, rank_of
from taskfiles.backlog.readiness import Backlog, find_obstacles
from taskfiles.basics.instants import find_instant
from taskfiles.errors import TaskfilesError
from taskfiles.task.attempts import attempt_list
from taskfiles.task.task import Task
from taskfiles.task.values import is_word, suggest
from taskfiles.task.words import CLOSED, ExecutionStatus, Priority, State

Claims: TypeAlias = "Mapping[str, Mapping[str, Any]]"
Key: TypeAlias = "tuple[float, float, str, str]"  # by what the cards of a column are ordered

LANES = ("none", "epic", "assignee", "milestone", "track")
_NO_DUES: Mapping[str, str] = MappingProxyType({})
NONE = ""  # the lane of the tasks without an epic, assignee, milestone or track
_URGENCY = {priority.value: float(number) for number, priority in enumerate(Priority)}
_WAITS = frozenset({"dependency", "ancestor-waits", "ancestor-closed", "ancestor-blocked", "circle"})
_PLACED = -100.0  # before all urgencies
_USD = 1_000_000
_MOST = 2**63  # a number above is no amount


class Wait(NamedTuple):
    """What a task waits for: a sentence that begins with “it”, and the other task's id if it is about one."""

    message: str
    other: str | None


class Tries(NamedTuple):
    """The outcome of the attempts at a task.

    `last` is the status of the latest, `failure` its error type or outcome if it did not complete. `usd` is
    what those cost of which that is known; `unpriced` counts the others.
    """

    total: int
    last: str
    failure: str | None
    usd: float
    unpriced: int


class Card(NamedTuple):
    """What a board says of one task.

    Values are as they are in the file, also where they are wrong. `due` is its day or instant as written,
    `overdue` whether an open task is past it; `children` are how many are done and how many there are;
    `claim` is as `claim_objects` has it; `waits` is empty for a closed task. `errors` counts the findings
    that make the file invalid, `rank` is where people have placed an open task. `milestone` is the name of an
    open task's milestone that has a due day, that day, and whether it is over; `links` counts its links.
    Boxes are not counted here: that takes the file's text.
    """

    id: str
    title: str
    kind: str
    state: str
    priority: str
    due: str | None
    overdue: bool
    children: tuple[int, int]
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    claim: Mapping[str, Any] | None
    blocked: str | None
    waits: tuple[Wait, ...]
    tries: Tries | None
    errors: int
    path: str
    etag: str
    parent: str | None
    rank: float | None = None
    milestone: tuple[str, str, bool] | None = None
    links: int = 0


class Column(NamedTuple):
    """The tasks of one state, in their order; `state` is the word, known or not."""

    state: str
    tasks: tuple[Task, ...]


class Lane(NamedTuple):
    """A band across all columns: the tasks that have `key` in common, in columns of the same states.

    `title` is that of the epic, else the key itself; the lane NONE is of the tasks that have no such key.
    `due` is the day of a milestone that has one.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    due: str | None = None

    @property
    def total(self) -> int:
        """How many tasks the lane has."""
        return sum(len(column.tasks) for column in self.columns)


class Board(NamedTuple):
    """Columns in the order of states, and lanes; each task is in one column, and in one lane of each kind.

    Without lanes there is one lane, NONE, with all columns.
    """

    columns: tuple[Column, ...]
    lanes: tuple[Lane, ...]

    @property
    def total(self) -> int:
        """How many tasks the board has."""
        return sum(len(column.tasks) for column in self.columns)

    @property
    def counts(self) -> dict[str, int]:
        """How many tasks each column has."""
        return {column.state: len(column.tasks) for column in self.columns}


def make_board(
    tasks: Iterable[Task],
    backlog: Backlog,
    *,
    lanes: str = "none",
    claims: Claims | None = None,
    keys: Mapping[str, Key] | None = None,
    milestones: Mapping[str, str] = _NO_DUES,
) -> Board:
    """Arrange tasks, usually those that a filter leaves of the backlog, in columns and lanes.

    Every known state has a column, also an empty one; a state that the format does not know comes after
    them as it is written. Within a column come first the tasks that have a `rank`, the lowest first, then
    those that somebody holds, then the more urgent, then the older; closed tasks by their end, the latest
    first. `lanes` is one of LANES. `keys` are the order keys of all these tasks by path, where the caller has
    them; `milestones` maps milestones to their due days.
    Raises TaskfilesError (bad-value) for another word.
    """
    if lanes not in LANES:
        remedy = f"{suggest(lanes, LANES)}Use one of {', '.join(LANES)}."
        raise TaskfilesError(
            "bad-value", option="lanes", given=f"“{lanes}”", problem="there are no such lanes", remedy=remedy
        )
    held = claims or {}
    known = {} if keys is None else keys
    found: dict[str, list[Task]] = {state.value: [] for state in State}
    for task in tasks:
        found.setdefault(str(task.state), []).append(task)
    columns = tuple(
        Column(state, tuple(sorted(each, key=lambda task: known.get(task.path) or order_key(task, held))))
        for state, each in found.items()
    )
    return Board(columns, _make_lanes(columns, backlog, lanes, milestones))


def order_key(task: Task, claims: Claims) -> Key:
    """Return by what a task is ordered in its column; ids make it unlike every other task's.

    Of the open ones come first those that people have placed by `rank`, the lowest first.
    """
    if is_word(task.state, CLOSED):
        ended = task.completed_at or task.updated_at or latest_activity(task)
        return (0.0, -ended.timestamp() if ended else float("inf"), task.id, task.path)
    priority = task.get("priority")
    if (rank := rank_of(task)) is not None:
        return (_PLACED, rank, task.id, task.path)
    urgency = -_URGENCY[priority] if is_word(priority, _URGENCY) else 1.0
    created = task.created_at
    held = 0.0 if task.id in claims else 1.0
    return (held * 10 + urgency, created.timestamp() if created else float("inf"), task.id, task.path)


def _make_lanes(
    columns: Sequence[Column], backlog: Backlog, lanes: str, milestones: Mapping[str, str]
) -> tuple[Lane, ...]:
    if lanes == "none":
        return (Lane(NONE, "", tuple(columns)),)
    key_of = _lane_keys(backlog, lanes)
    found: dict[str, list[list[Task]]] = {}
    for number, column in enumerate(columns):
        for task in column.tasks:
            found.setdefault(key_of(task), [[] for _ in columns])[number].append(task)
    made = []
    for key in sorted(found, key=lambda key: (key == NONE, key)):
        parts = tuple(
            Column(column.state, tuple(each)) for column, each in zip(columns, found[key], strict=True)
        )
        top = backlog.by_id.get(key) if lanes == "epic" else None
        due = milestones.get(key) if lanes == "milestone" else None
        made.append(Lane(key, _text(top.title) if top is not None else key, parts, due))
    return tuple(made)


def _lane_keys(backlog: Backlog, lanes: str) -> Callable[[Task], str]:
    """Return what gives the lane of a task: one each, the first of several assignees, so that sums add up."""
    if lanes == "epic":
        roots = find_roots(backlog.parents)
        return lambda task: roots.get(task.id, task.id if task.kind == "epic" else NONE)
    if lanes == "assignee":
        return lambda task: next((person(name) for name in words(task, "assignees")), NONE)
    return lambda task: _line(task.value(lanes)) or NONE


def make_card(
    task: Task,
    backlog: Backlog,
    *,
    claims: Claims | None = None,
    now: datetime,
    zone: tzinfo = UTC,
    milestones: Mapping[str, str] = _NO_DUES,
) -> Card:
    """Say what a board says of a task at an instant; days are meant in `zone`.

    `milestones` maps milestones to their due days.
    """
    below = backlog.children.get(task.id, [])
    is_open = not is_word(task.state, CLOSED)
    due, parent, links = task.value("due"), backlog.parents.get(task.id), task.value("links")
    return Card(
        task.id,
        _text(task.title),
        _text(task.kind),
        _text(task.state),
        _text(task.get("priority")),
        _text(due) if due is not None else None,
        is_open and is_overdue(task, now, zone),
        (sum(backlog.is_done(each) for each in below), len(below)),
        tuple(words(task, "labels")),
        tuple(words(task, "assignees")),
        (claims or {}).get(task.id),
        _line(task.value("blocked")) if is_blocked(task) else None,
        find_waits(task, backlog) if is_open else (),
        find_tries(task),
        len(task.errors),
        task.path,
        task.etag,
        parent,
        rank_of(task) if is_open else None,
        find_due(task, milestones, now, zone) if is_open else None,
        len(links) if isinstance(links, list) else 0,
    )


def find_waits(task: Task, backlog: Backlog) -> tuple[Wait, ...]:
    """List what an open task waits for in other tasks: dependencies, ancestors, a circle."""
    if not backlog.dependencies.get(task.id) and task.id not in backlog.parents:
        return ()
    return tuple(
        Wait(each.message, each.other) for each in find_obstacles(task, backlog) if each.code in _WAITS
    )


def find_tries(task: Task) -> Tries | None:
    """Sum up the attempts at a task; None if there are none. Attempts that can't be read are not counted."""
    execution = task.value("execution")
    if not isinstance(execution, dict):
        return None
    attempts = [each for each in attempt_list({"execution": execution}) if isinstance(each, dict)]
    if not attempts:
        return None
    last = max(attempts, key=lambda each: find_instant(each.get("ended_at")) or _EVER)
    status = _text(last.get("status"))
    failed = status != ExecutionStatus.COMPLETED
    why = next((_line(last.get(key)) for key in ("error_type", "outcome") if last.get(key)), None)
    costs = [cost for each in attempts if (cost := cost_of(each)) is not None]
    return Tries(len(attempts), status, why if failed else None, sum(costs), len(attempts) - len(costs))


def cost_of(attempt: Mapping[str, Any]) -> float | None:
    """Return what an attempt cost in US dollars, the actual amount before the estimated; None if unknown."""
    cost = attempt.get("cost")
    for key in ("actual_usd_micros", "estimated_usd_micros"):
        micros = cost.get(key) if isinstance(cost, dict) else None
        if type(micros) is int and 0 <= micros < _MOST:
            return micros / _USD
    return None


_EVER = datetime.min.replace(tzinfo=UTC)


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _line(value: object) -> str:
    return " ".join(_text(value).split())
