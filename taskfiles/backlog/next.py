"""Choose what to work on next: the ready tasks by rank, or several without conflicts; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from taskfiles.backlog.conflicts import read_needs
from taskfiles.backlog.ranking import Candidate, can_execute, rank_tasks
from taskfiles.backlog.readiness import Backlog, find_obstacles
from taskfiles.backlog.stages import choose_parallel
from taskfiles.task.task import Task
from taskfiles.task.words import Size, State

_SIZES = list(Size)


class Skipped(NamedTuple):
    """A candidate that was not selected, since it conflicts with the selected `other` by this key."""

    id: str
    conflict: str
    other: str


class Choice(NamedTuple):
    """What to work on next: candidates by rank, the ids selected among them, and those skipped.

    The counts are of leaf tasks: `waiting` in state ready with obstacles, `claimed` in state ready and held
    by others, `ideas` in state idea, `unfit` without obstacles but beyond the caller's limits.
    """

    candidates: list[Candidate]
    selected: list[str]
    skipped: list[Skipped]
    waiting: int
    claimed: int = 0
    ideas: int = 0
    unfit: int = 0


def choose_next(
    tasks: Iterable[Task],
    *,
    count: int = 10,
    executor: str | None = None,
    max_size: str | None = None,
    parallelize: int | None = None,
    held: Collection[str] = (),
    lapsed: Collection[str] = (),
    now: datetime | None = None,
) -> Choice:
    """Rank the ready leaf tasks and select the best one, or up to `parallelize` without conflicts.

    `executor` leaves out tasks that need a higher level, `max_size` larger ones. `held` are ids claimed by
    others, `lapsed` those whose claim has expired, which may be in progress. `count` limits the candidates;
    with `parallelize` all that were considered are returned.
    """
    backlog = Backlog(tasks)
    ready: list[Task] = []
    waiting = claimed = ideas = unfit = 0
    for task in backlog.tasks:
        if backlog.children.get(task.id):
            continue
        again = task.id in lapsed
        if not (task.state == State.READY or (again and task.state == State.IN_PROGRESS)):
            ideas += task.state == State.IDEA
        elif task.id in held:
            claimed += task.state == State.READY
        elif find_obstacles(task, backlog, lapsed=again):
            waiting += task.state == State.READY
        elif (executor is None or can_execute(task, executor)) and _fits(task, max_size):
            ready.append(task)
        else:
            unfit += 1
    candidates = rank_tasks(ready, backlog, executor=executor, now=now)
    if parallelize is None:
        best = [each.task.id for each in candidates[:1]]
        return Choice(candidates[:count], best, [], waiting, claimed, ideas, unfit)
    needs = [read_needs(each.task) for each in candidates]
    selected, passed = choose_parallel(needs, parallelize)
    skipped = [Skipped(*each) for each in passed]
    seen = max(count, len(selected) + len(skipped))
    return Choice(candidates[:seen], selected, skipped, waiting, claimed, ideas, unfit)


def _fits(task: Task, max_size: str | None) -> bool:
    return max_size is None or _SIZES.index(task.get("size")) <= _SIZES.index(Size(max_size))
