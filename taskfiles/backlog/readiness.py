"""The obstacles that keep a task from being started; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from taskfiles.backlog.circles import Circles
from taskfiles.backlog.graph import dependency_edges, find_nearest, find_parents
from taskfiles.backlog.query import is_blocked, says_blocked
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.columns import count_criteria, find_invalid, pick, read_column, read_ids, read_states
from taskfiles.task.order import sort_by_id
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, State
from taskfiles.text.sections import ACCEPTANCE_CRITERIA

_NAMED = 3  # items of a list that a message names


class Obstacle(NamedTuple):
    """One reason why a task can't be started.

    `code` is `invalid`, `duplicate-id`, `state`, `blocked`, `circle`, `dependency`, `ancestor-waits`,
    `ancestor-closed`, `ancestor-blocked`, `criteria`, `children`, or of a whole clone `closed-elsewhere`;
    `message` begins with “it” or “its”.
    `other` is the id of the unfinished dependency, or of the ancestor.
    """

    code: str
    message: str
    other: str | None = None


class Backlog:
    """All tasks of a store and their relations: paths by id, dependencies, parents, children."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.tasks = sort_by_id(tasks)
        self.dependencies = dependency_edges(self.tasks)
        self.parents = find_parents(self.tasks)
        self._unfinished: dict[str, list[str]] = {}
        self.children: defaultdict[str, list[str]] = defaultdict(list)
        for child in sorted(self.parents.keys() & self.by_id.keys()) if self.parents else ():
            self.children[self.parents[child]].append(child)

    @cached_property
    def by_id(self) -> dict[str, Task]:
        """The tasks by id; where several files have one, the first by path."""
        found = {task.id: task for task in self.tasks}
        if len(found) < len(self.tasks):
            found |= {task.id: task for task in reversed(self.tasks)}
        return found

    @cached_property
    def paths(self) -> defaultdict[str, list[str]]:
        """The paths of the files that have an id."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for task in self.tasks:
            found[task.id].append(task.path)
        return found

    def is_done(self, task_id: str) -> bool:
        """Return whether a task exists and its state is done."""
        task = self.by_id.get(task_id)
        return task is not None and task.state == State.DONE

    def is_open(self, task_id: str) -> bool:
        """Return whether a task exists and is neither done nor canceled."""
        task = self.by_id.get(task_id)
        return task is not None and not is_word(task.state, CLOSED)

    def unfinished(self, task_id: str) -> list[str]:
        """Return the ids, sorted, of a task's own dependencies that are not done."""
        if task_id not in self._unfinished:  # kept, since all children of a task ask for its own
            others = sorted(set(self.dependencies.get(task_id, ())))
            self._unfinished[task_id] = [other for other in others if not self.is_done(other)]
        return self._unfinished[task_id]

    @cached_property
    def stopped_by(self) -> dict[str, str]:
        """The nearest ancestor of each task that is done, canceled or blocked."""
        stopped = {
            parent
            for parent in self.children
            if parent in self.by_id and (not self.is_open(parent) or is_blocked(self.by_id[parent]))
        }
        return find_nearest(self.parents, stopped)

    @cached_property
    def waits_with(self) -> dict[str, str]:
        """The nearest ancestor of each task that waits for dependencies of its own."""
        waiting = {
            parent for parent in self.children if self.dependencies.get(parent) and self.unfinished(parent)
        }
        return find_nearest(self.parents, waiting)

    @cached_property
    def hindered(self) -> set[str]:
        """The ids of the tasks that may wait for something: for dependencies, or for what is above them."""
        own = {task_id for task_id, others in self.dependencies.items() if others}
        return own | self.waits_with.keys() | self.stopped_by.keys()

    @cached_property
    def free(self) -> set[str]:
        """The ids of the ready tasks that have no obstacles and are not `hindered`, as columns say."""
        ids = read_ids(self.tasks)
        ready = [number for number, state in enumerate(read_states(self.tasks)) if state == State.READY]
        tasks = pick(self.tasks, ready)
        facts = zip(read_ids(tasks), read_column(tasks, "blocked"), count_criteria(tasks), strict=True)
        found = {task_id for task_id, blocked, (_, boxes) in facts if boxes and not says_blocked(blocked)}
        found -= self.hindered | self.children.keys() | {task.id for task in find_invalid(self.tasks)}
        if len(set(ids)) < len(ids):
            found -= {task_id for task_id, paths in self.paths.items() if len(paths) > 1}
        return found

    @cached_property
    def circles(self) -> Circles:
        """The circles of open tasks that wait for each other."""
        among = {task_id for task_id in self.by_id if self.is_open(task_id)}
        return Circles(self.dependencies, self.parents, among)


def find_obstacles(task: Task, backlog: Backlog, *, lapsed: bool = False) -> list[Obstacle]:
    """List the obstacles that keep a task from being started; a task without any is ready.

    A task waits for what its ancestors wait for, and is not started below one that is done, canceled or
    blocked. The obstacle `children` means that the work is in the tasks below: the task is left out of
    queues and plans, and can still be picked up by name. With `lapsed`, if a claim has expired, it may be in
    progress.
    """
    found = []
    state = task.state
    if task.errors:
        found.append(Obstacle("invalid", f"its file has an error: {task.errors[0].message}"))
    if len(paths := backlog.paths[task.id]) > 1:
        found.append(Obstacle("duplicate-id", f"its id stands in {_list(paths, 'files')}"))
    if state != State.READY and not (lapsed and state == State.IN_PROGRESS):
        found.append(Obstacle("state", f"its state is {state}"))
    if is_blocked(task):
        found.append(Obstacle("blocked", f"it is blocked: {_reason(task)}"))
    if task.id in backlog.hindered:
        found += _find_waits(task, backlog)
    if (stopped := backlog.stopped_by.get(task.id)) is not None:
        ancestor = backlog.by_id[stopped]
        if is_word(ancestor.state, CLOSED):
            message = f"it is below {stopped}, which is {ancestor.state}"
            found.append(Obstacle("ancestor-closed", message, stopped))
        else:
            message = f"it is below {stopped}, which is blocked: {_reason(ancestor)}"
            found.append(Obstacle("ancestor-blocked", message, stopped))
    if not task.boxes:
        found.append(Obstacle("criteria", f"its {ACCEPTANCE_CRITERIA} hold no checkbox"))
    if below := backlog.children.get(task.id):
        found.append(Obstacle("children", f"its work is in {_list(below, 'tasks')} below it"))
    return found


def _find_waits(task: Task, backlog: Backlog) -> list[Obstacle]:
    """List what a task waits for: itself, its dependencies, those of its nearest waiting ancestor."""
    others = backlog.unfinished(task.id) if backlog.dependencies.get(task.id) else []
    ancestor = backlog.waits_with.get(task.id)
    if not others and ancestor is None:
        return []
    found = []
    if (circle := backlog.circles.find(task.id)) is not None:
        found.append(Obstacle("circle", f"it waits in a circle: {circle}"))
        others = [other for other in others if (task.id, other) not in backlog.circles.links]
        ancestor = None if backlog.circles.find(ancestor or "") is circle else ancestor
    found += [Obstacle("dependency", f"it depends on {_state_of(other, backlog)}", other) for other in others]
    if ancestor is not None:
        waits = backlog.unfinished(ancestor)
        what = _state_of(waits[0], backlog) if len(waits) == 1 else _list(waits, "tasks")
        found.append(Obstacle("ancestor-waits", f"it is below {ancestor}, which depends on {what}", ancestor))
    return found


def _state_of(other: str, backlog: Backlog) -> str:
    known = backlog.by_id.get(other)
    return (
        f"{other}, which does not exist" if known is None else f"{other}, which is not done but {known.state}"
    )


def _reason(task: Task) -> str:
    return " ".join(str(task.get("blocked")).split())


def _list(items: list[str], noun: str) -> str:
    """Count items and name the first few.

    >>> _list(["a", "b", "c", "d"], "tasks")
    '4 tasks (a, b, c, …)'
    """
    more = ", …" if len(items) > _NAMED else ""
    return f"{len(items)} {noun} ({', '.join(items[:_NAMED])}{more})"
