"""An id that a change adds is that of a task, by whatever option or key, unless it may be missing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.in_process import call
from support.layouts import in_states
from support.project import Project
from taskfiles import Store, TaskfilesError, Update, create, update

LINES: list[tuple[str, ...]] = [
    ("new", "--title", "New", "--depends-on", "ID"),
    ("new", "--title", "New", "--depends-on", "fix,ID"),
    ("new", "--title", "New", "--blocks", "ID"),
    ("new", "--title", "New", "--parent", "ID"),
    ("new", "--title", "New", "--meta", "parent=ID"),
    ("new", "--title", "New", "--meta", "depends_on=[ID]"),
    ("update", "fix", "--depends-on", "ID"),
    ("update", "fix", "--blocks", "ID"),
    ("update", "fix", "--parent", "ID"),
    ("update", "fix", "--add", "depends_on=ID"),
    ("update", "fix", "--add", "depends_on=low,ID"),
    ("update", "fix", "--add", "blocks=ID"),
    ("update", "fix", "--add", "children=ID"),
    ("update", "fix", "--meta", "parent=ID"),
    ("update", "fix", "--meta", "depends_on=[ID]"),
    ("metadata", "set", "fix"),
]
NAMES = [" ".join(line) for line in LINES]


def with_id(line: tuple[str, ...], task_id: str) -> tuple[list[str], str]:
    return [word.replace("ID", task_id) for word in line], json.dumps({"depends_on": [task_id]})


@pytest.fixture
def two(project: Project) -> Project:
    """A story to change, an epic above, a task below."""
    project.task("fix", kind="story")
    project.task("navbar", kind="epic")
    project.task("low")
    return project


@pytest.mark.parametrize("line", LINES, ids=NAMES)
def test_an_id_of_no_task_is_refused_with_a_near_one(two: Project, line: tuple[str, ...]) -> None:
    before = two.tree()
    words, patch = with_id(line, "navbra")
    done = call(two, *words, "--output", "json", stdin=patch)
    assert (done.code, done.error["code"]) == (3, "no-such-task"), done.err
    assert "Did you mean navbar?" in done.error["hint"]
    assert "--allow-missing" in done.error["hint"]
    assert done.error["details"]["reference"] == "navbra"
    assert two.tree() == before


@pytest.mark.parametrize("line", LINES, ids=NAMES)
def test_it_may_be_missing_if_that_is_said(two: Project, line: tuple[str, ...]) -> None:
    words, patch = with_id(line, "later")
    done = call(two, *words, "--allow-missing", "--output", "json", stdin=patch)
    assert done.code == 0, done.err
    assert "later" in json.dumps(done.json["changes_made"])
    (found,) = [
        finding
        for finding in call(two, "validate", "--output", "json").json["findings"]
        if finding["code"] == "dangling-reference"
    ]
    assert "later" in found["message"]


@pytest.mark.parametrize("line", [line for line in LINES if "children=ID" not in line])
def test_ids_of_tasks_are_taken(two: Project, line: tuple[str, ...]) -> None:
    task_id = "navbar" if "parent" in " ".join(line) else "low"
    words, patch = with_id(line, task_id)
    done = call(two, *words, "--output", "json", stdin=patch)
    assert done.code == 0, done.err


def test_what_was_missing_before_is_no_hindrance(two: Project) -> None:
    two.task("old", depends_on="[gone]", parent="lost")
    assert call(two, "update", "old", "--add", "depends_on=low").code == 0
    assert call(two, "update", "old", "--meta", "depends_on=[gone, fix]").code == 0
    assert call(two, "update", "old", "--remove", "depends_on=gone").code == 0
    assert call(two, "update", "old", "--add", "depends_on=gone").code == 3


def test_a_task_whose_file_can_not_be_read_is_there(two: Project) -> None:
    two.write("tasks/10-ready/task-torn.md", "---\nid: torn\n")
    assert call(two, "update", "fix", "--add", "depends_on=torn").code == 0


@in_states
def test_paths_and_kinds_become_ids(two: Project) -> None:
    done = call(two, "update", "low", "--add", "depends_on=story-fix,tasks/10-ready/epic-navbar.md")
    assert done.code == 0, done.err
    assert two.get("low").values["depends_on"] == ["fix", "navbar"]
    assert call(two, "update", "low", "--remove", "depends_on=story-fix").code == 0
    assert two.get("low").values["depends_on"] == ["navbar"]
    assert call(two, "new", "--title", "New", "--parent", "epic-navbar", "--output", "plain").out == "new\n"
    assert two.get("navbar").values["children"] == ["new"]


@pytest.mark.parametrize(
    ("words", "key", "expected"),
    [
        (["--label", "a, b", "--label", '"c, d",e'], "labels", ["a", "b", "c, d", "e"]),
        (["--assignee", "ana,bo"], "assignees", ["ana", "bo"]),
        (["--depends-on", "low,navbar"], "depends_on", ["low", "navbar"]),
        (["--blocks", "low, navbar"], "blocks", ["low", "navbar"]),
        (["--touches", "src/{a,b}.py"], "touches", ["src/{a,b}.py"]),
        (["--label", "don't, 'a, b'"], "labels", ["don't", "a, b"]),
    ],
)
def test_names_and_ids_have_commas_between(
    two: Project, words: list[str], key: str, expected: list[str]
) -> None:
    for line in (["new", "--title", "New", "--id", "new"], ["update", "fix"]):
        done = call(two, *line, *words, "--output", "json")
        assert done.code == 0, done.err
        assert done.json["task"][key] == expected
    if key in {"labels", "assignees"}:
        value = ",".join(f'"{item}"' if "," in item else item for item in expected)
        done = call(two, "update", "low", "--add", f"{key}={value}", "--output", "json")
        assert done.json["task"][key] == expected
        done = call(two, "update", "low", "--remove", f"{key}={value}", "--output", "json")
        assert done.json["task"][key] == []
        option = "--" + key.removesuffix("s")
        assert call(two, "list", option, value, "--output", "plain").out == "fix\nnew\n"


def test_callers_in_python_are_refused_alike(two: Project) -> None:
    store: Any = Store(two.root)
    for change in (
        lambda: update(store, "fix", Update(set={"depends_on": ["nope"]})),
        lambda: create(store, "New", keys={"blocks": ["nope"]}),
    ):
        with pytest.raises(TaskfilesError) as caught:
            change()
        assert caught.value.code == "no-such-task"
    update(store, "fix", Update(set={"depends_on": ["nope"]}), allow_missing=True)
