"""The days that a task is planned for: until when it is due, and before when it is not to be begun; pure."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from taskfiles.basics.instants import find_span
from taskfiles.task.task import Task


def is_overdue(task: Task, now: datetime, zone: tzinfo = UTC) -> bool:
    """Return whether a task is due before an instant; a day of `zone` is due at its end."""
    return is_past(task.value("due"), now, zone)


def is_past(due: object, now: datetime, zone: tzinfo = UTC) -> bool:
    """Return whether what a value stands for has ended: a day at its end; False for what is no instant."""
    span = find_span(due, zone)
    return span is not None and span[1] < now


def is_early(task: Task, now: datetime, zone: tzinfo = UTC) -> bool:
    """Return whether a task is not to be begun yet; a day of `zone` is meant from its begin."""
    span = find_span(task.value("not_before"), zone)
    return span is not None and span[0] > now
