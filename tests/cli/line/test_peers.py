"""The table of what other programs call our commands and options names only what is there."""

from __future__ import annotations

import re

import pytest

from support.in_process import call
from support.layouts import in_flat
from support.project import Project
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


# What stands for the words in capitals when each line that is pointed to is called.
WORDS = {
    "TITLE": "Third",
    "ID": "fix",
    "IDS": "other",
    "PARENT": "story",
    "NEW-ID": "fixed",
    "STATE": "ready",
    "TEXT": "text",
    "SECTION": "Overview",
    "LABEL": "ui",
    "NAMES": "ana",
    "milestone=NAME": "milestone=beta",
    "WHEN": "2026-12-31",
    "blocked=WHY": "blocked=no key",
    "depends_on=ID": "depends_on=other",
    "KEY=VALUE": "size=small",
    "FILE": "new.md",
    "DIR": "old",
    "COMMAND": "list",
}
WAITING = {"web", "board", "edit"}  # for a browser, a terminal, an editor


@in_flat
@pytest.mark.slow
@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_line_that_is_pointed_to_can_be_called(project: Project, sentence: str) -> None:
    """Whatever comes of it here, its words are where they belong."""
    project.task("story", kind="story")
    project.task("other")
    project.write("new.md", "# Third\n")
    project.write("old/todo.txt", "Third\n")
    for span in re.findall("`tasks ([^`]+)`", sentence):
        if any(word in WAITING for word in span.split()[:1]):
            continue
        project.task("fix", depends_on="[other]")
        words = [WORDS.get(word, word) for word in span.split()]
        if span in {"new", "show", "adopt", "adopt PARENT", "metadata"}:  # a command's name alone
            continue
        done = call(project, *words, stdin='{"size": "small"}')
        assert done.code in {0, 1}, f"{span}: {done.err}"
        call(project, "undo")


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


# What people type who come from elsewhere: the commands of other programs, and the options of some.
FROM_ELSEWHERE = {
    "anywhere": "add create done start close search board status log history comment ls cat rm",
    "Backlog.md": "init task draft board browser config doc decision agents "
    "search sequence overview cleanup mcp",
    "taskplain": "init new update metadata validate inject web list stats show "
    "tree move adopt delete complete "
    "cleanup next pickup describe handbook",
    "taskwarrior": "add annotate append modify done start stop undo delete export import list next ready "
    "projects tags summary burndown calendar edit information log prepend purge timesheet",
    "beads": "create close update show list ready blocked dep comments export "
    "import sync stats doctor compact "
    "label search reopen delete epic count defer duplicates edit graph history "
    "info onboard prime stale swarm q",
    "taskmd": "add get list set validate next graph board stats deps tracks web report",
    "gh": "create list view close reopen edit comment status develop delete",
    "todo.txt": "add addm append archive deduplicate del depri do listall move prepend pri replace shorthelp",
    "task-master": "parse-prd generate expand set-status next show "
    "add-task update-task remove-task add-subtask",
    "ticket": "create start close reopen status dep undep link unlink ls list ready blocked closed show edit "
    "add-note query",
}
OPTIONS_FROM_ELSEWHERE = {
    "new": "--description -d --ac --tag --type --dep --draft --plan --notes --body-file --milestone -m -e -t",
    "update": "--blocked --status --tag --assign --note --comment --append-notes --check-ac --ac --plan",
    "list": "--json -n --status --closed --done --mine --me --tag "
    "--type --tree --watch --ready --created-after",
    "next": "--limit -n --json --ready --tag --kinds",
    "show": "--json --plain --comments --web --lines",
    "record": "--duration --cost --tokens --result --error --json",
    "complete": "-m --message --notes --final-summary --json",
    "move": "--include-blocked --json",
    "tree": "--show-id --compact --json",
    "validate": "--rename-files --json",
    "help": "--all --json",
}


@pytest.mark.parametrize("program", FROM_ELSEWHERE)
def test_what_other_programs_call_their_commands_is_ours_or_pointed_out(program: str) -> None:
    ours = {name.split()[0] for name in COMMANDS}
    words = FROM_ELSEWHERE[program].split()
    assert [word for word in words if word not in ours and find_command(word) is None] == []


@pytest.mark.parametrize("command", OPTIONS_FROM_ELSEWHERE)
def test_what_other_programs_call_their_options_is_ours_or_pointed_out(command: str) -> None:
    options = TABLE[command].options
    words = OPTIONS_FROM_ELSEWHERE[command].split()
    assert [word for word in words if word not in options and not find_option(word, options, command)] == []


def test_a_word_of_nobody_is_pointed_nowhere() -> None:
    assert find_command("frobnicate") is None
    assert find_option("--frobnicate", {"--output"}) is None
    assert find_option("--json", {"--limit"}) is None
    assert find_option("-f", {"--from"}) is None  # -F is a file's, -f a format's
