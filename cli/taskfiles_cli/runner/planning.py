"""What commands that make plans share: making one, telling of it, naming what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskfiles import Plan, Snapshot, make_plan
from taskfiles.backlog.relations import Problems, find_problems
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
    partial = store.config.run.allow_partial if allow_partial is None else allow_partial

    wanted = how.get("wanted")

    def make(snapshot: Snapshot) -> tuple[Plan, Problems, Lookout | None]:
        lookout = None if wanted is None else Lookout(wanted)
        if lookout is not None:
            lookout.look_at(snapshot.tasks)
        made = make_plan(snapshot, ids=ids, allow_partial=partial, **how)
        return made, find_problems(snapshot.unreadable, snapshot.tasks), lookout

    made, problems, lookout = store.with_snapshot(make)
    if lookout is not None:
        warn_of_unmatched(session.console, lookout, store)
    _tell(session, made)
    return made, problems


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
