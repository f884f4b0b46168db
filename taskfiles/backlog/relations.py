"""Rules between files: unique ids, references to existing tasks, no cycles in hierarchy and dependencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias

from taskfiles.backlog.circles import Circle, Circles, find_components, find_cycles, trace
from taskfiles.backlog.graph import dependency_edges, find_nearest, find_parents, words
from taskfiles.backlog.problems import check_duplicates
from taskfiles.backlog.sessions import check_sessions
from taskfiles.task.columns import read_column
from taskfiles.task.findings import Finding, Problem
from taskfiles.task.keys import REFERENCES
from taskfiles.task.task import Task
from taskfiles.task.values import is_word, suggest
from taskfiles.task.words import CLOSED, Kind, State
from taskfiles.text.nodes import Path

MAX_LEVELS = 3
_NAMED = 3  # ids that a message names
_LEVELS = {kind.value: level for level, kind in enumerate(Kind)}
_Family: TypeAlias = "tuple[dict[str, str], dict[str, list[Task]]]"


def _finding_at(task: Task, code: str, path: Path, **params: object) -> Finding:
    return task.locate(Problem(code, path, params))


def check_dangling(tasks: Sequence[Task], elsewhere: Collection[str] = ()) -> Iterator[Finding]:
    """Check that references name existing tasks, or ones that exist `elsewhere`."""
    ids = {task.id for task in tasks} | {*elsewhere}
    for task in _referring(tasks):
        named: list[tuple[Path, str]] = [
            ((key, i), item) for key in REFERENCES for i, item in _indexed(task, key)
        ]
        parent = task.value("parent")
        if isinstance(parent, str):
            named.append((("parent",), parent))
        for path, target in named:
            if target not in ids:
                yield _finding_at(
                    task, "dangling-reference", path, target=target, near=suggest(target, sorted(ids))
                )


def _referring(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks that name others, or may: few do."""
    parents = read_column(tasks, "parent")
    return [task for task, parent in zip(tasks, parents, strict=True) if parent is not None or task.related]


def _indexed(task: Task, key: str) -> list[tuple[int, str]]:
    value = task.get(key)
    return (
        [(i, item) for i, item in enumerate(value) if isinstance(item, str)]
        if isinstance(value, list)
        else []
    )


def check_cycles(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that no task is its own ancestor, by `children` or `parent`."""
    for cycle in find_cycles(_hierarchy_edges(tasks)):
        yield from _find_hierarchy_cycle(tasks, cycle)


def _hierarchy_edges(tasks: Sequence[Task]) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = defaultdict(set)
    for task in _referring(tasks):
        edges[task.id].update(words(task, "children"))
        own = task.value("parent")
        if isinstance(own, str):
            edges[own].add(task.id)
    return edges


def _find_hierarchy_cycle(tasks: Sequence[Task], cycle: list[str]) -> Iterator[Finding]:
    within = set(cycle)
    by_id = {task.id: task for task in reversed(tasks) if task.id in within}
    present = next((by_id[node] for node in cycle if node in by_id), None)
    if present is not None:
        place = cycle.index(present.id)
        path = _child_path(present, cycle[(place + 1) % len(cycle)], cycle[place - 1])
        yield _finding_at(present, "hierarchy-cycle", path, cycle=str(Circle(cycle, [])))


def _child_path(task: Task, child: str, parent: str) -> Path:
    own: Path = ("parent",) if task.value("parent") == parent else ("id",)
    return next((("children", i) for i, item in _indexed(task, "children") if item == child), own)


def check_depth(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that the hierarchy has at most three levels."""
    parents = find_parents(tasks)
    depths: dict[str, int] = {}
    for task in tasks:
        depth = _depth(task.id, parents, depths)
        if depth > MAX_LEVELS:
            yield _finding_at(task, "hierarchy-depth", ("id",), depth=depth)


def _depth(task_id: str, parents: dict[str, str], depths: dict[str, int]) -> int:
    """Return a task's level from 1, and store it in `depths`; 0 in and below a cycle (see `check_cycles`)."""
    trail: dict[str, None] = {}
    node: str | None = task_id
    while node is not None and node not in depths and node not in trail:
        trail[node] = None
        node = parents.get(node)
    circular = node is not None and (node in trail or depths[node] == 0)
    depth = 0 if node is None or circular else depths[node]
    for below in reversed(trail):
        depth = 0 if circular else depth + 1
        depths[below] = depth
    return depths[task_id]


def check_kinds(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that a child's kind is below its parent's."""
    by_id = {task.id: task for task in reversed(tasks)}
    family: _Family | None = None
    for task, path, parent, child in _pairs(tasks, by_id):
        known = is_word(parent.kind, _LEVELS) and is_word(child.kind, _LEVELS)
        if known and _LEVELS[child.kind] <= _LEVELS[parent.kind]:
            params = {"child": child.id, "child_kind": child.kind, "kind": parent.kind, "id": parent.id}
            family = family or _find_family(tasks, by_id)
            params |= _fitting(parent, child, family, by_id)
            yield _finding_at(task, "hierarchy-kind", path, **params)


def _find_family(tasks: Sequence[Task], by_id: dict[str, Task]) -> _Family:
    """Return the parent of each child, and the children of each parent."""
    above = find_parents(tasks)
    below: dict[str, list[Task]] = defaultdict(list)
    for child, parent in above.items():
        if child in by_id:
            below[parent].append(by_id[child])
    return above, below


def _fitting(parent: Task, child: Task, family: _Family, by_id: dict[str, Task]) -> dict[str, str]:
    """Return which of the two to change, by which key, so that one fits below the other.

    The child gets another kind if those below it have room, else the parent if those above it have; else the
    child goes below the task that is above its parent.
    """
    names, (above, children) = list(_LEVELS), family
    lower, higher = _LEVELS[parent.kind] + 1, _LEVELS[child.kind] - 1
    below = children.get(child.id, ())
    grandparent = by_id.get(above.get(parent.id, ""))
    if lower < len(names) and all(lower < _LEVELS.get(each.kind, len(names)) for each in below):
        return {"changed": child.id, "key": "kind", "value": names[lower]}
    if higher >= 0 and (grandparent is None or _LEVELS.get(grandparent.kind, -1) < higher):
        return {"changed": parent.id, "key": "kind", "value": names[higher]}
    if grandparent is not None and _LEVELS.get(grandparent.kind, -1) <= higher:
        return {"changed": child.id, "key": "parent", "value": grandparent.id}
    return {"changed": child.id, "key": "kind", "value": names[min(lower, len(names) - 1)]}


def _pairs(tasks: Sequence[Task], by_id: dict[str, Task]) -> Iterator[tuple[Task, Path, Task, Task]]:
    """Yield the file and path that relate a parent and a child, then the two; by `children` and `parent`."""
    listed, naming = set(), _referring(tasks)
    for task in naming:
        for index, child in _indexed(task, "children"):
            below = by_id.get(child)
            if below is not None and below.id != task.id:
                listed.add((task.id, child))
                yield task, ("children", index), task, below
    for task in naming:
        above = by_id.get(str(task.value("parent")))
        if above is not None and above.id != task.id and (above.id, task.id) not in listed:
            yield task, ("parent",), above, task


def check_parents(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that a child has one parent."""
    owner: dict[str, Task] = {}
    for task in sorted(_referring(tasks), key=lambda task: task.path):
        for index, child in _indexed(task, "children"):
            other = owner.setdefault(child, task)
            if other.id != task.id:
                yield _finding_at(task, "several-parents", ("children", index), child=child, other=other.id)
    for task in tasks if owner else ():
        owned, own = owner.get(task.id), task.value("parent")
        if owned is not None and isinstance(own, str) and own != owned.id:
            yield _finding_at(task, "several-parents", ("parent",), child=task.id, other=owned.id)


def check_dependencies(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that no task waits for itself through others, by dependencies and the hierarchy together."""
    for circle in _find_circles(tasks):
        yield from _find_dependency_cycle(tasks, circle)


def _find_circles(tasks: Sequence[Task]) -> Circles:
    return Circles(dependency_edges(tasks), find_parents(tasks))


def _find_dependency_cycle(tasks: Sequence[Task], circle: Circle) -> Iterator[Finding]:
    """Yield the finding at the first of a circle's dependencies that a file has."""
    within, pairs = set(circle.ids), set(circle.pairs)
    files: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        if task.id in within:
            files[task.id].append(task)
    for number, task_id in enumerate(circle.ids):
        following = (task_id, circle.ids[(number + 1) % len(circle.ids)])
        before = (circle.ids[number - 1], task_id)
        for task in files[task_id]:
            edges = [
                (("depends_on", i), following in pairs and item == following[1])
                for i, item in _indexed(task, "depends_on")
            ]
            edges += [
                (("blocks", i), before in pairs and item == before[0]) for i, item in _indexed(task, "blocks")
            ]
            for path, leads in edges:
                if leads:
                    yield _finding_at(task, "dependency-cycle", path, cycle=str(circle))
                    return


def find_new_circle(before: Sequence[Task], after: Sequence[Task]) -> Finding | None:
    """Return the finding of a circle that a change makes; None if each of its links was in one before."""
    known = _find_circles(before).links
    circle = _find_circles(after).find_new(known)
    if circle is not None:
        return next(_find_dependency_cycle(after, circle), None)
    old, edges = _hierarchy_edges(before), _hierarchy_edges(after)
    was, component = find_components(old), find_components(edges)
    for above in sorted(edges):
        for below in sorted(edges[above]):
            if component[above] != component[below]:
                continue
            if not (below in old.get(above, ()) and was[above] == was[below]):
                cycle = trace(edges, component, [below], above)
                least = cycle.index(min(cycle))
                return next(_find_hierarchy_cycle(after, cycle[least:] + cycle[:least]), None)
    return None


def check_canceled(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that no open task waits for a canceled one."""
    canceled = {task.id for task in tasks if task.state == State.CANCELED}
    if not canceled:
        return
    is_open = {task.id for task in tasks if not is_word(task.state, CLOSED)}
    for task in tasks:
        if not task.related:
            continue
        if task.id in is_open:
            for index, other in _indexed(task, "depends_on"):
                if other in canceled:
                    params = {"id": task.id, "other": other}
                    yield _finding_at(task, "waits-for-canceled", ("depends_on", index), **params)
        if task.id in canceled:
            for index, other in _indexed(task, "blocks"):
                if other in is_open:
                    params = {"id": other, "other": task.id}
                    yield _finding_at(task, "waits-for-canceled", ("blocks", index), **params)


def check_closed(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that nothing below a closed task is open."""
    by_id = {task.id: task for task in reversed(tasks)}
    closed = {task.id for task in by_id.values() if is_word(task.state, CLOSED)}
    below: dict[str, list[str]] = defaultdict(list)
    for task_id, ancestor in find_nearest(find_parents(tasks), closed).items():
        if task_id in by_id and task_id not in closed:
            below[ancestor].append(task_id)
    for ancestor, found in sorted(below.items()):
        named = ", ".join(sorted(found)[:_NAMED]) + (", …" if len(found) > _NAMED else "")
        params = {"id": ancestor, "state": by_id[ancestor].state, "count": len(found), "open": named}
        yield _finding_at(by_id[ancestor], "open-below-closed", ("state",), **params)


RELATION_RULES = (check_kinds, check_depth)  # that a change may not break, besides `find_new_circle`
STORE_RULES = (
    check_sessions,
    check_duplicates,
    check_dangling,
    check_cycles,
    check_depth,
    check_kinds,
    check_parents,
    check_dependencies,
    check_canceled,
    check_closed,
)
