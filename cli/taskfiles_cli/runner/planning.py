"""What commands that make plans share: making one, telling of it, naming what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskfiles import Plan, Snapshot, make_plan
from taskfiles.backlog.graph import find_descendants
from taskfiles.backlog.problems import Problems, find_problems
from taskfiles.backlog.unmatched import Lookout
from taskfiles.telemetry.actions import SUCCESS
from taskfiles.telemetry.workflows import make_plan_created, make_summary
from taskfiles_cli.command.problems import warn_of_unmatched
from taskfiles_cli.command.session import Session


def plan_tasks(
    session: Session, ids: Sequence[str], allow_partial: bool | None, **how: Any
) -> tuple[Plan, Problems]:
    """Make a plan of the project and tell of it; gives what was wrong with files besides.

    `how` is what `make_plan` takes.
    """
    store = session.store
    partial = store.settings.allow_partial if allow_partial is None else allow_partial

    wanted = how.get("wanted")

    def make(snapshot: Snapshot) -> tuple[Plan, Problems, Lookout | None, list[str]]:
        lookout = None if wanted is None else Lookout(wanted)
        if lookout is not None:
            lookout.look_at(snapshot.tasks)
        made = make_plan(snapshot, ids=ids, allow_partial=partial, **how)
        fruitless = _find_fruitless(snapshot, ids, made)
        return made, find_problems(snapshot.unreadable, snapshot.tasks), lookout, fruitless

    made, problems, lookout, fruitless = store.with_snapshot(make)
    if lookout is not None:
        warn_of_unmatched(session.console, lookout, store)
    for task_id in fruitless:
        session.console.warn(f"{task_id} is left out: nothing below it is open.", code="left-out")
    _tell(session, made)
    return made, problems


def _find_fruitless(snapshot: Snapshot, ids: Sequence[str], made: Plan) -> list[str]:
    """List the named tasks that stand for others below them, of which none is planned or left out."""
    known = made.tasks.keys() | {left.task.id for left in made.left_out}
    return [
        named
        for named in dict.fromkeys(ids)
        if named not in known and not known & {*find_descendants(snapshot.tasks, named)}
    ]


def warn_of_plan(session: Session, made: Plan, problems: Problems) -> None:
    """Warn of files with problems, and name the tasks that a plan leaves out, and why."""
    planned = {each for stage in made.stages for each in stage.ids}
    session.warn_problems(problems, {made.tasks[each].path for each in planned})
    for left in made.left_out:
        reasons = "; ".join(each.message.rstrip(".") for each in left.obstacles)
        session.console.warn(f"{left.task.id} is left out: {reasons}.", code="left-out", path=left.task.path)


def _tell(session: Session, made: Plan) -> None:
    payload = make_plan_created(made)
    session.tell(SUCCESS, action="plan.create", payload=payload, issue_number=payload["issue_number"])
    if made.preview:
        skipped = make_summary(made)
        session.tell(SUCCESS, action="plan.skip", payload=skipped, issue_number=payload["issue_number"])
