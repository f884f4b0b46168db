"""The table of what other programs call our commands and options names only what is there."""

from __future__ import annotations

import re

import pytest

from taskfiles_cli.line import peers
from taskfiles_cli.line.peers import find_command, find_option
from taskfiles_cli.line.program import COMMANDS
from taskfiles_cli.line.table import COMMANDS as TABLE

OWN = {sentence: words for table in peers._OF_COMMANDS.values() for sentence, words in table.items()}
SENTENCES = {**peers._COMMANDS, **peers._ELSEWHERE, **OWN}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_sentence_names_commands_with_options_that_they_have(sentence: str) -> None:
    spans = re.findall("`([^`]+)`", sentence)
    assert spans
    command = None
    for span in spans:
        words = span.split()
        if words[0] == "tasks" and words[1:] != ["--version"]:
            name = " ".join(words[1:3]) if " ".join(words[1:3]) in COMMANDS else words[1]
            command = TABLE[name]
        options = [word for word in words if word.startswith("--") and word != "--version"]
        assert command is not None or not options
        assert all(command is not None and option in command.options for option in options), span


def test_no_command_of_ours_is_another_programs() -> None:
    words = {word for others in peers._COMMANDS.values() for word in others.split()}
    assert words.isdisjoint(COMMANDS.keys())


@pytest.mark.parametrize("table", [peers._COMMANDS, peers._OPTIONS], ids=["commands", "options"])
def test_no_word_stands_twice_for_one_of_ours(table: dict[str, str]) -> None:
    for others in table.values():
        assert len(others.split()) == len(set(others.split()))
    if table is peers._COMMANDS:
        words = [word for others in table.values() for word in others.split()]
        assert len(words) == len(set(words))


@pytest.mark.parametrize("ours", peers._OPTIONS)
def test_each_option_is_one_of_ours_and_no_other_is_hidden_behind_it(ours: str) -> None:
    name = ours.split(maxsplit=1)[0]
    having = [command.options.keys() for command in TABLE.values() if name in command.options]
    assert having
    for other in peers._OPTIONS[ours].split():
        assert any(other not in options and find_option(other, options) for options in having), other


@pytest.mark.parametrize("command", peers._OF_COMMANDS)
def test_what_one_command_alone_points_to_is_no_option_of_its_own(command: str) -> None:
    for sentence, others in peers._OF_COMMANDS[command].items():
        for other in others.split():
            assert other not in TABLE[command].options
            assert find_option(other, TABLE[command].options, command) == f"{sentence}."


def test_a_word_of_nobody_is_pointed_nowhere() -> None:
    assert find_command("frobnicate") is None
    assert find_option("--frobnicate", {"--output"}) is None
    assert find_option("--json", {"--limit"}) is None
    assert find_option("-f", {"--from"}) is None  # -F is a file's, -f a format's
