"""Where tasks stand, as people look at them: what they wait for, what is ticked, what is overdue; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any, TypeAlias

from taskfiles.backlog.dates import is_past
from taskfiles.backlog.graph import texts_in
from taskfiles.backlog.query import read_rank, says_blocked
from taskfiles.backlog.readiness import Backlog
from taskfiles.basics.instants import find_instant, find_span
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.columns import count_criteria, read_columns
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
_SORTED = ("state", "priority", "due", "rank", "completed_at")
_NEVER = float("inf")  # `math` takes long to import
_NOTHING = [None, None, None]
_Key: TypeAlias = "tuple[int, float, float, float]"


class Standing(NamedTuple):
    """Where one task stands; values are as the file has them, unchecked.

    `ticked` of `boxes` acceptance criteria are met. `waits` are the ids that an open task waits for, its
    ancestors' too; `blocked` is the reason in one line, None without. `due` is the day or instant as text;
    `milestone` is the name of an open task's milestone that has a due day, that day, and whether it is over.
    """

    id: str
    title: Any
    state: Any
    priority: Any
    ticked: int
    boxes: int
    assignees: list[str]
    due: str | None
    is_overdue: bool
    waits: list[str]
    blocked: str | None
    milestone: tuple[str, str, bool] | None = None


def describe_standings(
    tasks: Sequence[Task],
    backlog: Backlog,
    now: datetime,
    zone: tzinfo = UTC,
    milestones: Mapping[str, str] = MappingProxyType({}),
) -> list[Standing]:
    """Return where tasks of a backlog stand at an instant; `zone` is where days are meant.

    `milestones` maps names to due days.

    Raises TaskfilesError (changed-underneath) if a file has changed since the index was read.
    """
    # A list of thousands asks: values are taken key by key, and most tasks have none for most keys.
    titles, states, priorities, assignees, dues, reasons, names = read_columns(tasks, _SHOWN)
    still_open = [not (isinstance(state, str) and state in CLOSED) for state in states]
    criteria = count_criteria(tasks)
    hindered = backlog.hindered
    due_days = {name: (name, day, is_past(day, now, zone)) for name, day in milestones.items()}
    columns = (
        [task.id for task in tasks],
        [_TITLE if title is None else title for title in titles],
        states,
        [_PRIORITY if priority is None else priority for priority in priorities],
        [ticked for ticked, _ in criteria],
        [boxes for _, boxes in criteria],
        [texts_in(people) if people else [] for people in assignees],
        [None if due is None else str(due) for due in dues],
        [
            due is not None and is_open and is_past(due, now, zone)
            for due, is_open in zip(dues, still_open, strict=True)
        ],
        [
            find_waits(task, backlog) if task.id in hindered and is_open else []
            for task, is_open in zip(tasks, still_open, strict=True)
        ],
        [
            " ".join(str(reason).split()) if reason is not None and is_open and says_blocked(reason) else None
            for reason, is_open in zip(reasons, still_open, strict=True)
        ],
        [
            due_days[name] if is_open and isinstance(name, str) and name in due_days else None
            for name, is_open in zip(names, still_open, strict=True)
        ],
    )
    return [*map(Standing._make, zip(*columns, strict=True))]


def find_waits(task: Task, backlog: Backlog) -> list[str]:
    """List the ids of what an open task waits for: its dependencies, those of the task above, that task."""
    found = list(backlog.unfinished(task.id)) if backlog.dependencies.get(task.id) else []
    if (ancestor := backlog.waits_with.get(task.id)) is not None:
        found += backlog.unfinished(ancestor)
    if (stopped := backlog.stopped_by.get(task.id)) is not None:
        found.append(stopped)
    return list(dict.fromkeys(found))


def sort_by_urgency(tasks: Iterable[Task], zone: tzinfo = UTC) -> list[Task]:
    """Sort tasks as people look at them.

    What is under way comes before what is ready and what is an idea; within a state the most urgent first,
    then what is due earliest, then by `rank`; what is done by its end, the latest first. Ties go by id.
    """
    ordered = sort_by_id(tasks)
    states, priorities, dues, ranks, ends = read_columns(ordered, _SORTED)
    # Thousands of tasks have a few keys: each is made once, and each one's tasks stay in their order.
    known: dict[tuple[str, str | None], _Key] = {}
    groups: dict[_Key, list[Task]] = {}
    for task, state, priority, *more in zip(ordered, states, priorities, dues, ranks, ends, strict=True):
        if more == _NOTHING and type(state) is str and (priority is None or type(priority) is str):
            pair = (state, priority)
            key = known.get(pair) or known.setdefault(pair, _key(state, priority, more, zone))
        else:
            key = _key(task.state, priority, more, zone)
        groups.setdefault(key, []).append(task)
    return [task for key in sorted(groups) for task in groups[key]]


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
