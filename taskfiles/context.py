"""What whoever works on a task needs to see around it: its ancestors and its children; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from taskfiles.graph import find_parents, words
from taskfiles.task import Task
from taskfiles.words import Priority, State

_STATES = {state.value: rank for rank, state in enumerate((State.READY, State.IN_PROGRESS, State.IDEA))}
_PRIORITIES = {priority.value: -rank for rank, priority in enumerate(Priority)}


class Context(NamedTuple):
    """A task, its ancestors from the nearest up, its children ranked."""

    target: Task
    ancestors: list[Task]
    children: list[Task]


def find_ancestors(task_id: str, tasks: Mapping[str, Task]) -> list[Task]:
    """List a task's ancestors from the nearest up, each once, whatever circles the files hold."""
    parents = find_parents(tasks.values())
    found: dict[str, Task] = {}
    node = parents.get(task_id, "")
    while node in tasks and node != task_id and node not in found:
        found[node] = tasks[node]
        node = parents.get(node, "")
    return list(found.values())


def find_context(task_id: str, tasks: Mapping[str, Task]) -> Context:
    """Find what surrounds a task among those of the whole store, by id."""
    parents = find_parents(tasks.values())
    children = [task for task in tasks.values() if parents.get(task.id) == task_id]
    target = tasks[task_id]
    return Context(target, find_ancestors(task_id, tasks), rank_children(target, children))


def rank_children(parent: Task, children: Iterable[Task]) -> list[Task]:
    """Rank children: ready ones, those in progress, ideas, closed ones; in each the most urgent first.

    Those of one rank stand in their parent's order.
    """
    listed = {child: place for place, child in enumerate(words(parent, "children"))}

    def rank(task: Task) -> tuple[int, int, int, str]:
        state = _STATES.get(str(task.state), len(_STATES))
        priority = _PRIORITIES.get(str(task.get("priority")), 0)
        return state, priority, listed.get(task.id, len(listed)), task.id

    return sorted(children, key=rank)
