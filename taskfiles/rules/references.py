"""Rules between files: one id a task, references that lead somewhere, a hierarchy without circles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from taskfiles.diagnostics import Finding, Problem, locate
from taskfiles.graph import dependency_edges, find_cycles, find_parents, words
from taskfiles.model import Kind
from taskfiles.task import Task
from taskfiles.values import suggest
from taskfiles.yamltext import Path

REFERENCES = ("children", "depends_on", "blocks")
MAX_LEVELS = 3
_LEVELS = {kind.value: level for level, kind in enumerate(Kind)}


def _point(task: Task, code: str, path: Path, **params: object) -> Finding:
    return locate(Problem(code, path, params), task.path, task.document, task.root)


def check_duplicates(tasks: Sequence[Task]) -> Iterator[Finding]:
    """An id names one task; the first file by path is taken to be the one it belongs to."""
    first: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda task: task.path):
        other = first.setdefault(task.id, task)
        if other is not task:
            yield _point(task, "duplicate-id", ("id",), other=other.path)


def check_dangling(tasks: Sequence[Task], known: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """References name tasks that exist; `known` are ids that exist outside the tasks given."""
    ids = {task.id for task in tasks} | known
    for task in tasks:
        named: list[tuple[Path, str]] = [
            ((key, i), item) for key in REFERENCES for i, item in _indexed(task, key)
        ]
        parent = task.values.get("parent")
        if isinstance(parent, str):
            named.append((("parent",), parent))
        for path, target in named:
            if target not in ids:
                yield _point(
                    task, "dangling-reference", path, target=target, near=suggest(target, sorted(ids))
                )


def _indexed(task: Task, key: str) -> list[tuple[int, str]]:
    value = task.get(key)
    return (
        [(i, item) for i, item in enumerate(value) if isinstance(item, str)]
        if isinstance(value, list)
        else []
    )


def check_hierarchy(tasks: Sequence[Task]) -> Iterator[Finding]:
    """At most three levels, no circles, a child's kind below its parent's."""
    by_id = {task.id: task for task in reversed(tasks)}
    parents = find_parents(tasks)
    edges: dict[str, list[str]] = defaultdict(list)
    for child, parent in parents.items():
        edges[parent].append(child)
    for task in tasks:  # a circle may run through a second list of children as well
        edges[task.id] += [child for child in words(task, "children") if child not in edges[task.id]]
    circular: set[str] = set()
    for cycle in find_cycles(edges):
        circular.update(cycle)
        present = next((by_id[node] for node in cycle if node in by_id), None)
        if present is not None:
            follower = cycle[(cycle.index(present.id) + 1) % len(cycle)]
            path = _child_path(present, follower)
            yield _point(present, "hierarchy-cycle", path, cycle=" > ".join([*cycle, cycle[0]]))
    for task in tasks:
        depth = _depth(task.id, parents, circular)
        if depth is not None and depth > MAX_LEVELS:
            yield _point(task, "hierarchy-depth", ("id",), depth=depth)
    for task in tasks:
        for index, child in _indexed(task, "children"):
            below = by_id.get(child)
            if below is None or task.kind not in _LEVELS or below.kind not in _LEVELS or below is task:
                continue
            if _LEVELS[below.kind] <= _LEVELS[task.kind]:
                yield _point(
                    task, "hierarchy-kind", ("children", index),
                    child=child, child_kind=below.kind, kind=task.kind, id=task.id,
                )  # fmt: skip


def _child_path(task: Task, child: str) -> Path:
    return next((("children", i) for i, item in _indexed(task, "children") if item == child), ("id",))


def _depth(task_id: str, parents: dict[str, str], circular: set[str]) -> int | None:
    depth = 1
    seen = {task_id}
    while (parent := parents.get(task_id)) is not None:
        if parent in circular or parent in seen:
            return None
        seen.add(parent)
        task_id, depth = parent, depth + 1
    return depth


def check_parents(tasks: Sequence[Task]) -> Iterator[Finding]:
    """A child stands in one list of children."""
    owner: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda task: task.path):
        for index, child in _indexed(task, "children"):
            other = owner.setdefault(child, task)
            if other.id != task.id:
                yield _point(task, "several-parents", ("children", index), child=child, other=other.id)


def check_dependencies(tasks: Sequence[Task]) -> Iterator[Finding]:
    """No task waits for itself, through however many others."""
    by_id = {task.id: task for task in reversed(tasks)}
    for cycle in find_cycles(dependency_edges(tasks)):
        members = [by_id[node] for node in cycle if node in by_id]
        text = " > ".join([*cycle, cycle[0]])
        for task in members:
            following = cycle[(cycle.index(task.id) + 1) % len(cycle)]
            index = next((i for i, item in _indexed(task, "depends_on") if item == following), None)
            if index is not None:
                yield _point(task, "dependency-cycle", ("depends_on", index), cycle=text)
                break
        else:
            if members:
                yield _point(members[0], "dependency-cycle", ("blocks",), cycle=text)


STORE_RULES = (check_duplicates, check_dangling, check_hierarchy, check_parents, check_dependencies)
