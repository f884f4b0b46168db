"""`tasks schema`: the JSON Schemas of the frontmatter, of every output and of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles.schema.files import list_schemas, read_schema
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import PRINTS, command
from taskfiles_cli.render.lines import split_lines

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Text, arg


@command(*PRINTS, answers=None)
def schema(
    session: Session,
    *,
    name: Annotated[Text, arg("NAME", "Which schema. Default: list their names.")] = None,
) -> int:
    """Print a JSON Schema (2020-12)."""
    known = list_schemas()
    if name is None:
        rows = [{"name": each, "description": text} for each, text in known.items()]
        width = max(map(len, known))
        lines = [f"{row['name']:<{width}}  {row['description']}" for row in rows]
        session.console.answer(rows, human=lambda: lines, plain=list(known))
        return 0
    if name not in known:
        raise TaskfilesError("no-such-schema", name=name, known=", ".join(known))
    text = read_schema(name)
    session.console.answer(text, human=lambda: split_lines(session.console.json(text)), plain=[name])
    return 0
