"""Schedule tasks in stages: dependencies in earlier stages, no conflicts within one; pure.

A stage is a number here, and a set of stages an integer with a bit for each, so that the first free stage
for a task is found in a few operations, however many stages there are.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from taskfiles.backlog.conflicts import ALONE, Needs, conflict_key, find_rivals
from taskfiles.basics.named_tuple import NamedTuple


class Staging(NamedTuple):
    """Stages in order, each the sorted ids of its tasks, and two views of why there are several.

    `conflicts` has for each stage the sorted conflict keys between its tasks and those of later stages.
    `waits` has for each task after the first stage the keys between it and the stage before its own; none
    if that stage was full.
    """

    stages: list[list[str]]
    conflicts: list[list[str]]
    waits: dict[str, list[str]]


def stage_tasks(
    needs: Sequence[Needs], dependencies: Mapping[str, Collection[str]], max_parallel: int | None = None
) -> Staging:
    """Schedule each task in the first stage that can take it, in the order of `needs`.

    `dependencies` have no cycle; a stage takes at most `max_parallel` tasks. What they name and `needs` does
    not has them in common: many tasks that wait for the same others, as those below one ancestor do, name it
    instead of each of them.
    """
    occupancy = _Occupancy(needs, max_parallel)
    by_id = {each.id: each for each in needs}
    stage_of: dict[str, int] = {}
    for name in _in_order(needs, dependencies):
        last = max((stage_of[other] for other in dependencies.get(name, ())), default=-1)
        stage_of[name] = occupancy.place(by_id[name], 1 + last) if name in by_id else last
    stages: list[list[str]] = [[] for _ in range(1 + max(stage_of.values(), default=-1))]
    for task_id in sorted(by_id):
        stages[stage_of[task_id]].append(task_id)
    return Staging(stages, *_explain(needs, dependencies, stage_of, occupancy.rivals))


def choose_parallel(needs: Iterable[Needs], count: int) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Select tasks in order, up to a count, skipping those that conflict with one already selected.

    Returns the selected ids and, for each skipped task, its id, the conflict key and the other task's id.
    """
    needs = list(needs)
    rivals = find_rivals(needs)
    taken: list[str] = []
    skipped: list[tuple[str, str, str]] = []
    held: dict[str, tuple[str, str]] = {}  # a resource that can't be used any more -> key, holder
    closed: tuple[str, str] | None = None  # set once a task that must run alone is selected
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


def _in_order(needs: Sequence[Needs], dependencies: Mapping[str, Collection[str]]) -> Iterable[str]:
    """Yield each id after its dependencies, those of tasks otherwise in the order of `needs`."""
    place = {each.id: number for number, each in enumerate(needs)}
    shared = sorted(dependencies.keys() - place.keys())
    place |= {name: number for number, name in enumerate(shared, -len(shared))}
    waiting = {name: len(dependencies.get(name, ())) for name in place}
    dependents = _dependents(dependencies)
    free = [(place[name], name) for name, count in waiting.items() if not count]
    heapq.heapify(free)
    while free:
        _, name = heapq.heappop(free)
        yield name
        for other in dependents.get(name, ()):
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(free, (place[other], other))


def _dependents(dependencies: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    dependents: defaultdict[str, list[str]] = defaultdict(list)
    for task_id, others in dependencies.items():
        for other in others:
            dependents[other].append(task_id)
    return dependents


class _Occupancy:
    """Which stages use which resources, as bit sets of stages."""

    def __init__(self, needs: Sequence[Needs], max_parallel: int | None) -> None:
        self.rivals = find_rivals(needs)
        self.max_parallel = max_parallel
        self.sizes: defaultdict[int, int] = defaultdict(int)
        self.used = self.closed = 0  # stages with a task; stages that take no more
        self.used_in: defaultdict[str, int] = defaultdict(int)
        self.barred_from: defaultdict[str, int] = defaultdict(int)
        # A pair of rivals is handled by the one with fewer rivals, both when it is placed and when it is
        # looked up: a glob that overlaps with thousands costs each of them one step, and itself none.
        degree = {resource: (len(others), resource) for resource, others in self.rivals.items()}
        self.handled = {
            resource: [other for other in others if degree[other] >= degree[resource]]
            for resource, others in self.rivals.items()
        }

    def place(self, each: Needs, earliest: int) -> int:
        """Put a task into the first stage from `earliest` on that can take it."""
        taken = self.used if each.alone else self.closed
        for resource in each.resources:
            taken |= self.barred_from[resource]
            for rival in self.handled[resource]:
                taken |= self.used_in[rival]
        free = ~taken >> earliest
        stage = earliest + (free & -free).bit_length() - 1
        self._add(each, stage)
        return stage

    def _add(self, each: Needs, stage: int) -> None:
        bit = 1 << stage
        self.sizes[stage] += 1
        self.used |= bit
        if each.alone or self.sizes[stage] == self.max_parallel:
            self.closed |= bit
        for resource in each.resources:
            self.used_in[resource] |= bit
            for rival in self.handled[resource]:
                self.barred_from[rival] |= bit


def _explain(
    needs: Sequence[Needs],
    dependencies: Mapping[str, Collection[str]],
    stage_of: Mapping[str, int],
    rivals: Mapping[str, Sequence[str]],
) -> tuple[list[list[str]], dict[str, list[str]]]:
    """Return the `conflicts` and `waits` of a `Staging`."""
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
    lasts = _find_lasts(needs, dependencies, stage_of)
    for name in _find_shared(needs, dependencies):
        for other in dependencies[name]:
            keys[stage_of[other]].add(f"depends_on:{lasts.get(other, other)}")
    waits: dict[str, list[str]] = {}
    for each in needs:
        before = stage_of[each.id] - 1
        if before < 0:
            continue
        found = {ALONE} if each.alone or before in alone else set()
        for name in dependencies.get(each.id, ()):
            other = lasts.get(name, name)
            keys[stage_of[other]].add(f"depends_on:{other}")
            if stage_of[other] == before:
                found.add(f"depends_on:{other}")
        for resource in each.resources:
            found |= {conflict_key(resource, rival) for rival in rivals[resource] if rival in held[before]}
        waits[each.id] = sorted(found)
    return [sorted(each) for each in keys], waits


def _find_shared(needs: Sequence[Needs], dependencies: Mapping[str, Collection[str]]) -> set[str]:
    """Return the names of common dependencies for which a task waits."""
    tasks = {each.id for each in needs}
    found: set[str] = set()
    pending = [name for each in needs for name in dependencies.get(each.id, ())]
    while pending:
        name = pending.pop()
        if name not in tasks and name not in found:
            found.add(name)
            pending += dependencies[name]
    return found


def _find_lasts(
    needs: Sequence[Needs], dependencies: Mapping[str, Collection[str]], stage_of: Mapping[str, int]
) -> dict[str, str]:
    """Map each name of common dependencies to the first, by id, of the tasks in the last stage among them.

    `stage_of` has each name after those that it waits for.
    """
    tasks = {each.id for each in needs}
    lasts: dict[str, str] = {}
    for name, stage in stage_of.items():
        if name not in tasks:
            lasts[name] = min(
                lasts.get(other, other) for other in dependencies[name] if stage_of[other] == stage
            )
    return lasts
