"""`tasks new`: create a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError, create
from taskfiles.task.keys import WORDS
from taskfiles_cli.command.session import Session
from taskfiles_cli.line.values import read_fields, read_meta, read_optional, read_text, single_word
from taskfiles_cli.render.console import Colour, Format

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.line.options import (
        TEXT_HELP,
        Claim,
        Color,
        DryRun,
        Fields,
        LockTimeout,
        Output,
        Root,
        word_help,
    )


def new(
    title: Annotated[
        str, typer.Option(metavar="TITLE", help="The title; the id comes from it. " + TEXT_HELP)
    ],
    output: Output = Format.HUMAN,
    task_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="An id of your choice.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="WORD", help=word_help("kind"))] = None,
    state: Annotated[str | None, typer.Option(metavar="WORD", help=word_help("state"))] = None,
    priority: Annotated[str | None, typer.Option(metavar="WORD", help=word_help("priority"))] = None,
    size: Annotated[str | None, typer.Option(metavar="WORD", help=word_help("size"))] = None,
    ambiguity: Annotated[str | None, typer.Option(metavar="WORD", help=word_help("ambiguity"))] = None,
    executor: Annotated[str | None, typer.Option(metavar="WORD", help=word_help("executor"))] = None,
    isolation: Annotated[str | None, typer.Option(metavar="WORD", help=word_help("isolation"))] = None,
    parent: Annotated[
        str | None, typer.Option(metavar="ID", help="Enter the task among this one's children.")
    ] = None,
    label: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="A label; may be repeated.")] = None,
    assignee: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Who it is for; may be repeated.")
    ] = None,
    touches: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="A glob of paths it will change; may be repeated."),
    ] = None,
    depends_on: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="An id that must be done first; may be repeated.")
    ] = None,
    meta: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Any other key; may be repeated.")
    ] = None,
    field: Fields = None,
    body: Annotated[str | None, typer.Option(metavar="TEXT", help="The whole body. " + TEXT_HELP)] = None,
    dry_run: DryRun = False,
    claim: Claim = None,
    root: Root = None,
    lock_timeout: LockTimeout = None,
    color: Color = Colour.AUTO,
) -> int:
    """Create a task, by default as an idea."""
    session = Session(output, root, color, lock_timeout, claim)
    session.begin("task.create", task_id, dry_run=dry_run)
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
    text = read_text("--title", title).strip()
    if len(text.splitlines()) > 1:
        remedy = "Put the rest into --field Overview TEXT."
        raise TaskfilesError(
            "bad-value", option="--title", given="several lines", problem="a title is one", remedy=remedy
        )
    if not text:
        remedy = "Say in a few words what is to be done."
        raise TaskfilesError(
            "bad-value", option="--title", given="blank", problem="a task needs one", remedy=remedy
        )
    changes = create(
        session.store,
        text,
        task_id=task_id,
        keys=keys,
        sections=read_fields(field),
        body=_body(read_optional("--body", body)),
        parent=parent,
        dry_run=dry_run,
    )
    session.about(changes[0].after.id)
    answer = session.mutation(changes)
    task = changes[0].after
    session.answer_mutation(answer, changes, f"Created {task.id} in {task.path}", plain=[task.id])
    return 0


def _body(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None if text is None else ""
    return "\n" + text.lstrip("\r\n").rstrip("\r\n") + "\n"
