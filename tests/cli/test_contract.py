"""The machine contract of all commands, and the texts for agents, say what the program is."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from support.in_process import call
from support.project import Project
from taskfiles import ERRORS
from taskfiles.schema.files import list_schemas, read_schema
from taskfiles_cli.command.block import block_text
from taskfiles_cli.commands.help import read_contract
from taskfiles_cli.line import program
from taskfiles_cli.line import table as argtable
from taskfiles_cli.line.read import recognise
from taskfiles_cli.line.topics import TOPICS


def commands() -> dict[str, dict[str, object]]:
    return {command["name"]: command for command in read_contract()["commands"]}


def test_it_names_every_command_with_its_options_and_arguments() -> None:
    found = commands()
    assert set(found) == program.COMMANDS.keys() - program.ALIASES
    for name, command in found.items():
        table = argtable.COMMANDS[name]
        options: list[dict[str, object]] = command["options"]  # type: ignore[assignment]  # JSON
        names = {
            spelling
            for option in options
            for spelling in [option["name"], *option["aliases"], option["negation"]]  # type: ignore[misc]  # JSON
            if spelling
        }
        assert names == set(table.options)
        repeated = {
            spelling
            for option in options
            if option["repeatable"]
            for spelling in [option["name"], *option["aliases"]]  # type: ignore[misc]  # JSON
        }
        assert repeated == {option for option in table.options if table.options[option].repeats}
        arguments: list[dict[str, object]] = command["arguments"]  # type: ignore[assignment]  # JSON
        assert [(a["required"], a["repeatable"]) for a in arguments] == [
            given[1:] for given in table.arguments
        ]


def test_it_knows_choices_defaults_and_pairs() -> None:
    options = {option["name"]: option for option in commands()["update"]["options"]}  # type: ignore[attr-defined]  # JSON
    assert options["--output"]["choices"] == ["human", "json", "jsonl", "plain"]
    assert (options["--output"]["default"], options["--output"]["type"]) == ("human", "choice")
    assert (options["--field"]["values"], options["--field"]["repeatable"]) == (2, True)
    assert (options["--dry-run"]["values"], options["--dry-run"]["type"]) == (0, "flag")
    assert commands()["record"]["aliases"] == ["record-attempt"]
    priorities = {name: each["options"] for name, each in commands().items()}["update"]
    assert {option["name"]: option["aliases"] for option in priorities if option["aliases"]} == {  # type: ignore[attr-defined]  # JSON
        "--output": ["-o"],
        "--state": ["-s"],
        "--priority": ["-p"],
        "--label": ["-l"],
        "--assignee": ["-a"],
    }


def test_a_short_option_has_one_meaning_in_all_commands() -> None:
    meanings: dict[str, set[str]] = {}
    for command in commands().values():
        for option in command["options"]:  # type: ignore[attr-defined]  # JSON
            for name in option["aliases"]:
                meanings.setdefault(name, set()).add(option["name"])
            if option["name"] in {"--state", "--priority", "--label", "--assignee"}:
                assert option["aliases"][-1] == option["name"][1:3]
    assert {name: len(options) for name, options in meanings.items()} == dict.fromkeys(meanings, 1)


def test_exit_codes_name_every_error_once() -> None:
    named = [name for row in read_contract()["exit_codes"] for name in row["errors"]]
    assert sorted(named) == sorted(ERRORS)
    assert [schema["name"] for schema in read_contract()["schemas"]] == list(list_schemas())
    assert [topic["topic"] for topic in read_contract()["topics"]] == list(TOPICS)


@pytest.mark.parametrize("columns", [80, 200])
def test_help_that_is_kept_is_the_help_that_typer_writes(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for name in ["", *program.GROUPS, *program.COMMANDS]:
        assert program.run([*name.split(), "--help"]) == 0
        written = capfd.readouterr().out
        answer = recognise([*name.split(), "-h"])
        assert answer is not None, name
        assert answer() == 0
        assert capfd.readouterr().out == written, name


def test_help_on_a_narrow_terminal_or_of_no_command_is_left_to_typer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert recognise(["lst", "--help"]) is None
    assert recognise(["list", "x", "--help"]) is None
    monkeypatch.setenv("COLUMNS", "60")
    assert recognise(["list", "--help"]) is None


def test_the_schema_refuses_what_is_no_contract(project: Project) -> None:
    validator = Draft202012Validator(read_schema("help"))
    contract = call(project, "help", "--output", "json").json
    validator.validate(contract)
    del contract["commands"][0]["options"][0]["repeatable"]
    assert not validator.is_valid(contract)


@pytest.mark.parametrize("source", ["block", "guide"])
def test_the_texts_for_agents_name_commands_and_options_that_exist(project: Project, source: str) -> None:
    text = block_text() if source == "block" else call(project, "help", "agent").out
    spans = re.findall(r"`(tasks [^`]+)`", text) + re.findall(
        r"^(?:export .*|(tasks .*?))(?:  +#.*)?$", text, re.MULTILINE
    )
    named = set()
    for span in filter(None, spans):
        words = span.split()[1:]
        if words[0].isupper():  # `tasks COMMAND --help`
            continue
        name = " ".join(words[:2]) if " ".join(words[:2]) in program.COMMANDS else words[0]
        named.add(name)
        assert name in program.COMMANDS, span
        for option in re.findall(r"(?<=\s)--[a-z-]+", span):
            assert option in argtable.COMMANDS[name].options, span
    assert {"next", "note", "update", "record", "complete", "release"} <= named


def test_the_list_of_commands_cuts_no_sentence(project: Project) -> None:
    listing = call(project, "--help").out.partition("Commands:\n")[2]
    assert "  next          Rank the ready tasks and say why.\n" in listing
    assert "..." not in listing


@pytest.mark.parametrize("name", ["note", "metadata set", "record-attempt", "start"])
def test_help_of_one_command(project: Project, name: str) -> None:
    said = call(project, "help", *name.split())
    assert said.out == call(project, *name.split(), "--help").out
    answer = call(project, "help", *name.split(), "-o", "json").json
    whole = call(project, "help", "-o", "json").json
    (command,) = answer["commands"]
    assert command in whole["commands"]
    assert len(json.dumps(answer)) < len(json.dumps(whole)) / 5
