"""The typer program: every command, by name and group."""

from __future__ import annotations

import inspect

import pytest
import typer

from support.streams import in_memory
from taskfiles_cli.line.program import ALIASES, COMMANDS, GROUPS, OUTPUTS, build, load, run, shorten
from taskfiles_cli.version import VERSION_LINE


def names(*argv: str) -> set[str]:
    """The names of all commands of a program, those of groups as two words."""
    found: set[str] = set()
    program = typer.main.get_command(build(argv))
    for name, command in vars(program)["commands"].items():
        inner = vars(command).get("commands", {})
        found |= {f"{name} {each}" for each in inner} if name in GROUPS else {name}
    return found


def test_the_program_has_every_command() -> None:
    assert names() == set(COMMANDS)
    assert COMMANDS.keys() > ALIASES.keys()


def test_where_a_command_is_named_only_that_one_is_built() -> None:
    assert names("list") == {"list"}
    assert names("metadata", "get") == {"metadata get", "metadata set"}
    assert names("nope") == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_function_with_a_sentence(name: str) -> None:
    function = load(COMMANDS[name])
    assert inspect.isfunction(function)
    assert shorten(function.__doc__ or "").endswith(".")


def test_every_output_is_a_command_s() -> None:
    assert set(OUTPUTS) <= set(COMMANDS)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("List tasks.\n\nMore of it.", "List tasks."),
        ("List\n    tasks.", "List tasks."),
        ("Delete a task; what names it is named, and then nothing at all is done.", "Delete a task."),
        (
            "Do one thing, another thing, a third thing, a fourth thing and more.",
            "Do one thing, another thing, a third thing.",
        ),
    ],
)
def test_a_sentence_is_cut_where_it_can_be(text: str, short: str) -> None:
    assert shorten(text) == short


def test_a_command_line_is_run() -> None:
    with in_memory() as written:
        assert run(["--version"]) == 0
    assert written()[0] == VERSION_LINE
    with pytest.raises(typer.TyperException):
        run(["list", "--nope"])
