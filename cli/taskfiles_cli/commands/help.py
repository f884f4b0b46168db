"""`tasks help`: texts on a topic, the same that the documentation holds, and the contract of all commands."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import PRINTS, command
from taskfiles_cli.render.console import Format
from taskfiles_cli.render.lines import split_lines

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Text, arg


TOPICS = {
    "agent": "A guide for agents: the loop, claims, JSON, exit codes, what not to do.",
    "exit-codes": "What each exit code means, and every error behind it.",
    "format": "The task file: places, keys, values, attempts, rules.",
    "json": "What the machine-readable outputs promise.",
    "ranking": "How `tasks next` ranks: each part with its points.",
}


@command(*PRINTS, answers="help")
def help_(
    session: Session,
    *,
    topic: Annotated[Text, arg("TOPIC", "Which topic. Default: list them.")] = None,
) -> int:
    """Print the help text on a topic: agent, exit-codes, format, json or ranking.

    Without a topic, --output json is the contract of all commands: arguments, options, exit codes and
    schemas; jsonl is the commands one by one.
    """
    if topic is None:
        lines = [f"{name:<12}  {text}" for name, text in TOPICS.items()]
        contract = read_contract()
        value = contract["commands"] if session.output is Format.JSONL else contract
        lines += ["", "`tasks COMMAND --help` explains a command."]
        session.console.answer(value, human=lambda: lines, plain=TOPICS)
        return 0
    if topic not in TOPICS:
        raise TaskfilesError("no-such-topic", name=topic, known=", ".join(TOPICS))
    text = (files("taskfiles_cli") / "topics" / f"{topic}.md").read_text(encoding="utf-8")
    lines = split_lines(text)
    session.console.answer({"topic": topic, "text": text}, human=lambda: lines, plain=lines)
    return 0


def read_contract() -> dict[str, Any]:
    """Return the contract of all commands."""
    from taskfiles_cli.line.contract import build_contract  # noqa: PLC0415 (only this answer needs typer)

    return build_contract(TOPICS)
