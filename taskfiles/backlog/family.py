"""What whoever works on a task needs to see around it: its ancestors and its children; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from taskfiles.backlog.graph import find_children, find_parents
from taskfiles.task.task import Task
from taskfiles.task.words import Priority, State

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
    children = [tasks[child] for child in find_children(tasks.values()).get(task_id, ())]
    return Context(tasks[task_id], find_ancestors(task_id, tasks), rank_children(children))


def rank_children(children: Iterable[Task]) -> list[Task]:
    """Rank children: ready ones, those in progress, ideas, closed ones; in each the most urgent first.

    Those of one rank stay in the order they came, which is their parent's.
    """

    def rank(task: Task) -> tuple[int, int]:
        return _STATES.get(str(task.state), len(_STATES)), _PRIORITIES.get(str(task.get("priority")), 0)

    return sorted(children, key=rank)
