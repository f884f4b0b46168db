"""Mistakes in a command line are told in our words, with what belongs there."""

from __future__ import annotations

import json

import pytest

from support.in_process import call
from support.project import Project

FOREIGN = ("Input should", "Value error", "Invalid value", "parse", "requires an argument", "No such")

LINES = [
    ("review fix --reviewer ada", "--approved or --rejected is missing."),
    ("review fix --approved", "--reviewer is missing."),
    ("review", "ID is missing."),
    ("new", "--title is missing."),
    ("record fix --turns x", "--turns can't be “x”: a whole number belongs there."),
    ("record fix --turns 1.5", "--turns can't be “1.5”: a whole number belongs there."),
    ("record fix --turns -1", "--turns can't be “-1”: a number from 0 belongs there."),
    (
        "record fix --context-utilization full",
        "--context-utilization can't be “full”: a number belongs there.",
    ),
    ("list --limit one", "--limit can't be “one”: a whole number belongs there."),
    ("next --count 0", "--count can't be “0”: a number from 1 belongs there."),
    ("list --output jsn", "--output can't be “jsn”: it is not one of its values."),
    ("stats --engine duck", "--engine can't be “duck”: it is not one of its values."),
    ("list --color blue", "--color can't be “blue”: it is not one of its values."),
    ("list --lock-timeot 5", "There is no option --lock-timeot."),
    ("next --limt 5", "There is no option --limt."),
    ("list --limit", "--limit needs a value after it."),
    ("list --strict=5", "--strict takes no value."),
    ("show fix more", "Nothing more belongs here, but there is: more."),
    ("shwo fix", "There is no command shwo. Did you mean show?"),
    ("frobnicate", "There is no command frobnicate."),
    ("metadata gett fix", "There is no command gett. Did you mean get?"),
    ("list --prioritty high", "There is no option --prioritty. Did you mean --priority?"),
]


# What other programs call it, and what to type here.
POINTED = [
    ("add fix", "There is no command add.", "`tasks new TITLE` creates a task."),
    ("create fix", "There is no command create.", "`tasks new TITLE` creates a task."),
    ("Close fix", "There is no command Close.", "`tasks complete ID` completes a task,"),
    ("comment fix hi", "There is no command comment.", "`tasks note ID TEXT` adds a note."),
    ("ls", "There is no command ls.", "`tasks list` lists tasks;"),
    ("rm fix", "There is no command rm.", "`tasks delete ID` deletes a task."),
    ("list --json", "There is no option --json.", "Use --output json."),
    ("list -n 5", "There is no option -n.", "Use --limit N."),
    ("next --limit 5", "There is no option --limit.", "Use --count N."),
    ("new --type task", "There is no option --type.", "Use --kind."),
    ("complete fix -m Done", "There is no option -m.", "Use --commit-message."),
    ("show fix --comment hi", "There is no option --comment.", "`tasks note ID TEXT` adds a note."),
    ("list todo", "Nothing more belongs here, but there is: todo.", "Use --state ready."),
    ("list the navbar", "Nothing more belongs here, but there is: the navbar.", "Use --search 'the navbar',"),
    ("next 5", "Nothing more belongs here, but there is: 5.", "Use --count 5."),
    ("list --status todo", "--status can't be “todo”", "A task has a state: --state ready."),
    ("metadata add fix", "There is no command add.", "See `tasks metadata --help`."),
    ("metadata set fix a=1 b=2", "Nothing more belongs here, but there is: b=2.", "`tasks update ID --meta "),
    ("list --states ready", "There is no option --states.", "Use --state."),
    ("validate --fix --rename-files", "There is no option --rename-files.", "`tasks validate --fix` moves"),
    ("help --all", "There is no option --all.", "`tasks help --output json` has all commands,"),
    ("handbook", "There is no command handbook.", "`tasks help` lists the topics."),
    ("tree --json", "There is no option --json.", "Use --output json."),
]


@pytest.mark.parametrize(("line", "sentence", "remedy"), POINTED)
def test_what_other_programs_have_is_pointed_out(
    project: Project, line: str, sentence: str, remedy: str
) -> None:
    project.task("fix")
    before = project.tree()
    done = call(project, *line.split())
    assert done.code == 2
    said, _, hint = done.err.partition("\nhint: ")
    assert sentence in said
    assert "Did you mean" not in said
    assert hint.startswith(remedy)
    answer = json.loads(call(project, *line.split(), "--output", "json").err)["error"]
    assert (answer["code"], answer["hint"]) == ("bad-value" if "--status" in line else "usage", hint.strip())
    assert project.tree() == before


def test_an_option_that_takes_no_value_elsewhere_says_which_it_takes(project: Project) -> None:
    project.task("fix")
    for option, remedy in (
        ("--force", "Say why, as in --force '"),
        ("--cascade", "Say to which state, as in "),
    ):
        done = call(project, "move", "fix", "ready", option)
        assert done.code == 2
        assert done.err.startswith(f"error[usage] {option} needs a value after it.\nhint: {remedy}")


@pytest.mark.parametrize(
    ("line", "code", "problem", "remedy"),
    [
        ("metadata set fix size=small", 2, "PATCH can't be ", "`tasks update fix --meta size=small` sets"),
        ("cleanup --older-than 3m", 2, "--older-than can't be “3m”: m is minutes.", "Write days or weeks,"),
        (
            "move fix ready --cascade none",
            2,
            "--cascade can't be “none”",
            "Use one of idea, ready, canceled.",
        ),
        ("help add", 2, "There is no help topic add.", "`tasks new TITLE` creates a task."),
    ],
)
def test_habits_from_elsewhere_are_not_taken_for_something_else(
    project: Project, line: str, code: int, problem: str, remedy: str
) -> None:
    project.task("fix")
    before = project.tree()
    error = call(project, *line.split(), "-o", "json")
    assert (error.code, error.error["message"].startswith(problem), project.tree()) == (code, True, before)
    assert error.error["hint"].startswith(remedy)


@pytest.mark.parametrize(("line", "sentence"), LINES)
def test_each_mistake_has_our_words(project: Project, line: str, sentence: str) -> None:
    project.task("fix")
    before = project.tree()
    done = call(project, *line.split())
    assert done.code == 2
    assert sentence in done.err
    assert not any(word in done.err for word in FOREIGN)
    assert project.tree() == before


def test_the_words_of_a_choice_are_listed_and_the_nearest_is_offered(project: Project) -> None:
    done = call(project, "list", "--output", "jsn")
    assert "Did you mean json? Use one of human, json, jsonl, plain." in done.err
