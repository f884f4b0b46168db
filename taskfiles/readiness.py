"""Readiness: whether work on a task can begin, and what stands in the way; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from taskfiles.graph import dependency_edges
from taskfiles.query import is_blocked
from taskfiles.sections import ACCEPTANCE_CRITERIA, find_checkboxes, split_lines
from taskfiles.task import Task


class Reason(NamedTuple):
    """One thing that stands in the way: a stable word, a clause for people, and the remedy."""

    code: str
    text: str
    remedy: str


class Survey(NamedTuple):
    """What readiness needs to know of a whole store: the states of each id, and what each id waits for."""

    states: Mapping[str, Sequence[object]]
    dependencies: Mapping[str, Sequence[str]]


def survey(tasks: Iterable[Task]) -> Survey:
    """Look at a store once, for asking after many tasks."""
    listed = list(tasks)
    states: dict[str, list[object]] = {}
    for task in listed:
        states.setdefault(task.id, []).append(task.state)
    return Survey(states, dependency_edges(listed))


def not_ready(task: Task, tasks: Iterable[Task], *, lapsed: bool = False) -> list[Reason]:
    """Tell everything that keeps work on a task from beginning; nothing where it can.

    `tasks` are those of the whole store. A task in progress whose claim has lapsed can be begun again.
    """
    return find_reasons(task, survey(tasks), lapsed=lapsed)


def find_reasons(task: Task, store: Survey, *, lapsed: bool = False) -> list[Reason]:
    """Tell what `not_ready` does, of a store that has been looked at."""
    found = [_state(task, lapsed), _validity(task), _blocked(task)]
    found += [_dependency(other, store) for other in dict.fromkeys(store.dependencies.get(task.id, ()))]
    found.append(_criteria(task))
    return [reason for reason in found if reason is not None]


def _state(task: Task, lapsed: bool) -> Reason | None:
    if task.state == "ready" or (lapsed and task.state == "in-progress"):
        return None
    if task.state == "in-progress":
        text = "it is in progress already, and no claim in this clone says by whom"
        remedy = f"If nobody is at work on it, `tasks release {task.id}` makes it ready again."
        return Reason("state", text, remedy)
    remedy = f"`tasks update {task.id} --meta state=ready` makes it ready."
    return Reason("state", f"its state is {task.state}, not ready", remedy)


def _validity(task: Task) -> Reason | None:
    if task.valid:
        return None
    text = f"its file has an error in line {task.errors[0].line}"
    return Reason("invalid", text, f"`tasks validate {task.id}` says what is wrong with it.")


def _blocked(task: Task) -> Reason | None:
    if not is_blocked(task):
        return None
    why = str(task.get("blocked")).strip().rstrip(".")
    return Reason(
        "blocked", f"it is blocked: {why}", f"`tasks update {task.id} --unset blocked` unblocks it."
    )


def _dependency(other: str, store: Survey) -> Reason | None:
    states = store.states.get(other, ())
    if states and all(state == "done" for state in states):
        return None
    how = f"which is {states[0]}" if states else "of which there is no file"
    remedy = f"Finish {other} first." if states else f"Take {other} out of the dependencies, or create it."
    return Reason("dependency", f"it waits for {other}, {how}", remedy)


def _criteria(task: Task) -> Reason | None:
    if find_checkboxes(split_lines(task.body)):
        return None
    text = f"its section {ACCEPTANCE_CRITERIA} has no checkbox"
    remedy = f"`tasks update {task.id} --field '{ACCEPTANCE_CRITERIA}' TEXT` says when it is done."
    return Reason("criteria", text, remedy)
