"""Twins: several files that carry one id, as a merge can leave them; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from taskfiles.instants import parse_instant
from taskfiles.merge import MergeResult, is_one_history, merge_task
from taskfiles.task import Task

_NEVER = datetime.min.replace(tzinfo=UTC)


class Twins(NamedTuple):
    """The files with one id, the one changed last first.

    `is_one_task` tells that all come from one task, which has stood in two places since a merge: they
    are to be merged. Otherwise two tasks were given one id apart from each other: one is to be renamed.
    """

    id: str
    tasks: list[Task]
    is_one_task: bool


def find_twins(tasks: Iterable[Task]) -> list[Twins]:
    """Group the tasks whose id stands in more than one file, ordered by id."""
    by_id: defaultdict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_id[task.id].append(task)
    return [
        Twins(task_id, _latest_first(group), all(is_one_history(group[0], other) for other in group[1:]))
        for task_id, group in sorted(by_id.items())
        if len(group) > 1
    ]


def merge_twins(first: Task, second: Task, base: bytes = b"") -> MergeResult:
    """Merge two files of one task, the one changed last as ours.

    `settled` is the text to offer: it has the attempts and list items of both, and of every conflict
    what the later file says. Their `conflicts`, the state at least, are for a person to look at.
    Without the common ancestor's bytes every difference of a single value is one.
    """
    later, earlier = _latest_first([first, second])
    return merge_task(base, later.data, earlier.data)


def _latest_first(tasks: list[Task]) -> list[Task]:
    return sorted(sorted(tasks, key=lambda task: task.path), key=_last_change, reverse=True)


def _last_change(task: Task) -> datetime:
    found = [_NEVER]
    for key in ("updated_at", "last_activity_at", "completed_at"):
        try:
            found.append(parse_instant(str(task.values.get(key))))
        except ValueError:
            continue
    return max(found)
