"""Command lines read without typer: what is certain is read, anything else is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.streams import in_memory
from taskfiles_cli.line.read import read, recognise
from taskfiles_cli.line.table import COMMANDS, Command, Option
from taskfiles_cli.render.console import Format
from taskfiles_cli.version import VERSION_LINE

COMMAND = Command(
    "list",
    "list_tasks",
    {
        "--output": Option("output", "taskfiles_cli.render.console.Format"),
        "-o": Option("output", "taskfiles_cli.render.console.Format"),
        "--title": Option("title", "text"),
        "--label": Option("label", "text", repeats=True),
        "--root": Option("root", "path"),
        "--count": Option("count", "whole", least=1),
        "--timeout": Option("timeout", "number", least=0),
        "--open": Option("open_", "flag"),
        "--no-open": Option("open_", "no-flag"),
    },
    (("task_id", True, False), ("others", False, True)),
    frozenset({"title"}),
    None,
    (),
)
TITLE = ["--title", "T"]


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["a"], {"task_id": "a"}),
        (["a", "b", "c"], {"task_id": "a", "others": ["b", "c"]}),
        (["a", "-o", "JSON"], {"task_id": "a", "output": Format.JSON}),
        (["a", "--output=json"], {"task_id": "a", "output": Format.JSON}),
        (["-"], {"task_id": "-"}),
        (["a", "--label", "x", "--label=y=z"], {"task_id": "a", "label": ["x", "y=z"]}),
        (["--title", "-x", "a"], {"task_id": "a", "title": "-x"}),
        (["a", "--open", "--no-open"], {"task_id": "a", "open_": False}),
        (["a", "--count", "007", "--timeout", "1.5"], {"task_id": "a", "count": 7, "timeout": 1.5}),
        (["a", "--root", "x"], {"task_id": "a", "root": Path("x")}),
    ],
)
def test_what_is_certain_is_read(words: list[str], given: dict[str, Any]) -> None:
    assert read(COMMAND, [*TITLE, *words]) == {"title": "T"} | given


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["a", "--nope"],
        ["a", "--outp", "json"],
        ["a", "--output", "xml"],
        ["a", "--output"],
        ["a", "-ojson"],
        ["a", "-o=json"],
        ["a", "--open=1"],
        ["a", "--count", "0"],
        ["a", "--count", "1.5"],
        ["a", "--count", "-1"],
        ["a", "--count", "1" * 16],
        ["a", "--timeout", "1e3"],
        ["a", "--timeout", "١"],
        ["a", "--"],
    ],
)
def test_what_is_in_doubt_is_left(words: list[str]) -> None:
    assert read(COMMAND, [*TITLE, *words]) is None


def test_options_that_are_needed_must_be_there() -> None:
    assert read(COMMAND, ["a"]) is None


def test_too_many_words_are_left() -> None:
    one = COMMAND._replace(arguments=(("task_id", True, False),), required=frozenset())
    assert read(one, ["a"]) == {"task_id": "a"}
    assert read(one, ["a", "b"]) is None
    many = COMMAND._replace(arguments=(("ids", True, True),), required=frozenset())
    assert read(many, []) is None


def test_a_call_is_that_of_the_command_s_function() -> None:
    call = recognise(["--version"])
    assert call is not None
    with in_memory() as written:
        assert call() == 0
    assert written() == (VERSION_LINE, "")
    assert recognise(["list", "--nope"]) is recognise(["nope"]) is recognise(["telemetry push"]) is None
    assert recognise(["telemetry", "push", "--dry-run"]) is not None


def test_every_command_names_its_options_and_arguments_once() -> None:
    for name, command in COMMANDS.items():
        parameters = [parameter for parameter, _, _ in command.arguments]
        assert len(parameters) == len(set(parameters)), name
        assert command.required <= {option.parameter for option in command.options.values()}, name
        assert all(option.startswith("-") for option in command.options), name
