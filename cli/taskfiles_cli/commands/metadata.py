"""`tasks metadata`: a task's frontmatter as one value, read and patched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Task, TaskfilesError, Update, task_object
from taskfiles import update as update_task
from taskfiles.task.values import suggest
from taskfiles_cli.command.session import Session
from taskfiles_cli.line.values import read_json
from taskfiles_cli.render.console import Colour, Format, escape

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.line.options import Claim, Color, DryRun, IfMatch, LockTimeout, Output, Root, TaskId


def get(
    task_id: TaskId,
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="One key, dotted for nested ones.")] = None,
    output: Output = Format.HUMAN,
    root: Root = None,
    color: Color = Colour.AUTO,
) -> int:
    """Print the frontmatter as the file holds it, without defaults."""
    session = Session(output, root, color)
    task = session.store.get(task_id)
    shown = task_object(task)
    values: dict[str, Any] = {name: shown.get(name, shown.get("extra", {}).get(name)) for name in task.values}
    if key is None:
        session.console.answer(values, human=lambda: escape(task.document.front), plain=[task.id])
        return 0
    value = _follow(task, values, key)
    session.console.answer(value, human=lambda: _text(value), plain=[_text(value).rstrip("\n")])
    return 0


def _follow(task: Task, values: dict[str, Any], key: str) -> Any:
    value: Any = values
    for step in [key] if key in values else key.split("."):
        if isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            remedy = suggest(key, list(values)) + f"`tasks metadata get {task.id}` prints all of them."
            raise TaskfilesError(
                "bad-value",
                option="KEY",
                given=f"“{key}”",
                problem=f"{task.id} does not hold it",
                remedy=remedy,
            )
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return escape(value) + "\n"
    from taskfiles.text.yaml_print import print_block  # noqa: PLC0415 (only this branch needs it)

    head, *rest = print_block(value, 0)
    return escape((head + "\n" if head else "") + "".join(rest))


def set_(
    task_id: TaskId,
    patch: Annotated[str, typer.Argument(metavar="PATCH", help="A file, or `-` for standard input.")] = "-",
    output: Output = Format.HUMAN,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Patch the frontmatter by a JSON Merge Patch (RFC 7386).

    null removes a key, mappings merge, all else replaces.
    """
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("task.update", task_id, dry_run=dry_run)
    example = '{"priority": "high", "blocked": null}'
    value = read_json("PATCH", patch, "object", example)
    if not isinstance(value, dict):
        raise TaskfilesError(
            "bad-json",
            source="standard input" if patch == "-" else patch,
            problem="it is not an object",
            shape="object",
            example=example,
        )
    change = update_task(session.store, task_id, Update(patch=value), if_match=if_match, dry_run=dry_run)
    session.answer_mutation(session.mutation([change]), [change], f"Updated {task_id} in {change.after.path}")
    return 0
