"""`tasks help`: texts on a topic, the same that the documentation holds, and the contract of all commands."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import PRINTS, command
from taskfiles_cli.line.peers import find_command
from taskfiles_cli.line.program import COMMANDS
from taskfiles_cli.line.read import find_help
from taskfiles_cli.line.topics import TOPICS
from taskfiles_cli.render.console import Format
from taskfiles_cli.render.lines import split_lines

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Texts, arg


@command(*PRINTS, answers="help")
def help_(
    session: Session,
    *,
    topic: Annotated[Texts, arg("TOPIC", "Which topic, or a command. Default: list both.")] = None,
) -> int:
    """Print the help of a command, or a text on a topic.

    The topics are agent, exit-codes, format, json and ranking. Without a topic, --output json is the contract
    of all commands: arguments, options, exit codes and schemas; jsonl is the commands one by one. With a
    command it is the contract of that one alone.
    """
    if not topic:
        value: Any = read_contract() if session.console.is_machine else None
        if session.output is Format.JSONL:
            value = value["commands"]
        session.console.answer(value, human=_list_all, plain=TOPICS)
        return 0
    name = " ".join(topic)
    if name not in TOPICS and name in COMMANDS:
        return _explain(session, name)
    if name not in TOPICS:
        error = TaskfilesError("no-such-topic", name=name, known=", ".join(TOPICS))
        if (pointed := find_command(name)) is not None:
            error.set_hint(pointed)
        raise error
    text = (files("taskfiles_cli") / "topics" / f"{name}.md").read_text(encoding="utf-8")
    lines = split_lines(text)
    session.console.answer({"topic": name, "text": text}, human=lambda: lines, plain=lines)
    return 0


def _list_all() -> list[str]:
    """List commands and topics for people: the help of `tasks` itself, with what each topic is about."""
    lines = split_lines(find_help("") or "")
    until = next((at for at, line in enumerate(lines) if "`tasks help`" in line), len(lines))
    lines = [*lines[:until], "Topics:", *(f"  {name:<12}  {text}" for name, text in TOPICS.items())]
    return [*lines, "", "`tasks help COMMAND` explains a command, `tasks help TOPIC` prints a text."]


def _explain(session: Session, name: str) -> int:
    """Print the help of one command; in JSON the contract with that command alone."""
    lines = split_lines(find_help(name) or "")
    answer: dict[str, Any] = {}
    if session.console.is_machine:
        contract = read_contract()
        chosen = [each for each in contract["commands"] if name in (each["name"], *each["aliases"])]
        answer = {**contract, "commands": chosen, "topics": [], "exit_codes": [], "schemas": []}
    session.console.answer(answer, human=lambda: lines, plain=lines)
    return 0


def read_contract() -> dict[str, Any]:
    """Return the contract of all commands."""
    from taskfiles_cli.line.contract import build_contract  # noqa: PLC0415 (only this answer needs typer)

    return build_contract(TOPICS)
