"""Circles among tasks that wait for each other, over hierarchy and dependencies together; pure.

A task has a beginning and an end. Its beginning waits for its parent's beginning, and for the ends of the
tasks that it depends on; its end waits for its beginning, and for its children's ends. All work is linear in
tasks and edges, and nothing is recursive.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias, TypeVar

from taskfiles.basics.named_tuple import NamedTuple

N = TypeVar("N", bound=Hashable)
Point: TypeAlias = tuple[str, bool]
_BEGIN, _END = False, True
_SHOWN = 10  # ids of a long circle in a sentence


def find_components(edges: Mapping[N, Collection[N]]) -> dict[N, int]:
    """Map each node to the number of its strongly connected component.

    >>> found = find_components({"a": ["b"], "b": ["a"], "c": ["a"]})
    >>> found["a"] == found["b"], found["a"] == found["c"]
    (True, False)
    """
    component: dict[N, int] = {}
    order: dict[N, int] = {}
    low: dict[N, int] = {}
    held: list[N] = []  # visited, and not in a component yet
    for start in edges:
        if start in order:
            continue
        trail: list[tuple[N, Iterator[N]]] = []
        waiting: N | None = start
        while waiting is not None or trail:
            if waiting is not None:
                order[waiting] = low[waiting] = len(order)
                held.append(waiting)
                trail.append((waiting, iter(edges.get(waiting, ()))))
                waiting = None
            node, others = trail[-1]
            for other in others:
                if other not in order:
                    waiting = other
                    break
                if other not in component:
                    low[node] = min(low[node], order[other])
            if waiting is not None:
                continue
            trail.pop()
            if trail:
                above = trail[-1][0]
                low[above] = min(low[above], low[node])
            if low[node] == order[node]:
                number = order[node]
                while (member := held.pop()) != node:
                    component[member] = number
                component[node] = number
    return component


def find_cycles(edges: Mapping[str, Collection[str]]) -> Iterator[list[str]]:
    """Yield a shortest cycle through the least node of each knot of a directed graph, from that node on.

    A knot is a strongly connected component with a cycle.

    >>> list(find_cycles({"a": ["b"], "b": ["a"], "c": ["a"]}))
    [['a', 'b']]
    """
    component = find_components(edges)
    seen: set[int] = set()
    for start in sorted(edges):
        if component[start] in seen:
            continue
        within = [other for other in edges[start] if component[other] == component[start]]
        if within:
            seen.add(component[start])
            yield trace(edges, component, within, start)


def trace(
    edges: Mapping[N, Collection[N]], component: Mapping[N, int], beginnings: Sequence[N], target: N
) -> list[N]:
    """Return the shortest way from one of some nodes to a target of the same component, the target first.

    Of several ways that are equally short, the one by the least nodes.
    """
    before: dict[N, N | None] = dict.fromkeys(sorted(beginnings))  # type: ignore[type-var]  # nodes are ordered
    level = list(before)
    while target not in before:
        following: list[N] = []
        for node in level:
            for other in sorted(edges.get(node, ())):  # type: ignore[type-var]  # as above
                if other not in before and component[other] == component[target]:
                    before[other] = node
                    following.append(other)
        level = following
    way: list[N] = []
    node = target
    while (previous := before[node]) is not None:
        way.append(previous)
        node = previous
    return [target, *reversed(way)]


class Circle(NamedTuple):
    """Tasks of which each waits for the next, and the last for the first; `pairs` wait by a dependency."""

    ids: list[str]
    pairs: list[tuple[str, str]]

    def __str__(self) -> str:
        shown = [*self.ids[:_SHOWN], *(["…"] if len(self.ids) > _SHOWN else []), self.ids[0]]
        return " > ".join(shown)


class Circles:
    """The circles that dependencies make, alone or with the hierarchy; iterating yields one of each knot.

    `dependencies` maps ids to those that they depend on, `parents` children to parents; with `among`, only
    relations between these tasks count. `links` are the pairs on any circle: a task and its dependency, or
    a child and its parent. A circle of the hierarchy alone is none of these.
    """

    def __init__(
        self,
        dependencies: Mapping[str, Collection[str]],
        parents: Mapping[str, str],
        among: Container[str] | None = None,
    ) -> None:
        waits = [
            (task_id, other)
            for task_id, others in dependencies.items()
            for other in others
            if among is None or (task_id in among and other in among)
        ]
        above = [
            (child, parent)
            for child, parent in (parents.items() if waits else ())
            if among is None or (child in among and parent in among)
        ]
        self._edges = _join(waits, above)
        self._component = find_components(self._edges)
        self._pairs: dict[int, tuple[str, str]] = {}  # the least dependency on a circle, by component
        self._traced: dict[tuple[str, str], Circle] = {}
        self.links: set[tuple[str, str]] = set()
        for pair in sorted(waits):
            number = self._component[pair[0], _BEGIN]
            if number == self._component[pair[1], _END]:
                self._pairs.setdefault(number, pair)
                self.links.add(pair)
        for child, parent in above:
            for point in (_BEGIN, _END):
                number = self._component[child, point]
                if number in self._pairs and number == self._component[parent, point]:
                    self.links.add((child, parent))

    def __iter__(self) -> Iterator[Circle]:
        return (self._trace(pair) for pair in self._pairs.values())

    def find(self, task_id: str) -> Circle | None:
        """Return a circle of the knot that a task's beginning is in; None if it is in no knot."""
        pair = self._pairs.get(self._component.get((task_id, _BEGIN), -1))
        return None if pair is None else self._trace(pair)

    def find_reached(self, ids: Iterable[str]) -> Circle | None:
        """Return a circle that the beginning of one of some tasks waits for, or is in; else None."""
        pending = [(task_id, _BEGIN) for task_id in ids if self._pairs and (task_id, _BEGIN) in self._edges]
        seen = set(pending)
        while pending:
            new = {*self._edges[pending.pop()]} - seen
            pending += new
            seen |= new
        knots = {self._component[point] for point in seen} & self._pairs.keys()
        return self._trace(min(self._pairs[knot] for knot in knots)) if knots else None

    def find_new(self, known: AbstractSet[tuple[str, str]]) -> Circle | None:
        """Return a circle through a pair that is not among known ones; None if all are known."""
        new = self.links - known
        if not new:
            return None
        within = [pair for pair in sorted(new) if self._is_dependency(pair)]
        if within:
            return self._trace(within[0])
        child, parent = min(new)
        number = self._component[child, _BEGIN]
        same = number in self._pairs and number == self._component[parent, _BEGIN]
        return self._trace(self._pairs[number if same else self._component[child, _END]])

    def _is_dependency(self, pair: tuple[str, str]) -> bool:
        return (pair[1], _END) in self._edges[pair[0], _BEGIN]

    def _trace(self, pair: tuple[str, str]) -> Circle:
        if pair not in self._traced:  # kept, since every task of a knot asks for the same one
            self._traced[pair] = self._find_way(*pair)
        return self._traced[pair]

    def _find_way(self, task_id: str, other: str) -> Circle:
        way = trace(self._edges, self._component, [(other, _END)], (task_id, _BEGIN))
        ids: list[str] = []
        for node, _ in way:
            if ids[-1:] != [node]:
                ids.append(node)
        if len(ids) > 1 and ids[-1] == ids[0]:
            ids.pop()
        following = [*way[1:], way[0]]
        pairs = [
            (node, then) for (node, end), (then, at) in zip(way, following, strict=True) if not end and at
        ]
        return Circle(ids, pairs)


def _join(waits: Collection[tuple[str, str]], above: Collection[tuple[str, str]]) -> dict[Point, list[Point]]:
    """Return the points that each point waits for."""
    edges: dict[Point, list[Point]] = {}
    for task_id, other in waits:
        edges.setdefault((task_id, _BEGIN), []).append((other, _END))
    for child, parent in above:
        edges.setdefault((child, _BEGIN), []).append((parent, _BEGIN))
        edges.setdefault((parent, _END), []).append((child, _END))
    for task_id in dict.fromkeys(each for pair in (*waits, *above) for each in pair):
        edges.setdefault((task_id, _BEGIN), [])
        edges.setdefault((task_id, _END), []).append((task_id, _BEGIN))
    return edges
