"""Where tasks stand, as people look at them: what they wait for, what is ticked, what is overdue; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any, NamedTuple

from taskfiles.backlog.dates import is_overdue, is_past
from taskfiles.backlog.graph import words
from taskfiles.backlog.milestones import find_milestone
from taskfiles.backlog.query import is_blocked, rank_of
from taskfiles.backlog.readiness import Backlog
from taskfiles.basics.instants import find_instant, find_span
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, Priority

# What is under way comes first, what is closed last; an unknown state is named before those.
_ORDER = {"in-progress": 0, "ready": 1, "idea": 2, "done": 4, "canceled": 5}
_UNKNOWN = 3
_URGENCY = {word.value: -number for number, word in enumerate(Priority)}


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


def describe_standing(
    task: Task,
    backlog: Backlog,
    now: datetime,
    zone: tzinfo = UTC,
    milestones: Mapping[str, str] = MappingProxyType({}),
) -> Standing:
    """Return where a task of a backlog stands at an instant; `zone` is where days are meant.

    `milestones` maps names to due days.

    Raises TaskfilesError (changed-underneath) if the file has changed since the index was read.
    """
    is_open = not is_word(task.state, CLOSED)
    given = task.value("due")
    found = Standing(
        task.id,
        task.title,
        task.state,
        task.get("priority"),
        *task.criteria,
        words(task, "assignees"),
        None if given is None else str(given),
        is_open and is_overdue(task, now, zone),
        find_waits(task, backlog) if is_open else [],
        " ".join(str(task.get("blocked")).split()) if is_open and is_blocked(task) else None,
        _find_milestone(task, milestones, now, zone) if is_open else None,
    )
    task.drop_cached()  # the texts of many tasks take more memory than all else
    return found


def _find_milestone(
    task: Task, milestones: Mapping[str, str], now: datetime, zone: tzinfo
) -> tuple[str, str, bool] | None:
    found = find_milestone(task, milestones)
    return None if found is None else (*found, is_past(found[1], now, zone))


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
    return sorted(tasks, key=lambda task: _key(task, zone))


def _key(task: Task, zone: tzinfo) -> tuple[int, float, float, float, str]:
    state = task.state if isinstance(task.state, str) else ""
    order = _ORDER.get(state, _UNKNOWN)
    if state in CLOSED:
        ended = find_instant(task.value("completed_at"), zone)
        return order, -ended.timestamp() if ended else 0.0, 0.0, 0.0, task.id
    priority = task.get("priority")
    urgency = _URGENCY.get(priority, 0) if isinstance(priority, str) else 0
    span = find_span(task.value("due"), zone)
    rank = rank_of(task)
    return (
        order,
        urgency,
        span[1].timestamp() if span else math.inf,
        math.inf if rank is None else rank,
        task.id,
    )
