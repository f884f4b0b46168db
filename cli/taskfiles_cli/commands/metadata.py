"""`tasks metadata`: a task's frontmatter as one value, read and patched."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Task, TaskfilesError, Update, task_object
from taskfiles import update as update_task
from taskfiles.task.values import suggest
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, READS, command
from taskfiles_cli.line.texts import read_json, source_name
from taskfiles_cli.render.lines import split_lines

if TYPE_CHECKING:
    from taskfiles_cli.line.options import AllowMissing, TaskId, Text, arg


@command(*READS, answers="frontmatter", finds=("task_id",))
def get(
    session: Session,
    task_id: TaskId,
    *,
    key: Annotated[Text, arg("KEY", "One key, dotted for nested ones.")] = None,
) -> int:
    """Print the frontmatter as the file holds it, without defaults."""
    task = session.store.get(task_id)
    shown = task_object(task)
    own = shown | shown.get("extra", {})  # a file's own key of a name that the tool's JSON has, too
    values: dict[str, Any] = {name: own.get(name) for name in task.values}
    if key is None:
        session.console.answer(values, human=lambda: split_lines(task.document.front), plain=[task.id])
        return 0
    value = _follow(task, values, key)
    session.console.answer(value, human=lambda: _lines(value), plain=_lines(value))
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


def _lines(value: Any) -> list[str]:
    """Write a value for people: a text on one line, anything else as YAML has it."""
    if isinstance(value, str):
        return [value]
    from taskfiles.text.yaml_print import print_block  # noqa: PLC0415 (only this branch needs it)

    head, *rest = print_block(value, 0)
    return split_lines((head + "\n" if head else "") + "".join(rest))


@command(*CHANGES_ONE, action="task.update", about="task_id")
def set_(
    session: Session,
    task_id: TaskId,
    *,
    patch: Annotated[str, arg("PATCH", "A file, or `-` for standard input.")] = "-",
    allow_missing: AllowMissing = False,
) -> int:
    """Patch the frontmatter by a JSON Merge Patch (RFC 7386).

    null removes a key, mappings merge, all else replaces. What only repeats the task's JSON changes nothing.
    """
    example = '{"priority": "high", "blocked": null}'
    try:
        value = read_json("PATCH", patch, "object", example)
    except TaskfilesError as error:
        if error.code == "bad-value" and "=" in patch:
            error.set_hint(f"`tasks update {task_id} --meta {shlex.quote(patch)}` sets a key.")
        raise
    if not isinstance(value, dict):
        raise TaskfilesError(
            "bad-json",
            source=source_name(patch),
            problem="it is not an object",
            shape="object",
            example=example,
        )
    wanted = Update(patch=value)
    changes = update_task(
        session.store,
        task_id,
        wanted,
        allow_missing=allow_missing,
        if_match=session.if_match,
        dry_run=session.dry_run,
    ).changes
    sentence = f"Updated {task_id} in {changes[0].after.path}"
    session.answer_mutation(session.mutation(changes), changes, sentence)
    return 0
