"""`tasks fmt`: canonical key order."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from taskfiles import Change, TaskfilesError, reorder
from taskfiles_cli.options import Color, DryRun, LockTimeout, Output, Root
from taskfiles_cli.output import Colour, Format, escape
from taskfiles_cli.session import Session, run_id


def fmt(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Default: every task.")] = None,
    output: Output = Format.HUMAN,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where a file is out of order.")
    ] = False,
    dry_run: DryRun = False,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Put keys into canonical order, and change nothing else.

    Comments move with their key.
    """
    session = Session(output, root, color, lock_timeout)
    store = session.store
    store.check_writable()
    snapshot = store.snapshot()
    wanted = ids or sorted({task.id for task in snapshot.tasks})
    changes: list[Change] = []
    refused: list[TaskfilesError] = []
    for task_id in wanted:
        try:
            with store.locks.tasks(task_id):
                changes.append(reorder(store, store.load(task_id), dry_run=check or dry_run))
        except TaskfilesError as error:
            if ids or error.code not in {"edit-unsafe", "ambiguous-task"}:
                raise
            refused.append(error)
    moved = [change for change in changes if change.changed]
    answer = _answer(moved, bool(refused), dry_run or check)
    session.console.answer(
        answer, human=lambda: _human(moved, check, dry_run), plain=[change.after.id for change in moved]
    )
    if not ids:
        session.warn_findings(snapshot.unreadable)
    for refusal in refused:
        session.console.warn(f"{refusal.path}: {refusal.message} {refusal.hint}", code=refusal.code)
    if check and moved:
        session.console.note("Run `tasks fmt` to reorder them.")
    return 1 if refused or (check and moved) else 0


def _answer(moved: list[Change], refused: bool, dry_run: bool) -> dict[str, Any]:
    from taskfiles import task_object  # noqa: PLC0415 (beside its only use)

    answer = {
        "action": "task.format",
        "outcome": "partial" if refused else "success",
        "reason": "edit-unsafe" if refused else None if moved else "unchanged",
        "changed": bool(moved),
        "dry_run": dry_run,
        "run_id": run_id(),
        "applied_rules": ["canonical-order"] if moved else [],
        "changes_made": [entry for change in moved for entry in change.changes],
        "task": task_object(moved[0].after) if moved else None,
        "tasks": [task_object(change.after) for change in moved],
    }
    return answer | ({"diff": "".join(change.diff for change in moved)} if dry_run else {})


def _human(moved: list[Change], check: bool, dry_run: bool) -> str:
    if dry_run:
        return "".join(change.diff for change in moved)
    verb = "Would reorder" if check else "Reordered"
    return (
        "".join(f"{verb} {escape(change.after.path)}\n" for change in moved)
        or "Every file is in canonical key order.\n"
    )
