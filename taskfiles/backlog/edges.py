"""What leads from one task of a plan to another: dependencies, conflicts of neighbouring stages; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from taskfiles.backlog.conflicts import ALONE, Needs, conflict_key, find_rivals, read_needs
from taskfiles.backlog.plan import Plan

DEPENDENCY = "depends_on"


class Edge(NamedTuple):
    """Why a task of a plan stands in a later stage than another: `depends_on`, or the key of a conflict."""

    before: str
    after: str
    key: str


def find_edges(plan: Plan, shown: Collection[str] | None = None) -> list[Edge]:
    """List the edges between tasks of a plan, of all of them or of those that are shown, in order of stages.

    Of two tasks that conflict there is an edge only where their stages are neighbours, and one at most:
    what they depend on says more than what they share.
    """
    stages = [[each for each in stage.ids if shown is None or each in shown] for stage in plan.stages]
    needs = {each: read_needs(plan.tasks[each]) for stage in stages for each in stage}
    rivals = find_rivals(needs.values())
    edges = [
        Edge(before, after, DEPENDENCY)
        for stage in stages
        for after in stage
        for before in sorted(plan.needs[after])
        if before in needs
    ]
    known = {(edge.before, edge.after) for edge in edges}
    for earlier, later in pairwise(stages):
        users: dict[str, list[str]] = {}
        for each in earlier:
            for resource in needs[each].resources:
                users.setdefault(resource, []).append(each)
        for after in later:
            found: dict[str, str] = {}
            for before, key in _find_conflicts(
                needs[after], [needs[each] for each in earlier], users, rivals
            ):
                found[before] = min(key, found.get(before, key))
            edges += [
                Edge(before, after, key)
                for before, key in sorted(found.items())
                if (before, after) not in known
            ]
    return edges


def _find_conflicts(
    later: Needs, earlier: list[Needs], users: Mapping[str, list[str]], rivals: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, str]]:
    """Yield the tasks of an earlier stage that conflict with a later one, each with a key."""
    for before in earlier:
        if before.alone or later.alone:
            yield before.id, ALONE
    for resource in later.resources:
        for rival in rivals[resource]:
            for before_id in users.get(rival, ()):
                yield before_id, conflict_key(resource, rival)
