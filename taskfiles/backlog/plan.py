"""Plans: ready leaf tasks in stages; the same files give the same plan; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from taskfiles.backlog.conflicts import read_needs
from taskfiles.backlog.filter import Filter
from taskfiles.backlog.graph import find_issue, words
from taskfiles.backlog.query import find_tasks
from taskfiles.backlog.ranking import rank_tasks
from taskfiles.backlog.readiness import Backlog, Obstacle, find_obstacles
from taskfiles.backlog.snapshot import Snapshot, ambiguous_task, no_such_task
from taskfiles.backlog.stages import stage_tasks
from taskfiles.backlog.unmatched import check_parents
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import TaskfilesError, number_of
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, State

_WAITS = frozenset({"dependency", "ancestor-waits"})  # obstacles that other tasks of the plan can remove


class LeftOut(NamedTuple):
    """A task that is not in a plan, and why."""

    task: Task
    obstacles: list[Obstacle]


class Stage(NamedTuple):
    """Sorted ids of tasks that can run in parallel, and the conflict keys that keep later tasks out."""

    run_mode: str
    ids: list[str]
    conflicts: list[str]


class Plan(NamedTuple):
    """Tasks in stages (docs/how-to/plan.md); `tasks`, `waits` and `needs` are by id, timeouts in seconds.

    `needs` has the tasks of the plan that each of them waits for, its own dependencies and those of its
    ancestors.
    """

    stages: list[Stage]
    issue_number: int | None
    allow_partial: bool
    preview: bool
    reason: str
    message: str
    overall_timeout: int | None
    tasks: Mapping[str, Task]
    waits: Mapping[str, Sequence[str]]
    left_out: list[LeftOut]
    needs: Mapping[str, Collection[str]]


def make_plan(
    snapshot: Snapshot,
    *,
    ids: Sequence[str] = (),
    wanted: Filter | None = None,
    max_parallel: int | None = None,
    parallel: bool = True,
    allow_partial: bool = True,
    preview: bool = False,
    overall_timeout: int | None = None,
) -> Plan:
    """Plan ready leaf tasks in stages; the same files give the same plan.

    `ids` name the tasks, where a parent means its open leaves; without them `wanted` filters the ready
    ones. `parallel` affects only the stages' run mode.

    Raises TaskfilesError: no-such-task, ambiguous-task, plan-cycle.
    """
    backlog = Backlog(snapshot.tasks)
    if ids:
        chosen = _find_named(ids, snapshot, backlog)
    else:
        leaves = (task for task in backlog.tasks if not backlog.children.get(task.id))
        chosen = {task.id: task for task in leaves if task.state == State.READY}
        if wanted is not None:
            check_parents(snapshot, wanted, backlog.parents)
            kept = {task.id for task in find_tasks(backlog.tasks, wanted)}
            chosen = {task_id: task for task_id, task in chosen.items() if task_id in kept}
    _check_cycles(chosen.values(), backlog)
    obstacles = {
        task_id: [] if task_id in backlog.free else find_obstacles(task, backlog)
        for task_id, task in chosen.items()
    }
    dependencies = _find_plannable(obstacles, backlog)
    planned = {task_id: chosen[task_id] for task_id in sorted(dependencies.keys() & chosen.keys())}
    needs = [read_needs(each.task) for each in rank_tasks(planned.values(), backlog)]
    staging = stage_tasks(needs, dependencies, max_parallel)
    left_out = [
        LeftOut(
            chosen[task_id],
            [each for each in found if each.code not in _WAITS or _waited_for(each) not in dependencies],
        )
        for task_id, found in sorted(obstacles.items())
        if task_id not in planned
    ]
    reason, message = _describe_selection(ids, wanted, planned)
    stages = [
        Stage("parallel" if parallel and len(inside) > 1 else "sequential", inside, conflicts)
        for inside, conflicts in zip(staging.stages, staging.conflicts, strict=True)
    ]
    issue = find_issue(planned.values())
    waits = staging.waits
    return Plan(
        stages,
        issue,
        allow_partial,
        preview,
        reason,
        message,
        overall_timeout,
        planned,
        waits,
        left_out,
        _Needs(dependencies, planned),
    )


class _Needs(Mapping[str, frozenset[str]]):
    """What each planned task waits for, worked out when it is asked for: many may have much in common."""

    def __init__(self, dependencies: Mapping[str, Collection[str]], planned: Collection[str]) -> None:
        self._dependencies, self._planned = dependencies, planned

    def __getitem__(self, task_id: str) -> frozenset[str]:
        if task_id not in self._planned:
            raise KeyError(task_id)
        found: set[str] = set()
        pending = list(self._dependencies[task_id])
        while pending:
            name = pending.pop()
            if name in self._planned:
                found.add(name)
            else:
                pending += self._dependencies[name]
        return frozenset(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._planned)

    def __len__(self) -> int:
        return len(self._planned)


def _find_named(ids: Sequence[str], snapshot: Snapshot, backlog: Backlog) -> dict[str, Task]:
    chosen: dict[str, Task] = {}
    seen: set[str] = set()
    for named in ids:
        if named not in backlog.by_id:
            raise no_such_task(named, snapshot)
        if len(paths := backlog.paths[named]) > 1:
            raise ambiguous_task(named, paths)
        pending = [named]
        while pending:
            task_id = pending.pop()
            if task_id in seen:
                continue
            seen.add(task_id)
            below = backlog.children.get(task_id, [])
            pending += below
            task = backlog.by_id[task_id]
            if not below and (task_id in ids or not is_word(task.state, CLOSED)):
                chosen[task_id] = task
    return chosen


def _check_cycles(chosen: Iterable[Task], backlog: Backlog) -> None:
    """Raise TaskfilesError (plan-cycle) if a chosen task can't begin since open tasks wait in a circle."""
    reached = backlog.circles.find_reached(task.id for task in chosen if backlog.is_open(task.id))
    if reached is not None:
        path = backlog.by_id[reached.ids[0]].path
        raise TaskfilesError("plan-cycle", path=path, cycle=str(reached), details={"cycle": reached.ids})


def _find_plannable(obstacles: Mapping[str, Sequence[Obstacle]], backlog: Backlog) -> dict[str, set[str]]:
    """Map each plannable task to what it waits for: tasks, and the waits of the nearest ancestor with some.

    Such waits of an ancestor are in the result, too, by a name of their own: a task that waits with its
    ancestor does not wait until that is done. A task is plannable if it only waits for plannable ones.
    """
    waits = {
        task_id: {_waited_for(each) for each in found if each.code in _WAITS}
        for task_id, found in obstacles.items()
    }
    out = {task_id for task_id, found in obstacles.items() if any(each.code not in _WAITS for each in found)}
    ancestors = [
        str(each.other) for found in obstacles.values() for each in found if each.code == "ancestor-waits"
    ]
    while ancestors:
        ancestor = ancestors.pop()
        if (name := _waits_of(ancestor)) not in waits:
            waits[name] = {*backlog.unfinished(ancestor)}
            if (above := backlog.waits_with.get(ancestor)) is not None:
                waits[name].add(_waits_of(above))
                ancestors.append(above)
    dependents: dict[str, list[str]] = {}
    for task_id, others in waits.items():
        for other in others:
            dependents.setdefault(other, []).append(task_id)
    pending = [*out, *(other for other in dependents if other not in waits)]
    while pending:
        for task_id in dependents.get(pending.pop(), ()):
            if task_id not in out:
                out.add(task_id)
                pending.append(task_id)
    return {task_id: others for task_id, others in waits.items() if task_id not in out}


def _waited_for(obstacle: Obstacle) -> str:
    """Return the task that an obstacle waits for, or the name of its ancestor's waits."""
    other = str(obstacle.other)
    return _waits_of(other) if obstacle.code == "ancestor-waits" else other


def _waits_of(ancestor: str) -> str:
    return f"{ancestor}/"  # no id holds a slash


def _describe_selection(
    ids: Sequence[str], wanted: Filter | None, planned: Mapping[str, Task]
) -> tuple[str, str]:
    """Describe how the tasks were selected: a word for programs and a sentence for people."""
    count = number_of(len(planned), "ready task")
    if ids:
        return "explicit_ids", f"Ids named {count}"
    if wanted is None:
        return "ready_queue", f"The queue holds {count}"
    asked = {label for group in wanted.labels for label in group}
    labels = sorted(asked & {label for task in planned.values() for label in words(task, "labels")})
    if len(labels) > 1:
        return "multi_label_match", f"Labels matched {', '.join(labels[:-1])} and {labels[-1]} workflows"
    return "filter_match", f"Filters matched {count}"
