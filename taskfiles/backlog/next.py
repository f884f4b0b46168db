"""Choosing what to work on next: the ready tasks in order of rank, and those that go together; pure."""

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
    """A candidate that was passed over: it conflicts, by this key, with one that was selected."""

    id: str
    conflict: str
    other: str


class Choice(NamedTuple):
    """What to work on next: candidates in order of rank, ids selected among them, those passed over.

    Of the leaf tasks `waiting` counts those in state ready that can't be started, `claimed` those in state
    ready that others hold, `ideas` those that nobody has made ready, `unfit` those that can be started and
    ask for more than the caller's limits.
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
    """Rank the ready leaf tasks and select the best one, or with `parallelize` that many without conflict.

    `executor` leaves out what asks for more than that level, `max_size` what is larger. `held` are ids that
    others hold, `lapsed` those whose claim has run out, which may be in progress. With `parallelize` the
    candidates reach to the last that was looked at.
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
