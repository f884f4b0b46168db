"""`tasks help`: texts on a topic, the same that the documentation holds."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles_cli.output import Colour, Format
from taskfiles_cli.session import Session

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.options import Color, Output


TOPICS = {
    "exit-codes": "What each exit code means, and every error behind it.",
    "format": "The task file: places, keys, values, attempts, rules.",
    "json": "What the machine-readable outputs promise.",
    "ranking": "How `tasks next` ranks: each part with its points.",
}


def help_(
    topic: Annotated[
        str | None, typer.Argument(metavar="TOPIC", help="Which topic. Default: list them.")
    ] = None,
    output: Output = Format.HUMAN,
    color: Color = Colour.AUTO,
) -> int:
    """Print the help text on a topic: exit-codes, format, json or ranking."""
    session = Session(output, None, color)
    if topic is None:
        rows = [{"topic": name, "description": text} for name, text in TOPICS.items()]
        lines = "".join(f"{name:<12}  {text}\n" for name, text in TOPICS.items())
        session.console.answer(
            rows, human=lambda: lines + "\n`tasks COMMAND --help` explains a command.\n", plain=TOPICS
        )
        return 0
    if topic not in TOPICS:
        raise TaskfilesError("no-such-topic", name=topic, known=", ".join(TOPICS))
    text = (files("taskfiles_cli") / "topics" / f"{topic}.md").read_text(encoding="utf-8")
    session.console.answer({"topic": topic, "text": text}, human=lambda: text, plain=text.splitlines())
    return 0
