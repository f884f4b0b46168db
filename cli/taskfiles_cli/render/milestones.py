"""Milestones for people: until when each is due, and how many of its tasks are open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from taskfiles.backlog.dates import is_past
from taskfiles.backlog.milestones import Milestone, find_milestone
from taskfiles.errors import number_of
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED
from taskfiles_cli.render.lines import escape


def milestone_texts(milestones: Iterable[Milestone]) -> Iterator[str]:
    """Yield a sentence for each milestone of which tasks are open.

    >>> [*milestone_texts([Milestone("v1", "2026-12-01", True, 2, 1)])]
    ['Milestone v1: overdue since 2026-12-01, 2 tasks open.']
    """
    for each in milestones:
        if each.open:
            when = f"overdue since {each.due}" if each.overdue else f"due {each.due}"
            yield f"Milestone {escape(each.name)}: {when}, {number_of(each.open, 'task')} open."


def with_day(
    whole: dict[str, Any], task: Task, dues: Mapping[str, str], now: datetime, zone: tzinfo
) -> dict[str, Any]:
    """Return a task object in which the milestone says until when it is due."""
    if (found := find_milestone(task, dues)) is None:
        return whole
    is_over = not is_word(task.state, CLOSED) and is_past(found[1], now, zone)
    return {**whole, "milestone": due_text(*found, is_past=is_over)}


def due_text(name: str, due: str, *, is_past: bool) -> str:
    """Write a milestone with its due day in a few words."""
    return f"{escape(name)} {'overdue since' if is_past else 'due'} {escape(due)}"
