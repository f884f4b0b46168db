"""`tasks delete` and `tasks cleanup`: delete what no task names, and say what brings it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError, clean_up
from taskfiles import delete as delete_tasks
from taskfiles.reversal import is_noted
from taskfiles_cli.output import Colour, Format, escape
from taskfiles_cli.session import Session
from taskfiles_cli.texts import read_when

if TYPE_CHECKING:
    import typer

    from taskfiles.removal import Kept, Removal
    from taskfiles_cli.options import (
        Claim,
        Color,
        DryRun,
        IfMatch,
        Insights,
        LockTimeout,
        Output,
        Root,
        complete_ids,
    )

_COPIES = {
    "same": "the last commit holds it",
    "older": "the last commit holds an older text",
    "none": "git holds no copy at this path",
}


def delete(
    ids: Annotated[
        list[str],
        typer.Argument(metavar="ID", help="The tasks' ids.", show_default=False, autocompletion=complete_ids),
    ],
    output: Output = Format.HUMAN,
    insights: Insights = False,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Delete tasks that no other task names, and say what git holds of them.

    `tasks undo` brings them back, too.
    """
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("task.delete", ids[0] if len(ids) == 1 else None, dry_run=dry_run)
    if if_match is not None and len(ids) > 1:
        problem = "--if-match is about one task; name a single one."
        raise TaskfilesError("usage", problem=problem, command="tasks delete")
    removals = delete_tasks(session.store, ids, if_match=if_match, dry_run=dry_run)
    _answer(session, removals, insights=insights, dry_run=dry_run)
    session.warn_findings(session.store.unreadable)  # which may name what is gone
    return 0


def cleanup(
    older_than: Annotated[
        str,
        typer.Option(
            "--older-than",
            metavar="DURATION",
            help="Since their latest change, as in 90d.",
            show_default=False,
        ),
    ],
    output: Output = Format.HUMAN,
    insights: Insights = False,
    dry_run: DryRun = False,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Delete done and canceled tasks of some age; those that other tasks name stay, and are named.

    The age counts from the latest of a task's own instants; a task without any stays.
    """
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("task.cleanup", dry_run=dry_run)
    store = session.store
    removals, kept = clean_up(store, read_when("--older-than", older_than, store.now()), dry_run=dry_run)
    _answer(session, removals, insights=insights, dry_run=dry_run, kept=kept)
    for each in kept:
        first = each.references[0]
        message = f"{each.task.id} stays: {first.path}:{first.line} names it."
        session.console.warn(message, code="referenced", path=each.task.path)
    session.warn_findings(store.unreadable)
    return 0


def _answer(
    session: Session,
    removals: Sequence[Removal],
    *,
    insights: bool,
    dry_run: bool,
    kept: Sequence[Kept] | None = None,
) -> None:
    changes = [removal.change for removal in removals]
    texts = {each.change.after.id: each.insights for each in removals if insights and each.insights}
    removed = [
        {"id": each.change.after.id, "path": each.change.after.path, "git": each.copy} for each in removals
    ]
    more: dict[str, Any] = {"removed": removed}
    if insights:
        more["insights"] = texts
    if kept is not None:
        more["kept"] = [
            {
                "id": each.task.id,
                "path": each.task.path,
                "references": [place._asdict() for place in each.references],
            }
            for each in kept
        ]
    noted = not dry_run and is_noted(session.store)
    answer = session.mutation(changes, dry_run=dry_run, **more)
    session.console.answer(
        answer,
        human=lambda: _human(answer, removals, texts, noted=noted),
        plain=[each["id"] for each in removed],
    )


def _human(
    answer: dict[str, Any], removals: Sequence[Removal], texts: Mapping[str, str | None], *, noted: bool
) -> str:
    verb = "Would delete" if answer["dry_run"] else "Deleted"
    lines = [
        f"{verb} {each.change.after.id} in {escape(each.change.after.path)}; {_COPIES[each.copy]}.\n"
        for each in removals
    ]
    if not lines:
        lines = ["Nothing to delete.\n"]
    elif noted:
        lines.append(
            f"`tasks undo {answer['run_id']}` brings {'it' if len(removals) == 1 else 'them'} back.\n"
        )
    for removal in removals:
        task = removal.change.after
        if text := texts.get(task.id):
            lines.append(f"\n# {task.id}: {escape(str(task.title))}\n\n{escape(text)}\n")
    return "".join([*lines, str(answer.get("diff", ""))])
