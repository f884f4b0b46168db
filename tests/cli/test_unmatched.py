"""What a filter asks for and nothing has: ids must exist, other texts get a word on standard error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.in_process import call, ok
from support.project import Done, Project

TRIED = (
    "execution: {attempts: [{id: 0199c6f2-0000-7000-8000-000000000001, status: completed, "
    "executor: {model: opus, tool: claude-code}}]}\n"
)


@pytest.fixture
def known(project: Project) -> Project:
    project.write("tasks/tasks.toml", "[labels.declared]\n")
    project.task("top", kind="story", children="[fix]")
    project.task("fix", labels="[ui]", assignees='["@bob"]', extra=f"sprint: alpha\nparent: gone\n{TRIED}")
    return project


def warnings(done: Done) -> list[dict[str, Any]]:
    found = [json.loads(line)["warning"] for line in done.err.splitlines() if line.startswith('{"warning"')]
    return [each for each in found if each["code"] == "no-match"]


@pytest.mark.parametrize("command", ["list", "plan"])
def test_a_parent_must_exist(known: Project, command: str) -> None:
    done = call(known, command, "--parent", "topp", "--output", "json")
    assert (done.code, done.out, done.error["code"]) == (3, "", "no-such-task")
    assert done.error["message"] == "There is no task topp."
    assert done.error["hint"].startswith("Did you mean top?")
    ok(call(known, command, "--parent", "top", "--output", "json"))


def test_a_parent_that_is_named_or_can_t_be_read_is_one(known: Project) -> None:
    known.task("child", extra="parent: lost\n")
    known.write("tasks/10-ready/task-broken.md", "---\nid: [\n---\n")
    assert [row["id"] for row in ok(call(known, "list", "--parent", "lost", "--output", "json")).json] == [
        "child"
    ]
    assert ok(call(known, "list", "--parent", "broken", "--output", "json")).json == []


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--label", "uii", "No task has the label “uii”. Did you mean ui?"),
        ("--label", "declare", "No task has the label “declare”. Did you mean declared?"),
        ("--assignee", "zoe", "No task is assigned to “zoe”."),
        ("--model", "opos", "No attempt is by the model “opos”. Did you mean opus?"),
        ("--tool", "claude", "No attempt is by the tool “claude”. Did you mean claude-code?"),
        ("--meta", "sprint=alphe", "No task has sprint = “alphe”. Did you mean alpha?"),
    ],
)
def test_a_text_that_nothing_has_is_named(known: Project, option: str, value: str, message: str) -> None:
    done = ok(call(known, "list", option, value, "--output", "json"))
    assert (done.json, [each["message"] for each in warnings(done)]) == ([], [message])
    assert f"warning: {message}" in ok(call(known, "list", option, value)).err


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--label", "UI"),
        ("--label", "declared"),
        ("--assignee", "bob"),
        ("--model", "opus"),
        ("--meta", "sprint=alpha"),
        ("--meta", "missing=null"),
        ("--search", "nothing like it"),
        ("--priority", "low"),
    ],
)
def test_what_something_has_or_may_have_is_no_word_worth(known: Project, option: str, value: str) -> None:
    done = ok(call(known, "list", option, value, "--output", "json"))
    expected = ["No task has the label “UI”. Did you mean ui?"] if value == "UI" else []
    assert [each["message"] for each in warnings(done)] == expected


def test_plan_names_them_too_and_many_are_counted(known: Project) -> None:
    done = ok(call(known, "plan", "--label", "aa,bb,cc,dd,ee", "--output", "json"))
    assert [each["message"] for each in warnings(done)[:3]] == [
        f"No task has the label “{each}”." for each in ("aa", "bb", "cc")
    ]
    assert warnings(done)[3]["message"] == "2 more values that no task has."
    assert warnings(done)[3]["count"] == 2


def test_a_named_parent_without_open_children_is_left_out_with_the_reason(known: Project) -> None:
    known.task("all-closed", kind="story", children="[shut]")
    known.task("shut", state="done")
    done = ok(call(known, "plan", "all-closed", "fix", "--output", "json"))
    assert "all-closed is left out: nothing below it is open." in done.err
    assert "fix is left out: nothing" not in done.err
