"""The options that several commands share, as typer reads them from annotations.

Command modules name these in their annotations only, and `program` resolves them: a command that is
called without typer need not import it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskfiles import Store, TaskfilesError
from taskfiles.keys import WORDS
from taskfiles.names import id_in_name
from taskfiles_cli.output import Colour, FindingFormat, Format

TEXT_HELP = "Text, `-` for standard input, or `@FILE`."


def word_help(key: str, more: str = "") -> str:
    """List the words of a key for a help text."""
    return ", ".join(WORDS[key]) + more


def complete_ids(incomplete: str) -> list[str]:
    """Offer the ids that file names tell, without reading a file."""
    try:
        found = {id_in_name(file.name) for file in Store.find(Path.cwd()).walk()}
    except TaskfilesError:
        return []
    return sorted(task_id for task_id in found if task_id and task_id.startswith(incomplete))


TaskId = Annotated[
    str, typer.Argument(metavar="ID", help="The task's id.", show_default=False, autocompletion=complete_ids)
]
Output = Annotated[
    Format, typer.Option("--output", "-o", help="The format of the answer.", case_sensitive=False)
]
FindingOutput = Annotated[
    FindingFormat, typer.Option("--output", "-o", help="The format of the findings.", case_sensitive=False)
]
Root = Annotated[
    Path | None,
    typer.Option(
        "--root",
        metavar="DIR",
        help="The project: the directory that holds tasks/. Default: the nearest upwards.",
    ),
]
Color = Annotated[Colour, typer.Option("--color", help="When to colour.", case_sensitive=False)]
LockTimeout = Annotated[
    float | None,
    typer.Option(
        "--lock-timeout",
        metavar="SECONDS",
        min=0,
        help="How long to wait for a lock. Default: lock.timeout, 10.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show the diff that would be written, and write nothing.")
]
IfMatch = Annotated[
    str | None,
    typer.Option("--if-match", metavar="ETAG", help="Refuse (exit 4) unless the task has this etag."),
]
Claim = Annotated[
    str | None,
    typer.Option(
        "--claim",
        metavar="TOKEN",
        help="Act as the holder of a claim. Default: $TASKS_CLAIM.",
    ),
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field", metavar="SECTION TEXT", help="A section and its text; may be repeated. " + TEXT_HELP
    ),
]
