"""`tasks schema`: the JSON Schemas of the frontmatter, of every output and of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles.schema.outputs import SCHEMAS, read_schema
from taskfiles_cli.command.session import Session
from taskfiles_cli.render.console import Colour, Format

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.line.options import Color, Output


def schema(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Which schema. Default: list their names.")
    ] = None,
    output: Output = Format.HUMAN,
    color: Color = Colour.AUTO,
) -> int:
    """Print a JSON Schema (2020-12)."""
    session = Session(output, None, color)
    if name is None:
        rows = [{"name": known, "description": text} for known, (text, _) in SCHEMAS.items()]
        width = max(map(len, SCHEMAS))
        lines = "".join(f"{row['name']:<{width}}  {row['description']}\n" for row in rows)
        session.console.answer(rows, human=lambda: lines, plain=list(SCHEMAS))
        return 0
    if name not in SCHEMAS:
        raise TaskfilesError("no-such-schema", name=name, known=", ".join(SCHEMAS))
    text = read_schema(name)
    session.console.answer(text, human=lambda: session.console.json(text), plain=[name])
    return 0
