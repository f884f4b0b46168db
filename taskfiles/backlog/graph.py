"""Parents, children and dependencies among tasks; pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from taskfiles.task.columns import find_related, pick, read_ids
from taskfiles.task.keys import REFERENCES
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, LinkType


def words(task: Task, key: str) -> list[str]:
    """Return the texts in a list key, without items of other types; empty if it is not a list."""
    return texts_in(task.value(key))


def texts_in(value: object) -> list[str]:
    """Return the texts in a value, if that is a list."""
    if not value:  # the common case, called for every list of every task
        return []
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def list_references(task: Task) -> list[tuple[str, str]]:
    """List the keys by which a task names others, each with the id that it names."""
    parent = task.value("parent")
    own = [("parent", parent)] if isinstance(parent, str) else []
    linked = [("links", target) for target in linked_tasks(task.value("links"))]
    return own + [(key, target) for key in REFERENCES for target in words(task, key)] + linked


def linked_tasks(links: object) -> list[str]:
    """List the ids of the tasks that links lead to, as far as they are text."""
    items = links if isinstance(links, list) else []
    targets = [
        link.get("id") for link in items if isinstance(link, dict) and link.get("type") == LinkType.TASK
    ]
    return [target for target in targets if isinstance(target, str)]


def find_issue(tasks: Iterable[Task]) -> int | None:
    """Return the number of the one GitHub issue that tasks link to; None if there is none or several."""
    found = set()
    for task in tasks:
        links = task.value("links")
        for link in links if isinstance(links, list) else ():
            if isinstance(link, dict) and link.get("type") == LinkType.GITHUB_ISSUE:
                repo, number = link.get("repo"), link.get("number")
                if isinstance(number, int):
                    found.add((repo if isinstance(repo, str) else None, number))
    return found.pop()[1] if len(found) == 1 else None


def find_parents(tasks: Sequence[Task]) -> dict[str, str]:
    """Map each child's id to that of its effective parent: `children` of the parent wins over `parent`."""
    parents: dict[str, str] = {}
    own: dict[str, str] = {}
    for task in find_related(tasks):  # saves unpacking the values of most tasks
        for child in words(task, "children"):
            parents.setdefault(child, task.id)
        if isinstance(task.value("parent"), str):
            own[task.id] = str(task.value("parent"))
    return own | parents


def list_ancestors(task_id: str, parents: Mapping[str, str]) -> list[str]:
    """List a task's ancestors by effective parents, the topmost first, each once even in a cycle.

    >>> list_ancestors("a", {"a": "story", "story": "epic"})
    ['epic', 'story']
    """
    found: list[str] = []
    node = parents.get(task_id)
    while node is not None and node != task_id and node not in found:
        found.append(node)
        node = parents.get(node)
    return found[::-1]


def find_ancestors(tasks: Sequence[Task], task_id: str) -> list[str]:
    """List the ancestors of one of all tasks, the topmost first."""
    return list_ancestors(task_id, find_parents(tasks))


def dependency_edges(tasks: Sequence[Task]) -> dict[str, list[Any]]:
    """Map each id to those it depends on, by its `depends_on` and the `blocks` of others."""
    edges: dict[str, list[Any]] = {task_id: [] for task_id in read_ids(tasks)}
    for task in find_related(tasks):
        edges[task.id] += words(task, "depends_on")
        for other in words(task, "blocks"):
            edges.setdefault(other, []).append(task.id)
    return edges


def find_roots(parents: Mapping[str, str]) -> dict[str, str]:
    """Map each task that has a parent to its topmost ancestor; tasks in or below a cycle are left out.

    >>> find_roots({"task": "story", "story": "epic", "a": "b", "b": "a"})
    {'task': 'epic', 'story': 'epic'}
    """
    roots: dict[str, str | None] = {}
    for start in parents:
        trail: dict[str, None] = {}
        node = start
        while node in parents and node not in roots and node not in trail:
            trail[node] = None
            node = parents[node]
        root = None if node in trail else roots.get(node, node)
        roots.update(dict.fromkeys(trail, root))
    return {node: root for node, root in roots.items() if root is not None}


def find_dependents(tasks: Iterable[Task], ids: AbstractSet[str]) -> dict[str, list[str]]:
    """Map tasks to the open tasks that depend on them, sorted; `ids` limits the tasks looked for."""
    tasks = list(tasks)
    is_open = {task.id for task in tasks if not is_word(task.state, CLOSED)}
    found: dict[str, set[str]] = {}
    for task in tasks:
        if task.related:
            for other in ids & set(words(task, "depends_on")) if task.id in is_open else ():
                found.setdefault(other, set()).add(task.id)
            if task.id in ids and (blocked := is_open & set(words(task, "blocks"))):
                found.setdefault(task.id, set()).update(blocked)
    return {task_id: sorted(others) for task_id, others in found.items()}


def find_nearest(parents: Mapping[str, str], marked: Container[str]) -> dict[str, str]:
    """Map each task below a marked one to the nearest such ancestor.

    Tasks in or below a cycle are left out.

    >>> find_nearest({"task": "story", "story": "epic"}, {"epic"})
    {'story': 'epic', 'task': 'epic'}
    """
    nearest: dict[str, str | None] = {}
    circular: set[str] = set()
    for start in parents:
        trail: dict[str, None] = {}
        node = start
        while node in parents and node not in nearest and node not in trail:
            trail[node] = None
            node = parents[node]
        if node in trail or node in circular:
            circular.update(trail)
            nearest.update(dict.fromkeys(trail))
            continue
        for below in reversed(trail):
            above = parents[below]
            nearest[below] = above if above in marked else nearest.get(above)
    return {node: ancestor for node, ancestor in nearest.items() if ancestor is not None}


def find_children(tasks: Sequence[Task], parents: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """Map each parent's id to its children, by effective parent: those it lists in its order, others by id.

    Children that do not exist are left out. `parents` are those of the same tasks, where they are known.
    """
    numbers = {name: number for number, name in enumerate(read_ids(tasks))}
    found: dict[str, list[str]] = {}
    if parents is None:
        parents = find_parents(pick(tasks, numbers.values()))
    known = {*parents.values()} & numbers.keys()
    listed = {each: words(tasks[numbers[each]], "children") for each in known}
    for child in sorted(numbers.keys() & parents.keys()):
        found.setdefault(parents[child], []).append(child)
    for parent, children in found.items():
        place = {child: number for number, child in enumerate(reversed(listed.get(parent, ())))}
        children.sort(key=lambda child: (-place.get(child, -1), child))
    return found


def find_descendants(tasks: Sequence[Task], task_id: str) -> list[str]:
    """List the ids below a task, parents before their children, each once even in a cycle.

    >>> find_descendants([], "fix")
    []
    """
    children = find_children(tasks)
    found: dict[str, None] = {}
    waiting = children.get(task_id, [])[::-1]
    while waiting:
        node = waiting.pop()
        if node not in found and node != task_id:
            found[node] = None
            waiting += children.get(node, [])[::-1]
    return list(found)
