"""Where tasks stand, as people look at them: what they wait for, what is ticked, what is overdue; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any, TypeAlias

from taskfiles.backlog.dates import is_past
from taskfiles.backlog.graph import texts_in
from taskfiles.backlog.query import read_rank, says_blocked
from taskfiles.backlog.readiness import Backlog
from taskfiles.basics.instants import find_instant, find_span
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.columns import count_criteria, pick, read_columns, read_ids, read_states
from taskfiles.task.keys import DEFAULTS
from taskfiles.task.order import sort_by_id
from taskfiles.task.task import Task
from taskfiles.task.words import CLOSED, Priority
from taskfiles.text.nodes import Value

# What is under way comes first, what is closed last; an unknown state is named before those.
_ORDER = {"in-progress": 0, "ready": 1, "idea": 2, "done": 4, "canceled": 5}
_UNKNOWN = 3
_URGENCY = {word.value: -number for number, word in enumerate(Priority)}
_TITLE, _PRIORITY = DEFAULTS.get("title"), DEFAULTS.get("priority")
_SHOWN = ("title", "state", "priority", "assignees", "due", "blocked", "milestone")
_SORTED = ("priority", "due", "rank", "completed_at")
_NEVER = float("inf")  # `math` takes long to import
_NOTHING = (None, None, None)
_Key: TypeAlias = "tuple[int, float, float, float]"


class Standings(NamedTuple):
    """Where tasks stand, a column for each fact; values are as the files have them, unchecked.

    `ticked` of `boxes` acceptance criteria are met. `waits` are the ids that an open task waits for, its
    ancestors' too; `blocked` is the reason in one line, None without. `due` is the day or instant as text;
    `milestone` is the name of an open task's milestone that has a due day, that day, and whether it is over.
    """

    id: Sequence[str]
    title: Sequence[Any]
    state: Sequence[Any]
    priority: Sequence[Any]
    ticked: Sequence[int]
    boxes: Sequence[int]
    assignees: Sequence[Sequence[str]]
    due: Sequence[str | None]
    is_overdue: Sequence[bool]
    waits: Sequence[Sequence[str]]
    blocked: Sequence[str | None]
    milestone: Sequence[tuple[str, str, bool] | None]


def describe_standings(
    tasks: Sequence[Task],
    backlog: Backlog,
    now: datetime,
    zone: tzinfo = UTC,
    milestones: Mapping[str, str] = MappingProxyType({}),
) -> Standings:
    """Return where tasks of a backlog stand at an instant; `zone` is where days are meant.

    `milestones` maps names to due days.

    Raises TaskfilesError (changed-underneath) if a file has changed since the index was read.
    """
    # A list of thousands asks: most tasks have none for most keys.
    ids = read_ids(tasks)
    titles, states, priorities, assignees, dues, reasons, names = read_columns(tasks, _SHOWN)
    is_open = [not (isinstance(state, str) and state in CLOSED) for state in states]
    criteria = count_criteria(tasks)
    hindered = backlog.hindered
    due_days = {name: (name, day, is_past(day, now, zone)) for name, day in milestones.items()}
    return Standings(
        ids,
        _each(titles, _TITLE),
        states,
        _each(priorities, _PRIORITY),
        [ticked for ticked, _ in criteria],
        [boxes for _, boxes in criteria],
        _each(assignees, (), texts_in),
        _each(dues, None, str),
        _each(_where(is_open, dues), False, lambda due: is_past(due, now, zone)),
        [
            find_waits(task_id, backlog) if opened and task_id in hindered else ()
            for task_id, opened in zip(ids, is_open, strict=True)
        ]
        if hindered
        else [()] * len(ids),
        _each(_where(is_open, reasons), None, lambda why: _one_line(why) if says_blocked(why) else None),
        _each(
            _where(is_open, names) if due_days else [None] * len(ids),
            None,
            lambda name: due_days.get(name) if isinstance(name, str) else None,
        ),
    )


def _each(values: Sequence[Any], nothing: Any, make: Callable[[Any], Any] | None = None) -> Sequence[Any]:
    """Return what is made of each value, `nothing` of None."""
    if values.count(None) == len(values):
        return [nothing] * len(values)
    if make is None:
        return [nothing if value is None else value for value in values]
    return [nothing if value is None else make(value) for value in values]


def _where(conditions: Sequence[bool], values: Sequence[Any]) -> Sequence[Any]:
    """Return values, None where a condition does not hold."""
    if values.count(None) == len(values):
        return values
    return [value if holds else None for value, holds in zip(values, conditions, strict=True)]


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())


def find_waits(task_id: str, backlog: Backlog) -> list[str]:
    """List the ids of what an open task waits for: its dependencies, those of the task above, that task."""
    found = list(backlog.unfinished(task_id)) if backlog.dependencies.get(task_id) else []
    if (ancestor := backlog.waits_with.get(task_id)) is not None:
        found += backlog.unfinished(ancestor)
    if (stopped := backlog.stopped_by.get(task_id)) is not None:
        found.append(stopped)
    return list(dict.fromkeys(found))


def sort_by_urgency(tasks: Sequence[Task], zone: tzinfo = UTC) -> Sequence[Task]:
    """Sort tasks as people look at them.

    What is under way comes before what is ready and what is an idea; within a state the most urgent first,
    then what is due earliest, then by `rank`; what is done by its end, the latest first. Ties go by id.
    """
    ordered = sort_by_id(tasks)
    states = read_states(ordered)
    priorities, *more = read_columns(ordered, _SORTED)
    # Thousands of tasks have a few keys: each is made once, and each one's tasks stay in their order.
    known: dict[tuple[str, str | None], list[int]] = {}
    groups: dict[_Key, list[int]] = {}
    for number, (state, priority, rest) in enumerate(
        zip(states, priorities, zip(*more, strict=True), strict=True)
    ):
        if rest == _NOTHING and type(state) is str and (priority is None or type(priority) is str):
            group = known.get((state, priority))
            if group is None:
                key = _key(state, priority, rest, zone)
                group = known[state, priority] = groups.setdefault(key, [])
        else:
            group = groups.setdefault(_key(state, priority, rest, zone), [])
        group.append(number)
    return pick(ordered, (number for key in sorted(groups) for number in groups[key]))


def _key(state: Any, priority: Value, more: Sequence[Value], zone: tzinfo) -> _Key:
    """Return what tasks are sorted by before their ids; `more` are the values of due, rank, completed_at."""
    due, rank, end = more
    state = state if isinstance(state, str) else ""
    order = _ORDER.get(state, _UNKNOWN)
    if state in CLOSED:
        ended = find_instant(end, zone)
        return order, -ended.timestamp() if ended else 0.0, 0.0, 0.0
    urgency = _URGENCY.get(priority, 0) if isinstance(priority, str) else 0
    span = find_span(due, zone)
    place = read_rank(rank)
    return (
        order,
        urgency,
        span[1].timestamp() if span else _NEVER,
        _NEVER if place is None else place,
    )
