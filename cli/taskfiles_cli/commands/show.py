"""`tasks show`: one task, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import task_object
from taskfiles_cli.command.session import Session
from taskfiles_cli.line.values import check_fields, split_commas
from taskfiles_cli.render.console import Colour, Format
from taskfiles_cli.render.details import line, render_details

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.line.options import Color, Output, Root, TaskId


def show(
    task_id: TaskId,
    output: Output = Format.HUMAN,
    fields: Annotated[str | None, typer.Option(metavar="KEYS", help="Only these keys.")] = None,
    root: Root = None,
    color: Color = Colour.AUTO,
) -> int:
    """Show one task with its body, attempts and derived figures."""
    session = Session(output, root, color)
    task = session.store.get(task_id)
    whole = task_object(task, show=True)
    answer = whole
    if fields is not None:
        check_fields(chosen := split_commas([fields]), task.values)
        answer = {key: whole.get(key) for key in chosen}
    session.console.answer(answer, human=lambda: _human(answer, whole), plain=[task.id])
    session.warn_findings(task.errors)
    return 0


def _human(answer: dict[str, Any], whole: dict[str, Any]) -> str:
    return (
        render_details(whole) if answer is whole else "".join(f"{line(*pair)}\n" for pair in answer.items())
    )
