"""Use case: run the tasks of a plan, stage by stage, in one checkout or each in a worktree of its own."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from taskfiles.backlog.graph import dependency_edges
from taskfiles.backlog.plan import Plan, Stage
from taskfiles.errors import TaskfilesError
from taskfiles.remedy import join_remedies
from taskfiles.run.bounds import Bounds
from taskfiles.run.callbacks import Callbacks, Job, RunEvent
from taskfiles.run.executor import TaskRun, find_common_problem, run_task
from taskfiles.run.judging import OUT_OF_TIME
from taskfiles.run.plan_ledger import PlanEntry
from taskfiles.run.recovery import Agents, recover
from taskfiles.run.worktrees import Finish, PlanTrees, TaskTree
from taskfiles.store.claims import own_lease
from taskfiles.store.store import Store
from taskfiles.task.words import Outcome
from taskfiles.telemetry.actions import SUCCESS
from taskfiles.telemetry.outcomes import Workflow
from taskfiles.telemetry.workflows import Deliverable, WorkflowResult, make_plan_created, make_summary


class Terms(NamedTuple):
    """How a plan is run: how many tasks at once, and where its worktrees go, None for the one checkout.

    Without worktrees the tasks of a stage share the checkout. With `merge` the plan's branch is brought to
    the caller's at the end. `callbacks_for` returns those of a task, `announce` receives the
    number of the stage that begins. `bounds` end the plan before its tasks do.
    """

    callbacks_for: Callable[[str], Callbacks]
    announce: Callable[[int], None] = lambda _: None
    max_parallel: int = 1
    place: Path | None = None
    merge: bool = False
    bounds: Bounds | None = None


class Conducted(NamedTuple):
    """What came of a plan: the summary of its telemetry, the runs of its tasks by id, how its branch ended.

    `problems` are sentences about what else went wrong.
    """

    summary: dict[str, Any]
    results: dict[str, TaskRun]
    finish: Finish | None
    problems: list[str]


def run_plan(store: Store, plan: Plan, job: Job, terms: Terms, entry: PlanEntry | None = None) -> Conducted:
    """Run a plan; a task that fails keeps those that wait for it from being run, and nothing of it is lost.

    Where the plan allows no partial success, nothing more begins after a failure. `entry` keeps what becomes
    of its tasks, so that a killed run is known.
    Raises TaskfilesError as `PlanTrees.begin` does, before anything has begun.
    """
    return _Conductor(store, plan, job, terms, entry).conduct()


class _Conductor:
    def __init__(
        self, store: Store, plan: Plan, job: Job, terms: Terms, entry: PlanEntry | None = None
    ) -> None:
        self._note_result = (lambda *_: None) if entry is None else entry.note
        self._store, self._plan, self._job, self._terms = store, plan, job, terms
        self._callbacks_for, self._bounds = terms.callbacks_for, terms.bounds or Bounds()
        self._outcomes: dict[str, WorkflowResult] = {}
        self._results: dict[str, TaskRun] = {}
        self._deliverables: list[Deliverable] = []
        self._problems: list[str] = []
        self._trees: PlanTrees | None = None
        self._committed: dict[str, TaskTree] = {}  # of this stage, to be merged
        self._lock = Lock()
        self._copied = store.config.run.copied
        timeout = plan.overall_timeout
        self._dependencies = dependencies_within(plan)
        self._deadline = None if timeout is None else time.monotonic() + timeout

    def conduct(self) -> Conducted:
        terms, plan = self._terms, self._plan
        if terms.place is not None:
            assert self._store.repository is not None  # claims have asked for it
            plan_id = make_plan_created(plan)["plan_id"]
            environment = self._callbacks_for("").environment
            self._trees = PlanTrees(
                self._store.repository, self._store.root, terms.place, plan_id, environment
            )
            missing = self._trees.check_copied(self._copied)
            self._trees.begin(sorted(self._needed_paths()), sorted(plan.tasks))
            self._problems += [
                f"{path} is not here, so that no worktree has it (run.copy)." for path in missing
            ]
        for index, stage in enumerate(plan.stages):
            if self._is_over():
                break
            terms.announce(index)
            self._run_stage(stage)
        finish = None if self._trees is None else self._finish(self._trees)
        for task_id in plan.tasks:
            if task_id not in self._outcomes:
                self._skip(task_id, f"{self._why_over()}.")
        begun = any(each.status is not Workflow.SKIPPED for each in self._outcomes.values())
        reason = None if begun else "nothing_begun"
        summary = make_summary(
            plan, self._outcomes, skip_reason=reason, deliverables=self._deliverables or None
        )
        return Conducted(summary, self._results, finish, self._problems)

    def _needed_paths(self) -> set[str]:
        """Return the files that worktrees must have as they are here: the tasks, and what they depend on."""
        paths = {task.path for task in self._plan.tasks.values()}
        for others in dependency_edges([*self._plan.tasks.values()]).values():
            for other in others:
                with suppress(TaskfilesError):
                    paths.add(self._store.get(other).path)
        return paths

    def _is_over(self) -> bool:
        return bool(self._why_over())

    def _why_over(self) -> str:
        """Return why nothing more is begun; empty if the plan goes on."""
        if reason := self._why_stop(self._callbacks_for("")):
            return reason[:1].upper() + reason[1:]
        if reason := self._why_none():
            return reason
        failed = any(each.status is Workflow.FAILED for each in self._outcomes.values())
        return "" if self._plan.allow_partial or not failed else "Another task has failed"

    def _why_none(self) -> str:
        """Return why no agent can or may work; empty if none is known to fail for more than its task."""
        with self._lock:
            found = next((why for why in map(find_common_problem, self._results.values()) if why), "")
        end = self._bounds.find_end()
        return found or end[:1].upper() + end[1:]

    def _why_stop(self, callbacks: Callbacks) -> str:
        if reason := callbacks.stop():
            return reason
        return OUT_OF_TIME if self._deadline is not None and time.monotonic() >= self._deadline else ""

    def _run_stage(self, stage: Stage) -> None:
        wanted = [task_id for task_id in stage.ids if self._can_begin(task_id)]
        workers = min(self._terms.max_parallel, len(wanted))
        if workers < 2 or stage.run_mode == "sequential":
            for task_id in wanted:
                if not self._is_over():
                    self._run_task(task_id)
        else:
            with ThreadPoolExecutor(workers) as pool:
                for future in [pool.submit(self._run_task, task_id) for task_id in wanted]:
                    future.result()
        # In the order of the ids, whoever was first: the same work gives the same branch.
        for task_id in sorted(self._committed):
            self._outcomes[task_id] = self._merge(self._committed.pop(task_id), self._outcomes[task_id])
            self._note_result(task_id, self._outcomes[task_id])

    def _can_begin(self, task_id: str) -> bool:
        """Whether what a task waits for was done; else it is skipped."""
        waiting = [other for other in self._dependencies.get(task_id, ()) if not self._is_executed(other)]
        if waiting:
            self._skip(task_id, f"It waits for {', '.join(sorted(waiting))}.")
        return not waiting

    def _is_executed(self, task_id: str) -> bool:
        outcome = self._outcomes.get(task_id)
        return outcome is not None and outcome.status is Workflow.EXECUTED

    def _skip(self, task_id: str, why: str) -> None:
        with self._lock:
            self._outcomes[task_id] = WorkflowResult(Workflow.SKIPPED, message=why)
            self._problems.append(join_remedies([f"{task_id} was not begun.", why]))
        self._note_result(task_id, self._outcomes[task_id])

    def _run_task(self, task_id: str) -> None:
        callbacks = self._callbacks_for(task_id)
        if why := self._why_stop(callbacks) or self._why_none() or self._bounds.begin():
            self._skip(task_id, f"{why[:1].upper()}{why[1:]}.")
            return
        callbacks = callbacks._replace(
            stop=lambda: self._why_stop(self._callbacks_for("")), attempted=self._bounds.add
        )
        tree: TaskTree | None = None
        self._note_result(task_id)
        try:
            if self._trees is not None:
                own_lease(self._store, task_id)  # whoever has the task may be at work in its worktree
                tree = self._trees.task_tree(task_id)
                self._trees.copy_ignored(tree, self._copied)
            result = run_task(self._open(tree), task_id, self._job, callbacks)
        except TaskfilesError as error:  # refused: it was not begun
            self._bounds.discount()
            self._skip(task_id, join_remedies([error.message, error.hint]))
            self._drop(tree)
            return
        files = _created_files(result)
        with self._lock:
            self._results[task_id] = result
            self._deliverables += _read_deliverables(_top(self._store, tree), files)
        outcome = _workflow(result, files)
        if tree is not None:
            outcome = self._commit(tree, result, outcome)
        with self._lock:
            self._outcomes[task_id] = outcome
        if task_id not in self._committed:  # else it is known when it is merged
            self._note_result(task_id, outcome)

    def _open(self, tree: TaskTree | None) -> Store:
        """Open the store for one thread: claims are kept with it."""
        return self._store.reopen(None if tree is None else tree.root)

    def _commit(self, tree: TaskTree, result: TaskRun, outcome: WorkflowResult) -> WorkflowResult:
        """Commit what a task has come to; what is good is merged when its stage is over."""
        assert self._trees is not None
        try:
            if self._trees.restore(tree):
                self._record_late(tree, result)
                lost = f"its agent removed {tree.path}, and what was not committed there is lost"
                self._note(f"{tree.task_id}: {lost}.")
                outcome = WorkflowResult(Workflow.FAILED, error=lost)
            self._trees.commit_task(tree, _message(result))
        except TaskfilesError as error:
            self._note(join_remedies([f"{tree.task_id}: {error.message}", error.hint]))
            return WorkflowResult(Workflow.FAILED, error=error.message)
        if outcome.status is Workflow.EXECUTED and not outcome.is_partial:
            with self._lock:
                self._committed[tree.task_id] = tree
        else:
            self._note(f"{tree.task_id} is not merged: its work and attempt are on {tree.branch}.")
        return outcome

    def _record_late(self, tree: TaskTree, result: TaskRun) -> None:
        """Record attempts in a worktree that was made again; they could not be recorded without it."""
        callbacks = self._callbacks_for(tree.task_id)
        agents = None if callbacks.sessions is None else Agents(callbacks.sessions, callbacks.environment)
        for found in recover(self._store, os.fspath(tree.root), agents):
            ids = {"attempt_id": found.entry.attempt_id, "attempt_ids": [found.entry.attempt_id]}
            if found.problem is not None:
                self._note(join_remedies([f"{tree.task_id}: {found.problem.message}", found.problem.hint]))
            elif found.recorded is not None:
                callbacks.emit(RunEvent("attempt.record", SUCCESS, None, tree.task_id, [found.recorded], ids))
                result.problems[:] = [each for each in result.problems if each.code != "directory-gone"]
            if found.released:
                callbacks.emit(RunEvent("task.release", SUCCESS, None, tree.task_id, found.released))
            if found.task is not None:
                callbacks.ended(found.task)

    def _merge(self, tree: TaskTree, outcome: WorkflowResult) -> WorkflowResult:
        """Merge a task's branch into the plan's."""
        assert self._trees is not None
        try:
            merging = self._trees.merge_task(tree)
        except TaskfilesError as error:
            self._note(join_remedies([f"{tree.task_id}: {error.message}", error.hint]))
            return WorkflowResult(Workflow.FAILED, error=error.message)
        if merging.commit is None:
            where = f" in {', '.join(merging.conflicts)}" if merging.conflicts else ""
            why = f"{tree.branch} could not be merged{where}: {merging.problem}"
            self._note(why)
            return WorkflowResult(Workflow.FAILED, error=why)
        self._drop(tree)
        return outcome

    def _drop(self, tree: TaskTree | None) -> None:
        if tree is None or self._trees is None:
            return
        with suppress(TaskfilesError):  # it stays, which harms nothing
            if why := self._trees.drop(tree):
                self._note(f"The worktree {tree.path} stays: {why}.")

    def _finish(self, trees: PlanTrees) -> Finish | None:
        good = any(each.status is Workflow.EXECUTED for each in self._outcomes.values())
        try:
            finish = trees.finish(merge=self._terms.merge and good)
        except TaskfilesError as error:
            self._note(join_remedies([f"{trees.branch}: {error.message}", error.hint]))
            trees.close()
            return None
        if finish.merging is not None and finish.merging.commit is None:
            self._note(f"{trees.branch} is not merged into your branch: {finish.merging.problem}.")
        if finish.worktree is not None:
            self._note(f"The worktree {finish.worktree} stays: {finish.problem}.")
        return finish

    def _note(self, text: str) -> None:
        with self._lock:
            self._problems.append(text)


def _workflow(result: TaskRun, files: list[str]) -> WorkflowResult:
    if result.outcome == Outcome.FAILED:
        last = result.attempts[-1].attempt
        return WorkflowResult(
            Workflow.FAILED, error=str(last.get("error_reason") or result.reason or "it failed")
        )
    return WorkflowResult(Workflow.EXECUTED, tuple(files), is_partial=result.outcome == Outcome.PARTIAL)


def _message(result: TaskRun) -> str:
    task = result.task
    given = task.values.get("commit_message")
    text = given if isinstance(given, str) and given.strip() else str(task.get("title"))
    return f"{text.strip()}\n\nTask: {task.id}\n"


def _created_files(result: TaskRun) -> list[str]:
    return sorted({path for made in result.attempts for path in made.attempt.get("created_files", ())})


def _top(store: Store, tree: TaskTree | None) -> str:
    if tree is not None:
        return os.fspath(tree.path)
    return os.fspath(store.root if store.repository is None else store.repository.top)


def _read_deliverables(top: str, files: list[str]) -> list[Deliverable]:
    """Measure files; one that is gone again, or is no regular file, is no deliverable."""
    found = []
    for path in files:
        place = os.path.join(top, path)
        with suppress(OSError):
            if os.path.isfile(place) and not os.path.islink(place):
                with open(place, "rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                found.append(Deliverable(path, os.path.getsize(place), digest))
    return found


def dependencies_within(plan: Plan) -> dict[str, list[str]]:
    """Return the tasks of the plan that each task waits for, by its id; only tasks that wait."""
    found = {task_id: sorted(plan.needs[task_id]) for task_id in plan.tasks}
    return {task_id: others for task_id, others in found.items() if others}
