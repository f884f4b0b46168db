"""`tasks show`: one task, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Task, task_object
from taskfiles.task.remembered import MILESTONE_DUE
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskfiles_cli.line.options import TaskId, Text, opt
    from taskfiles_cli.render.lines import Line


@command(*READS, "brief", answers="show", finds=("task_id",))
def show(
    session: Session,
    task_id: TaskId,
    *,
    fields: Annotated[Text, opt("KEYS", "Only these keys.")] = None,
) -> int:
    """Show one task with its body, attempts and derived figures."""
    task = session.store.get(task_id)
    whole = task_object(task, show=True, claim=session.claims_of({task.id}).get(task.id))
    if MILESTONE_DUE not in whole:  # a key of the file's own stays as it stands
        whole[MILESTONE_DUE] = _find_due_day(session, task)
    answer = whole
    if fields is not None:
        from taskfiles.basics.commas import split_commas  # noqa: PLC0415 (few want some keys alone)
        from taskfiles_cli.line.values import check_fields  # noqa: PLC0415 (as above)

        check_fields(chosen := split_commas([fields]), {*task.values, MILESTONE_DUE})
        answer = {key: whole.get(key) for key in chosen}
    session.console.answer(answer, human=lambda: _human(answer, whole, session, task), plain=[task.id])
    session.warn_findings(task.errors)
    return 0


def _find_due_day(session: Session, task: Task) -> str | None:
    if not (dues := session.store.milestones):
        return None
    from taskfiles.backlog.milestones import find_due_day  # noqa: PLC0415 (few projects declare days)

    return find_due_day(task, dues)


def _human(answer: dict[str, Any], whole: dict[str, Any], session: Session, task: Task) -> Sequence[Line]:
    """Render a task for a terminal, and as plain text elsewhere."""
    from taskfiles_cli.render.details import line, render_details  # noqa: PLC0415 (programs need neither)
    from taskfiles_cli.render.lines import split_lines  # noqa: PLC0415 (as above)

    console, store = session.console, session.store
    if answer is whole and (width := console.width()) is not None:
        from taskfiles.backlog.dates import is_overdue  # noqa: PLC0415 (pipes need no page)
        from taskfiles_cli.render.sheet import render_sheet  # noqa: PLC0415

        late = not is_word(task.state, CLOSED) and is_overdue(task, store.now(), store.zone)
        return render_sheet(_for_people(whole, session, task), width, console.icons(), is_overdue=late)
    if answer is whole:
        return render_details(_for_people(whole, session, task))
    lines = []
    for key, value in answer.items():
        lines += ["  body", *split_lines(value)] if key == "body" else [line(key, value)]
    return lines


def _for_people(whole: dict[str, Any], session: Session, task: Task) -> dict[str, Any]:
    """Return a task object whose parent is the effective one, with those above it, and a milestone's day."""
    from taskfiles.backlog.graph import find_ancestors  # noqa: PLC0415 (as above)

    ancestors = session.store.with_snapshot(lambda snapshot: find_ancestors(snapshot.tasks, task.id))
    above = {"parent": " > ".join(ancestors)} if ancestors else {}
    shown = {key: value for key, value in whole.items() if key != MILESTONE_DUE or key in task.values}
    return _with_milestone({**shown, **above}, session, task)


def _with_milestone(whole: dict[str, Any], session: Session, task: Task) -> dict[str, Any]:
    """Return a task object in which the milestone says until when it is due."""
    store = session.store
    if whole["milestone"] is None or not (dues := store.milestones):
        return whole
    from taskfiles_cli.render.milestones import with_day  # noqa: PLC0415 (few tasks have such a milestone)

    return with_day(whole, task, dues, store.now(), store.zone)
