"""The check of what runs of agents have left: attempts that no task file has yet."""

from __future__ import annotations

from collections.abc import Iterator

from taskfiles.doctor.check import Scene, Seen, Status
from taskfiles.remedy import Remedy
from taskfiles.run.plan_ledger import list_left_plans, recover_plans
from taskfiles.run.recovery import list_left, list_unreadable, recover


def check_attempts(scene: Scene) -> Iterator[Seen]:
    """Every attempt is in its task's file, or is being made."""
    store = scene.store
    left = [] if store is None else list_left(store)
    for entry in left:
        why = "could not be recorded" if entry.is_whole else "was cut short: its run was killed"
        words = (
            "Where its task is gone, bring that back by an undo or with git; then have the attempt recorded."
        )
        gone = Remedy(words, "attempt-left")
        message = f"The attempt {entry.attempt_id} at {entry.task_id} {why}."
        yield Seen(Status.WRONG, message, gone if entry.is_whole else None)
    damaged = [] if store is None else list_unreadable(store)
    for path in damaged:
        hint = "It may be all that is left of an attempt: look at it, record that by hand, then remove it."
        yield Seen(Status.WRONG, f"{path} can't be read as an attempt.", hint, path, by_hand=True)
    plans = [] if store is None else list_left_plans(store)
    for run_id in plans:
        yield Seen(Status.WRONG, f"The run {run_id} of a plan was killed, and no event says what came of it.")
    if not left and not damaged and not plans:
        yield Seen(Status.OK, "No attempt is left to be recorded.")


def record_attempts(scene: Scene) -> Iterator[Seen]:
    """Record what was left, and give the tasks back."""
    if scene.store is None:
        return
    for found in recover(scene.store, agents=scene.agents):
        scene.recovered.append(found)
        entry = found.entry
        if found.problem is None and found.recorded is None:
            yield Seen(Status.FIXED, f"{entry.task_id} is free again: its run was killed before it began.")
        elif found.problem is None:
            yield Seen(Status.FIXED, f"Recorded the attempt {entry.attempt_id} at {entry.task_id}.")
        else:
            problem = found.problem
            yield Seen(Status.INFO, problem.message, problem.hint, problem.path, problem.line)
    for summary in recover_plans(scene.store):
        scene.on_plan(summary)
        yield Seen(Status.FIXED, f"The outcome of the killed run of the plan {summary['plan_id']} is logged.")
    scene.forget()
