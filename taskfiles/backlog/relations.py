"""Rules between files: unique ids, references to existing tasks, no cycles in hierarchy and dependencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from taskfiles.backlog.graph import dependency_edges, find_cycles, find_parents, words
from taskfiles.task.findings import Finding, Problem, locate
from taskfiles.task.task import Task
from taskfiles.task.values import is_word, suggest
from taskfiles.task.words import Kind
from taskfiles.text.nodes import Path

REFERENCES = ("children", "depends_on", "blocks")
MAX_LEVELS = 3
_LEVELS = {kind.value: level for level, kind in enumerate(Kind)}


def _finding_at(task: Task, code: str, path: Path, **params: object) -> Finding:
    return locate(Problem(code, path, params), task.path, task.document, lambda: task.root)


def check_duplicates(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that no two tasks have the same id; the first file by path counts as its owner."""
    first: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda task: task.path):
        other = first.setdefault(task.id, task)
        if other is not task:
            yield _finding_at(task, "duplicate-id", ("id",), other=other.path)


def check_dangling(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that references name existing tasks."""
    ids = {task.id for task in tasks}
    for task in tasks:
        named: list[tuple[Path, str]] = [
            ((key, i), item) for key in REFERENCES for i, item in _indexed(task, key)
        ]
        parent = task.values.get("parent")
        if isinstance(parent, str):
            named.append((("parent",), parent))
        for path, target in named:
            if target not in ids:
                yield _finding_at(
                    task, "dangling-reference", path, target=target, near=suggest(target, sorted(ids))
                )


def _indexed(task: Task, key: str) -> list[tuple[int, str]]:
    value = task.get(key)
    return (
        [(i, item) for i, item in enumerate(value) if isinstance(item, str)]
        if isinstance(value, list)
        else []
    )


def check_cycles(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that no task is its own ancestor, by `children` or `parent`."""
    by_id = {task.id: task for task in reversed(tasks)}
    edges: dict[str, set[str]] = defaultdict(set)
    for task in tasks:
        edges[task.id].update(words(task, "children"))
        own = task.values.get("parent")
        if isinstance(own, str):
            edges[own].add(task.id)
    for cycle in find_cycles(edges):
        present = next((by_id[node] for node in cycle if node in by_id), None)
        if present is not None:
            place = cycle.index(present.id)
            path = _child_path(present, cycle[(place + 1) % len(cycle)], cycle[place - 1])
            yield _finding_at(present, "hierarchy-cycle", path, cycle=" > ".join([*cycle, cycle[0]]))


def _child_path(task: Task, child: str, parent: str) -> Path:
    own: Path = ("parent",) if task.values.get("parent") == parent else ("id",)
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
    for task, path, parent, child in _pairs(tasks, by_id):
        known = is_word(parent.kind, _LEVELS) and is_word(child.kind, _LEVELS)
        if known and _LEVELS[child.kind] <= _LEVELS[parent.kind]:
            params = {"child": child.id, "child_kind": child.kind, "kind": parent.kind, "id": parent.id}
            yield _finding_at(task, "hierarchy-kind", path, **params)


def _pairs(tasks: Sequence[Task], by_id: dict[str, Task]) -> Iterator[tuple[Task, Path, Task, Task]]:
    """Yield the file and path that relate a parent and a child, then the two; by `children` and `parent`."""
    listed = set()
    for task in tasks:
        for index, child in _indexed(task, "children"):
            below = by_id.get(child)
            if below is not None and below.id != task.id:
                listed.add((task.id, child))
                yield task, ("children", index), task, below
    for task in tasks:
        above = by_id.get(str(task.values.get("parent")))
        if above is not None and above.id != task.id and (above.id, task.id) not in listed:
            yield task, ("parent",), above, task


def check_parents(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that a child has one parent."""
    owner: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda task: task.path):
        for index, child in _indexed(task, "children"):
            other = owner.setdefault(child, task)
            if other.id != task.id:
                yield _finding_at(task, "several-parents", ("children", index), child=child, other=other.id)
    for task in tasks:
        owned, own = owner.get(task.id), task.values.get("parent")
        if owned is not None and isinstance(own, str) and own != owned.id:
            yield _finding_at(task, "several-parents", ("parent",), child=task.id, other=owned.id)


def check_dependencies(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that no task depends on itself through others."""
    by_id = {task.id: task for task in reversed(tasks)}
    for cycle in find_cycles(dependency_edges(tasks)):
        members = [by_id[node] for node in cycle if node in by_id]
        text = " > ".join([*cycle, cycle[0]])
        for task in members:
            following = cycle[(cycle.index(task.id) + 1) % len(cycle)]
            before = cycle[cycle.index(task.id) - 1]
            edges = [(("depends_on", i), item == following) for i, item in _indexed(task, "depends_on")]
            edges += [(("blocks", i), item == before) for i, item in _indexed(task, "blocks")]
            path = next((path for path, leads in edges if leads), None)
            if path is not None:
                yield _finding_at(task, "dependency-cycle", path, cycle=text)
                break


RELATION_RULES = (check_cycles, check_kinds, check_depth, check_dependencies)
STORE_RULES = (
    check_duplicates,
    check_dangling,
    check_cycles,
    check_depth,
    check_kinds,
    check_parents,
    check_dependencies,
)


def first_problems(tasks: Sequence[Task]) -> list[Finding]:
    """List the warnings of commands that read every task: each task's first error, and duplicate ids."""
    return [*(task.errors[0] for task in tasks if task.errors), *check_duplicates(tasks)]
