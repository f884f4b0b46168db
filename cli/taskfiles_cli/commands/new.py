"""`tasks new`: create a task."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from taskfiles import TaskfilesError, create
from taskfiles.model import WORDS
from taskfiles_cli.options import (
    TEXT_HELP,
    Color,
    DryRun,
    Fields,
    LockTimeout,
    Output,
    Root,
    read_fields,
    read_meta,
    read_optional,
    read_text,
    single_word,
)
from taskfiles_cli.output import Colour, Format
from taskfiles_cli.session import Session

Word = Annotated[str | None, typer.Option(metavar="WORD", show_default=False)]
Words = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="May be repeated.")]


def new(
    title: Annotated[
        str, typer.Option(metavar="TITLE", help="The title; the id comes from it. " + TEXT_HELP)
    ],
    output: Output = Format.HUMAN,
    task_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="An id of your choice.")] = None,
    kind: Word = None,
    state: Word = None,
    priority: Word = None,
    size: Word = None,
    ambiguity: Word = None,
    executor: Word = None,
    isolation: Word = None,
    parent: Annotated[
        str | None, typer.Option(metavar="ID", help="Enter the task among this one's children.")
    ] = None,
    label: Words = None,
    assignee: Words = None,
    touches: Words = None,
    depends_on: Words = None,
    meta: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Any other key; may be repeated.")
    ] = None,
    field: Fields = None,
    body: Annotated[str | None, typer.Option(metavar="TEXT", help="The whole body. " + TEXT_HELP)] = None,
    dry_run: DryRun = False,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Create a task in its state's directory, by default as an idea."""
    session = Session(output, root, color, lock_timeout)
    words = {"kind": kind, "state": state, "priority": priority, "size": size, "ambiguity": ambiguity}
    words |= {"executor": executor, "isolation": isolation}
    keys: dict[str, Any] = dict(read_meta("--meta", text) for text in meta or ())
    for key in ("id", "title"):
        if key in keys:
            raise TaskfilesError("fixed-key", field=key, remedy=f"Use --{key}.")
    keys |= {
        key: single_word(f"--{key}", WORDS[key], text) for key, text in words.items() if text is not None
    }
    lists = {"labels": label, "assignees": assignee, "touches": touches, "depends_on": depends_on}
    keys |= {key: items for key, items in lists.items() if items}
    changes = create(
        session.store,
        read_text("--title", title).strip(),
        task_id=task_id,
        keys=keys,
        sections=read_fields(field),
        body=_body(read_optional("--body", body)),
        parent=parent,
        dry_run=dry_run,
    )
    answer = session.mutation("task.create", changes)
    task = changes[0].after
    session.answer_mutation(answer, changes, f"Created {task.id} in {task.path}")
    return 0


def _body(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None if text is None else ""
    return "\n" + text.lstrip("\r\n").rstrip("\r\n") + "\n"
