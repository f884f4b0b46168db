"""A task's ancestors and children, as context for whoever works on it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from taskfiles.backlog.graph import find_children, find_parents
from taskfiles.task.task import Task
from taskfiles.task.words import Priority, State

_STATES = {state.value: rank for rank, state in enumerate((State.READY, State.IN_PROGRESS, State.IDEA))}
_PRIORITIES = {priority.value: -rank for rank, priority in enumerate(Priority)}


class Context(NamedTuple):
    """A task, its ancestors from the nearest up, and its children, ranked."""

    target: Task
    ancestors: list[Task]
    children: list[Task]


def find_ancestors(task_id: str, tasks: Mapping[str, Task]) -> list[Task]:
    """List a task's ancestors from the nearest up, each once, even in a cycle."""
    parents = find_parents([*tasks.values()])
    found: dict[str, Task] = {}
    node = parents.get(task_id, "")
    while node in tasks and node != task_id and node not in found:
        found[node] = tasks[node]
        node = parents.get(node, "")
    return list(found.values())


def find_context(task_id: str, tasks: Mapping[str, Task]) -> Context:
    """Return the context of a task; `tasks` are those of the whole store, by id."""
    children = [tasks[child] for child in find_children([*tasks.values()]).get(task_id, ())]
    return Context(tasks[task_id], find_ancestors(task_id, tasks), rank_children(children))


def rank_children(children: Iterable[Task]) -> list[Task]:
    """Sort children by state (ready, in progress, idea, closed), then by priority, the most urgent first.

    Children of one rank stay in the given order, which is that of their parent's list.
    """

    def rank(task: Task) -> tuple[int, int]:
        return _STATES.get(str(task.state), len(_STATES)), _PRIORITIES.get(str(task.get("priority")), 0)

    return sorted(children, key=rank)
