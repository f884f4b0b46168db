"""Plans: ready leaf tasks in stages; the same files give the same plan; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from taskfiles.backlog.conflicts import read_needs
from taskfiles.backlog.filter import Filter
from taskfiles.backlog.graph import find_cycles, find_issue, words
from taskfiles.backlog.query import find_tasks
from taskfiles.backlog.ranking import rank_tasks
from taskfiles.backlog.readiness import Backlog, Obstacle, find_obstacles
from taskfiles.backlog.snapshot import Snapshot, ambiguous_task, no_such_task
from taskfiles.backlog.stages import stage_tasks
from taskfiles.errors import TaskfilesError, number_of
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, State

_SHOWN = 10  # ids of a long cycle in its error message


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
    """Tasks in stages (docs/how-to/plan.md); `tasks` and `waits` are by id, timeouts in seconds."""

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
            kept = {task.id for task in find_tasks(backlog.tasks, wanted)}
            chosen = {task_id: task for task_id, task in chosen.items() if task_id in kept}
    _check_cycles(chosen.values(), backlog)
    obstacles = {task_id: find_obstacles(task, backlog) for task_id, task in chosen.items()}
    dependencies = _find_plannable(obstacles)
    planned = {task_id: chosen[task_id] for task_id in sorted(dependencies)}
    needs = [read_needs(each.task) for each in rank_tasks(planned.values(), backlog)]
    staging = stage_tasks(needs, dependencies, max_parallel)
    left_out = [
        LeftOut(chosen[task_id], [each for each in found if each.other not in planned])
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
        stages, issue, allow_partial, preview, reason, message, overall_timeout, planned, waits, left_out
    )


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
    """Raise TaskfilesError (plan-cycle) for a cycle of open tasks among chosen ones and dependencies."""
    edges: dict[str, list[str]] = {}
    pending = [task.id for task in chosen if not is_word(task.state, CLOSED)]
    while pending:
        task_id = pending.pop()
        if task_id in edges:
            continue
        others = [
            backlog.by_id[other] for other in backlog.dependencies.get(task_id, ()) if other in backlog.by_id
        ]
        edges[task_id] = [other.id for other in others if not is_word(other.state, CLOSED)]
        pending += edges[task_id]
    for cycle in find_cycles(edges):
        named = [*cycle[:_SHOWN], *(["…"] if len(cycle) > _SHOWN else []), cycle[0]]
        path = backlog.by_id[cycle[0]].path
        raise TaskfilesError("plan-cycle", path=path, cycle=" > ".join(named), details={"cycle": cycle})


def _find_plannable(obstacles: Mapping[str, Sequence[Obstacle]]) -> dict[str, set[str]]:
    """Map each plannable task to its dependencies.

    A task is plannable if its only obstacles are dependencies on plannable tasks.
    """
    dependencies = {
        task_id: {each.other for each in found if each.other is not None}
        for task_id, found in obstacles.items()
    }
    dependents: dict[str, list[str]] = {}
    for task_id, others in dependencies.items():
        for other in others:
            dependents.setdefault(other, []).append(task_id)
    out = {
        task_id
        for task_id, found in obstacles.items()
        if any(each.other is None or each.other not in obstacles for each in found)
    }
    pending = list(out)
    while pending:
        for task_id in dependents.get(pending.pop(), ()):
            if task_id not in out:
                out.add(task_id)
                pending.append(task_id)
    return {task_id: others for task_id, others in dependencies.items() if task_id not in out}


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
