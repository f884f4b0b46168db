"""`tasks plan`: ready tasks in stages, for people, orchestrators and CI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import Filter, Plan, TaskfilesError
from taskfiles.backlog.wire import matrix_object, plan_object
from taskfiles_cli.command.beginning import READING
from taskfiles_cli.command.choice import make_filter
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command
from taskfiles_cli.line.output_format import PlanFormat
from taskfiles_cli.line.values import read_criteria
from taskfiles_cli.render.queue import render_plan
from taskfiles_cli.runner.planning import plan_tasks, warn_of_plan

if TYPE_CHECKING:
    from taskfiles_cli.line.options import (
        Ambiguities,
        Assignees,
        Executors,
        Isolations,
        Kinds,
        Labels,
        Metas,
        Parents,
        PlanOutput,
        Priorities,
        Search,
        Sizes,
        Texts,
        Whole,
        arg,
        complete_ids,
        flag,
        opt,
    )

_MATRIX_JOBS = 256  # what GitHub Actions takes


@command("root", "color", action="plan.create", answers="plan", finds=("ids",), beginnings=READING)
def plan(
    session: Session,
    *,
    ids: Annotated[
        Texts,
        arg(
            "ID",
            "Tasks; a parent stands for what is below it. Default: every ready task.",
            autocompletion=complete_ids,
        ),
    ] = None,
    output: PlanOutput = PlanFormat.HUMAN,
    kind: Kinds = None,
    priority: Priorities = None,
    label: Labels = None,
    assignee: Assignees = None,
    executor: Executors = None,
    size: Sizes = None,
    ambiguity: Ambiguities = None,
    isolation: Isolations = None,
    parent: Parents = None,
    search: Search = "",
    meta: Metas = None,
    preview: Annotated[bool, flag("Mark the plan as one that is not to be run.", "--preview")] = False,
    max_parallel: Annotated[Whole, opt("N", "At most N tasks in a stage.", "--max-parallel", min=1)] = None,
    no_parallel: Annotated[bool, flag("Within a stage, one task after the other.", "--no-parallel")] = False,
    allow_partial: Annotated[
        bool | None,
        flag(
            "Whether to go on when a task has failed. Default: run.allow_partial, true.",
            "--allow-partial/--no-allow-partial",
        ),
    ] = None,
    overall_timeout: Annotated[
        Whole, opt("SECONDS", "How long the whole plan may take.", "--overall-timeout", min=1)
    ] = None,
) -> int:
    """Put ready tasks into stages: dependencies first, and nothing side by side that conflicts.

    The same files give the same plan. A task that can't be started is left out and named on
    standard error. Nothing is written or run.
    """
    words = {"kind": kind, "priority": priority, "executor": executor, "size": size, "ambiguity": ambiguity}
    criteria = read_criteria(
        {**words, "isolation": isolation},
        label=label,
        assignee=assignee,
        parent=parent,
        search=search,
        meta=meta,
    )
    wanted = make_filter(session, criteria)
    filtered = wanted != Filter()
    if ids and filtered:
        raise TaskfilesError("usage", problem="Name ids or filter, not both.", command="tasks plan")
    made, problems = plan_tasks(
        session,
        ids or (),
        allow_partial,
        wanted=wanted if filtered else None,
        max_parallel=max_parallel,
        parallel=not no_parallel,
        preview=preview,
        overall_timeout=overall_timeout,
    )
    _answer(session, output, made)
    warn_of_plan(session, made, problems)
    if not made.stages and not made.left_out:
        session.console.note("`tasks list --state idea` lists ideas; `tasks move ID ready` makes one ready.")
    return 0


def _answer(session: Session, output: PlanFormat, made: Plan) -> None:
    if output is PlanFormat.GITHUB_MATRIX:
        session.console.write(session.console.json(matrix_object(made)))
        if len(made.tasks) > _MATRIX_JOBS:
            session.console.warn(
                f"GitHub Actions takes {_MATRIX_JOBS} jobs in a matrix; this one has {len(made.tasks)}.",
                code="matrix-size",
            )
        return
    answer = plan_object(made)
    ids = [task_id for stage in made.stages for task_id in stage.ids]
    session.console.answer(answer, human=lambda: render_plan(answer, made), plain=ids)
