"""Running a plan: what `tasks run --plan` hands to the library, what is seen meanwhile, and its answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from taskfiles import Plan, TaskfilesError
from taskfiles.agents.lines import limit_lines
from taskfiles.agents.registry import find_adapter
from taskfiles.backlog.wire import plan_object
from taskfiles.basics.digest import hex_digest
from taskfiles.basics.uuids import new_uuid7
from taskfiles.run.bounds import Bounds
from taskfiles.run.callbacks import Callbacks, Job, RunEvent
from taskfiles.run.conduct import Conducted, Terms, dependencies_within, run_plan
from taskfiles.run.plan_ledger import PlanEntry, PlanLedger
from taskfiles.store.disk import open_regular
from taskfiles.store.git import run_git
from taskfiles.telemetry.actions import DECISION, SUCCESS
from taskfiles_cli.command.session import Session
from taskfiles_cli.line.surroundings import state_directory
from taskfiles_cli.render.remedies import say_all
from taskfiles_cli.runner.board import Board, add_tokens, open_board
from taskfiles_cli.runner.leftovers import EXECUTE, tell_summary
from taskfiles_cli.runner.one_task import Keeping, Work, at_work, render_run
from taskfiles_cli.runner.planning import plan_tasks, warn_of_plan

_MOST = 8 << 20  # bytes of an agent's output that are looked through again and again


def run_planned(
    session: Session,
    ids: Sequence[str],
    job: Job,
    keeping: Keeping,
    *,
    allow_partial: bool | None,
    max_parallel: int | None,
    worktrees: bool,
    merge: bool,
    bounds: Bounds,
    **how: Any,
) -> int:
    """Make a plan of the tasks named, or of the ready ones, run it unless it is a preview, and answer."""
    with at_work(session, keeping) as work:
        plan, problems = plan_tasks(session, ids, allow_partial, max_parallel=max_parallel, **how)
        warn_of_plan(session, plan, problems)
        _warn_of_waiting(work, plan, job)
        if plan.preview:
            answer: dict[str, Any] = {"plan": plan_object(plan), "summary": None, "runs": []}
            answer |= {"branch": None, "problems": []}
            session.console.answer(answer, human=lambda: _render_preview(plan), plain=sorted(plan.tasks))
            return 0
        if merge:
            _check_branch(session)
        place = _place(session) if worktrees and plan.tasks else None
        with open_board(session.console, plan, work.callbacks.on_output, _counter(work, job)) as board:
            terms = Terms(
                lambda task_id: _callbacks(work, board, task_id),
                board.announce,
                max_parallel or (len(plan.tasks) if worktrees else 1),
                place,
                merge,
                bounds,
            )
            assert session.store.journal is not None  # where claims can be kept there is one
            with PlanLedger(session.store.journal).held(new_uuid7(session.now()), plan_object(plan)) as entry:
                conducted = _run(session, plan, job, terms, entry)
                summary = tell_summary(session, conducted.summary)
        return _answer(work, plan, conducted, summary)


def _run(session: Session, plan: Plan, job: Job, terms: Terms, entry: PlanEntry) -> Conducted:
    try:
        return run_plan(session.store, plan, job, terms, entry)
    except TaskfilesError as error:
        refused = {"rule": error.code, "decision": "refused"}
        session.tell(error.outcome, action=EXECUTE, event_type=DECISION, reason=error.code, payload=refused)
        raise


def _counter(work: Work, job: Job) -> Callable[[str], int | None]:
    """Count the tokens of an attempt by what its agent has printed so far."""
    adapter = find_adapter(job.tool, job.command).adapter

    def count(attempt_id: str) -> int | None:
        path = os.path.join(work.callbacks.logs, f"{attempt_id}.out.log")
        if adapter is None or not os.path.isfile(path) or os.path.getsize(path) > _MOST:
            return None
        with open(open_regular(path), "rb") as file:
            return add_tokens([adapter.read(limit_lines(file)).attempt.get("usage", {})])

    return count


def _check_branch(session: Session) -> None:
    """Refuse to merge into no branch, before agents have worked for it."""
    repository = session.store.repository
    if repository is not None and not run_git(repository.top, "symbolic-ref", "-q", "HEAD", check=False):
        problem, remedy = "HEAD is on no branch that --merge could bring the work to", "Switch to one."
        raise TaskfilesError("no-worktrees", problem=problem, remedy=remedy)


def _warn_of_waiting(work: Work, plan: Plan, job: Job) -> None:
    waiting = sorted(dependencies_within(plan))
    if waiting and not job.complete and not plan.preview:
        named = ", ".join(waiting)
        work.say(f"What waits for other tasks begins only when these are done ({named}): take --complete.")


def _callbacks(work: Work, board: Board, task_id: str) -> Callbacks:
    if not task_id:
        return work.callbacks

    def tell(told: RunEvent) -> None:
        work.callbacks.emit(told)
        board.told(task_id, told)

    return work.callbacks._replace(on_output=lambda data: board.hear(task_id, data), emit=tell)


def _place(session: Session) -> Path:
    """Where the worktrees of a clone go: among the user's state, outside of any repository."""
    state, store = state_directory(os.environ), session.store
    if state is None or store.common is None:
        problem = "neither XDG_STATE_HOME nor HOME says where they may lie"
        raise TaskfilesError("no-worktrees", problem=problem, remedy="Set one of them.")
    return Path(state) / "tasks" / "worktrees" / hex_digest(os.fsencode(store.common))[:16]


def _answer(work: Work, plan: Plan, conducted: Conducted, summary: dict[str, Any]) -> int:
    session = work.session
    problems = say_all(conducted.problems)
    runs = [work.answer(conducted.results[name]) for name in sorted(conducted.results)]
    outcome = summary["outcome"]
    branch = None if conducted.finish is None else conducted.finish.branch
    answer = {
        "plan": plan_object(plan),
        "summary": summary,
        "runs": runs,
        "branch": branch,
        "problems": problems,
    }
    human = [*(line for run in runs for line in render_run(run)), _render_end(summary, branch)]
    session.console.answer(answer, human=lambda: human, plain=[run["task"]["id"] for run in runs])
    for problem in problems:
        work.say(problem)
    code = work.exit_code(list(conducted.results.values()))
    merging = None if conducted.finish is None else conducted.finish.merging
    if merging is not None and merging.commit is None:
        return code or 1
    return code or (0 if outcome == SUCCESS else 1)


def _render_preview(plan: Plan) -> list[str]:
    stages = [f"stage {index}: {', '.join(stage.ids)}" for index, stage in enumerate(plan.stages)]
    return [*stages, "Nothing was run."]


def _render_end(summary: dict[str, Any], branch: str | None) -> str:
    flows = [each["status"] for stage in summary["stage_runs"] for each in stage["workflows"]]
    counts = [f"{flows.count(word)} {word}" for word in ("executed", "failed", "skipped") if word in flows]
    held = f" The work is on {branch}." if branch else ""
    return f"The plan: {', '.join(counts) or 'nothing to run'}.{held}"
