"""`tasks update`: change a task's keys, sections and checkboxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError, Update
from taskfiles import update as update_task
from taskfiles_cli.command.session import Session
from taskfiles_cli.line.values import read_fields, read_item, read_meta
from taskfiles_cli.render.console import Colour, Format

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.line.options import (
        Claim,
        Color,
        DryRun,
        Fields,
        IfMatch,
        LockTimeout,
        Output,
        Root,
        TaskId,
    )


def update(
    task_id: TaskId,
    output: Output = Format.HUMAN,
    meta: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Set a key: text keys as they stand, all else as YAML (`labels=[a, b]`).",
        ),
    ] = None,
    unset: Annotated[list[str] | None, typer.Option(metavar="KEY", help="Remove a key.")] = None,
    add: Annotated[
        list[str] | None, typer.Option(metavar="KEY=ITEM", help="Add an item to a list, unless it is there.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="KEY=ITEM", help="Remove an item from a list.")
    ] = None,
    field: Fields = None,
    check: Annotated[
        list[int] | None,
        typer.Option(metavar="N", min=1, help="Tick checkbox N of Acceptance Criteria, counted from 1."),
    ] = None,
    uncheck: Annotated[list[int] | None, typer.Option(metavar="N", min=1, help="Clear checkbox N.")] = None,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Change a task's keys, sections and checkboxes in one write.

    No line is touched that needn't be: comments, order and layout stay.
    """
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("task.update", task_id, dry_run=dry_run)
    values = dict(read_meta("--meta", text) for text in meta or ())
    _refuse_opposites("--meta and --unset", set(values) & set(unset or ()))
    _refuse_opposites("--check and --uncheck", set(check or ()) & set(uncheck or ()))
    wanted = Update(
        set=values,
        unset=tuple(unset or ()),
        add=tuple(read_item("--add", text) for text in add or ()),
        remove=tuple(read_item("--remove", text) for text in remove or ()),
        sections=tuple(read_fields(field)),
        checks=dict.fromkeys(check or (), True) | dict.fromkeys(uncheck or (), False),
    )
    if wanted == Update():
        raise TaskfilesError("usage", problem="No change is given.", command="tasks update")
    change = update_task(session.store, task_id, wanted, if_match=if_match, dry_run=dry_run)
    session.answer_mutation(session.mutation([change]), [change], f"Updated {task_id} in {change.after.path}")
    return 0


def _refuse_opposites(options: str, both: set[Any]) -> None:
    if both:
        problem = f"{options} both name {min(both)}; leave one of them out."
        raise TaskfilesError("usage", problem=problem, command="tasks update")
