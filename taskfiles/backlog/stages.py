"""Putting tasks into stages: dependencies in earlier stages, no conflict within one; pure.

Stages are numbers here, and a set of stages is an integer with a bit for each, so that the first free stage
of a task is found in a few operations however many stages there are.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from taskfiles.backlog.conflicts import ALONE, Needs, conflict_key, find_rivals


class Staging(NamedTuple):
    """Stages in order, each the sorted ids of its tasks, and two views of why there are several.

    `conflicts` has for each stage the sorted keys that stand between one of its tasks and one of a later
    stage. `waits` has for each task behind the first stage the keys between it and the stage before its
    own; none where that stage was full.
    """

    stages: list[list[str]]
    conflicts: list[list[str]]
    waits: dict[str, list[str]]


def stage_tasks(
    needs: Sequence[Needs], dependencies: Mapping[str, Collection[str]], max_parallel: int | None = None
) -> Staging:
    """Put each task into the first stage that can take it, those that come first in `needs` before others.

    `dependencies` name tasks of `needs` only and have no cycle; a stage takes at most `max_parallel` tasks.
    """
    board = _Board(needs, max_parallel)
    stage_of: dict[str, int] = {}
    for each in _in_order(needs, dependencies):
        earliest = 1 + max((stage_of[other] for other in dependencies.get(each.id, ())), default=-1)
        stage_of[each.id] = board.place(each, earliest)
    stages: list[list[str]] = [[] for _ in range(1 + max(stage_of.values(), default=-1))]
    for task_id in sorted(stage_of):
        stages[stage_of[task_id]].append(task_id)
    return Staging(stages, *_explain(needs, dependencies, stage_of, board.rivals))


def choose_parallel(needs: Iterable[Needs], count: int) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Take tasks in order, up to a count, but for those that conflict with one taken before.

    Gives the ids taken and, for each one passed over, its id, the conflict key and the other task's id.
    """
    needs = list(needs)
    rivals = find_rivals(needs)
    taken: list[str] = []
    skipped: list[tuple[str, str, str]] = []
    held: dict[str, tuple[str, str]] = {}  # a resource that can't be used any more -> key, holder
    closed: tuple[str, str] | None = None  # where a task that must be alone has been taken
    for each in needs:
        if len(taken) == count:
            break
        hits = [held[resource] for resource in each.resources if resource in held]
        if closed or (each.alone and taken):
            hits.append(closed or (ALONE, taken[0]))
        if hits:
            skipped.append((each.id, *min(hits)))
            continue
        taken.append(each.id)
        closed = (ALONE, each.id) if each.alone else None
        for resource in each.resources:
            for rival in rivals[resource]:
                held.setdefault(rival, (conflict_key(resource, rival), each.id))
    return taken, skipped


def _in_order(needs: Sequence[Needs], dependencies: Mapping[str, Collection[str]]) -> Iterable[Needs]:
    """Give tasks after those that they depend on, and of those that are free the first one."""
    place = {each.id: number for number, each in enumerate(needs)}
    waiting = {task_id: len(dependencies.get(task_id, ())) for task_id in place}
    dependents = _dependents(dependencies)
    free = [place[task_id] for task_id, count in waiting.items() if not count]
    heapq.heapify(free)
    while free:
        each = needs[heapq.heappop(free)]
        yield each
        for other in dependents.get(each.id, ()):
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(free, place[other])


def _dependents(dependencies: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    dependents: defaultdict[str, list[str]] = defaultdict(list)
    for task_id, others in dependencies.items():
        for other in others:
            dependents[other].append(task_id)
    return dependents


class _Board:
    """Which stages hold what."""

    def __init__(self, needs: Sequence[Needs], max_parallel: int | None) -> None:
        self.rivals = find_rivals(needs)
        self.max_parallel = max_parallel
        self.sizes: defaultdict[int, int] = defaultdict(int)
        self.used = self.closed = 0  # stages with a task; stages that take no more
        self.holds: defaultdict[str, int] = defaultdict(int)
        self.barred: defaultdict[str, int] = defaultdict(int)
        # Of two rivals the one with fewer rivals does the work, when it is placed and when it is looked
        # up. So a glob that overlaps with thousands costs each of them one step, and itself none.
        degree = {resource: (len(others), resource) for resource, others in self.rivals.items()}
        self.care = {
            resource: [other for other in others if degree[other] >= degree[resource]]
            for resource, others in self.rivals.items()
        }

    def place(self, each: Needs, earliest: int) -> int:
        """Put a task into the first stage from `earliest` on that can take it."""
        taken = self.used if each.alone else self.closed
        for resource in each.resources:
            taken |= self.barred[resource]
            for rival in self.care[resource]:
                taken |= self.holds[rival]
        free = ~taken >> earliest
        stage = earliest + (free & -free).bit_length() - 1
        self._enter(each, stage)
        return stage

    def _enter(self, each: Needs, stage: int) -> None:
        bit = 1 << stage
        self.sizes[stage] += 1
        self.used |= bit
        if each.alone or self.sizes[stage] == self.max_parallel:
            self.closed |= bit
        for resource in each.resources:
            self.holds[resource] |= bit
            for rival in self.care[resource]:
                self.barred[rival] |= bit


def _explain(
    needs: Sequence[Needs],
    dependencies: Mapping[str, Collection[str]],
    stage_of: Mapping[str, int],
    rivals: Mapping[str, Sequence[str]],
) -> tuple[list[list[str]], dict[str, list[str]]]:
    """Name the keys between the tasks of each stage and later ones, and of each task and the stage before."""
    end = 1 + max(stage_of.values(), default=-1)
    held: list[set[str]] = [set() for _ in range(end)]
    last: dict[str, int] = {}
    alone = {stage_of[each.id] for each in needs if each.alone}
    for each in needs:
        stage = stage_of[each.id]
        held[stage].update(each.resources)
        last.update({resource: max(stage, last.get(resource, 0)) for resource in each.resources})
    keys: list[set[str]] = [set() for _ in range(end)]
    for stage, resources in enumerate(held):
        for resource in resources:
            for rival in rivals[resource]:
                if last[rival] > stage:
                    keys[stage].add(conflict_key(resource, rival))
        if stage + 1 < end and (stage in alone or max(alone, default=-1) > stage):
            keys[stage].add(ALONE)
    waits: dict[str, list[str]] = {}
    for each in needs:
        before = stage_of[each.id] - 1
        if before < 0:
            continue
        found = {ALONE} if each.alone or before in alone else set()
        for other in dependencies.get(each.id, ()):
            keys[stage_of[other]].add(f"depends_on:{other}")
            if stage_of[other] == before:
                found.add(f"depends_on:{other}")
        for resource in each.resources:
            found |= {conflict_key(resource, rival) for rival in rivals[resource] if rival in held[before]}
        waits[each.id] = sorted(found)
    return [sorted(each) for each in keys], waits
