"""Mistakes in a command line are told in our words, with what belongs there."""

from __future__ import annotations

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
    ("list --output jsn", "--output can't be “jsn”: there is no such word."),
    ("stats --engine duck", "--engine can't be “duck”: there is no such word."),
    ("list --color blue", "--color can't be “blue”: there is no such word."),
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
