"""Milestones that tasks.toml declares with the day by which they are due, and what is open of each; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo

from taskfiles.backlog.dates import is_past
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.task import Task


class Milestone(NamedTuple):
    """A milestone with its due day; `overdue` once that has passed and tasks of it are open.

    `open` and `closed` count its tasks, as far as they were looked at.
    """

    name: str
    due: str
    overdue: bool
    open: int
    closed: int


def find_milestone(task: Task, dues: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the name and due day of a task's milestone; None without one, or without a day."""
    name = task.value("milestone") if dues else None
    return (name, dues[name]) if isinstance(name, str) and name in dues else None


def find_due_day(task: Task, dues: Mapping[str, str]) -> str | None:
    """Return the due day of a task's milestone, as answers have it by MILESTONE_DUE; None without one."""
    return due_day_of(task.value("milestone"), dues) if dues else None


def due_day_of(milestone: object, dues: Mapping[str, str]) -> str | None:
    """Return the due day of what a task has as its milestone; None without one, or without a day."""
    return dues.get(milestone) if isinstance(milestone, str) else None


def find_due(
    task: Task, dues: Mapping[str, str], now: datetime, zone: tzinfo = UTC
) -> tuple[str, str, bool] | None:
    """Return the name and due day of a task's milestone, and whether that is over; None without them."""
    found = find_milestone(task, dues)
    return None if found is None else (*found, is_past(found[1], now, zone))


def count_milestones(
    tasks: Iterable[tuple[str, bool]], dues: Mapping[str, str], now: datetime, zone: tzinfo = UTC
) -> tuple[Milestone, ...]:
    """Count the tasks of milestones, each as the milestone's name and whether the task is closed.

    Milestones without a due day or a task are left out; the earliest comes first.

    >>> count_milestones([("v1", False)], {"v1": "2025-11-02"}, datetime(2025, 11, 3, tzinfo=UTC))
    (Milestone(name='v1', due='2025-11-02', overdue=True, open=1, closed=0),)
    """
    counts: dict[str, list[int]] = {}
    for name, is_closed in tasks:
        if name in dues:
            counts.setdefault(name, [0, 0])[is_closed] += 1
    return tuple(
        Milestone(name, dues[name], opened > 0 and is_past(dues[name], now, zone), opened, closed)
        for name, (opened, closed) in sorted(counts.items(), key=lambda item: (dues[item[0]], item[0]))
    )
