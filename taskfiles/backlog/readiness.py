"""The obstacles that keep a task from being started; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from taskfiles.backlog.graph import dependency_edges, find_parents
from taskfiles.backlog.query import is_blocked
from taskfiles.task.task import Task
from taskfiles.task.words import State
from taskfiles.text.sections import ACCEPTANCE_CRITERIA

_NAMED = 3  # items of a list that a message names


class Obstacle(NamedTuple):
    """One reason why a task can't be started.

    `code` is `invalid`, `duplicate-id`, `state`, `blocked`, `dependency`, `criteria` or `children`; `message`
    begins with “it” or “its”; `other` is the id of the unfinished dependency.
    """

    code: str
    message: str
    other: str | None = None


class Backlog:
    """All tasks of a store and their relations: paths by id, dependencies, parents, children."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.tasks = sorted(tasks, key=lambda task: (task.id, task.path))
        self.paths: defaultdict[str, list[str]] = defaultdict(list)
        self.by_id: dict[str, Task] = {}
        for task in self.tasks:
            self.paths[task.id].append(task.path)
            self.by_id.setdefault(task.id, task)
        self.dependencies = dependency_edges(self.tasks)
        self.parents = find_parents(self.tasks)
        self.children: defaultdict[str, list[str]] = defaultdict(list)
        for child in sorted(self.parents.keys() & self.by_id.keys()):
            self.children[self.parents[child]].append(child)

    def is_done(self, task_id: str) -> bool:
        """Return whether a task exists and its state is done."""
        task = self.by_id.get(task_id)
        return task is not None and task.state == State.DONE


def find_obstacles(task: Task, backlog: Backlog, *, lapsed: bool = False) -> list[Obstacle]:
    """List the obstacles that keep a task from being started; a task without any is ready.

    The obstacle `children` means that the work is in the tasks below: the task is left out of queues and
    plans, and can still be picked up by name. With `lapsed`, if a claim has expired, it may be in progress.
    """
    found = []
    if task.errors:
        found.append(Obstacle("invalid", f"its file has an error: {task.errors[0].message}"))
    if len(paths := backlog.paths[task.id]) > 1:
        found.append(Obstacle("duplicate-id", f"its id stands in {_list(paths, 'files')}"))
    if task.state != State.READY and not (lapsed and task.state == State.IN_PROGRESS):
        found.append(Obstacle("state", f"its state is {task.state}"))
    if is_blocked(task):
        reason = " ".join(str(task.get("blocked")).split())
        found.append(Obstacle("blocked", f"it is blocked: {reason}"))
    for other in sorted(set(backlog.dependencies.get(task.id, ()))):
        if not backlog.is_done(other):
            known = backlog.by_id.get(other)
            how = "which does not exist" if known is None else f"which is not done but {known.state}"
            found.append(Obstacle("dependency", f"it depends on {other}, {how}", other))
    if not task.boxes:
        found.append(Obstacle("criteria", f"its {ACCEPTANCE_CRITERIA} hold no checkbox"))
    if below := backlog.children.get(task.id):
        found.append(Obstacle("children", f"its work is in {_list(below, 'tasks')} below it"))
    return found


def _list(items: list[str], noun: str) -> str:
    """Count items and name the first few.

    >>> _list(["a", "b", "c", "d"], "tasks")
    '4 tasks (a, b, c, …)'
    """
    more = ", …" if len(items) > _NAMED else ""
    return f"{len(items)} {noun} ({', '.join(items[:_NAMED])}{more})"
