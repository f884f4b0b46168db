"""A sparse checkout: what git's index holds and the work tree doesn't is said, and its ids are taken."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from support.doctor_report import look
from support.effort import some
from support.in_process import call
from support.layouts import in_states
from support.project import BODY, Done, Project

pytestmark = in_states

OUT = "tasks/00-idea"
KINDS = {
    "patterns": ("--no-cone", "/*", f"!/{OUT}/"),
    "cone": ("--cone", "tasks/10-ready"),
    "sparse index": ("--cone", "--sparse-index", "tasks/10-ready"),
}


def arrange(project: Project, kind: str) -> None:
    """Leave two ideas out of the checkout, one of them with a name of its own."""
    project.configure("")
    project.task("here", depends_on="[away, hand]", parent="away")
    project.task("away", state="idea")
    project.write(f"{OUT}/by hand.md", f"---\nid: hand\ntitle: H\nkind: task\nstate: idea\n---\n{BODY}")
    project.write(f"{OUT}/notes.md", "No task.\n")
    project.git("add", "-A")
    project.git("commit", "-q", "-m", "x")
    project.git("sparse-checkout", "set", *KINDS[kind])
    assert not (project.root / OUT / "task-away.md").exists()


def said(done: Done) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in done.err.splitlines()]
    return [line["warning"] for line in lines if line.get("warning", {}).get("code") == "sparse-checkout"]


@pytest.mark.parametrize("kind", some([*KINDS], 2))
def test_what_is_not_checked_out_is_said_with_its_pattern(project: Project, kind: str) -> None:
    arrange(project, kind)
    for command in (["list"], ["list", "--state", "ready"], ["validate"], ["next"], ["tree"]):
        (warning,) = said(project.run(*command, "--output", "json"))
        assert warning["count"] == 3
        assert (f"!/{OUT}/" if kind == "patterns" else "tasks") in warning["message"]
    assert "3 task files of git's index are not checked out" in project.run("list").err
    told = [row for row in look(project).json["results"] if "not checked out" in row["message"]]
    assert [(row["check"], row["status"]) for row in told] == [("root", "info")]


@pytest.mark.parametrize("kind", KINDS)
def test_references_to_it_are_no_warnings(project: Project, kind: str) -> None:
    arrange(project, kind)
    findings = call(project, "validate", "--output", "json").json["findings"]
    assert "dangling-reference" not in {finding["code"] for finding in findings}
    project.task("sound")
    for task_id in ("away", "hand"):
        assert call(project, "update", "sound", "--add", f"depends_on={task_id}").code == 0
    assert call(project, "update", "sound", "--add", "depends_on=nowhere").code == 3
    project.task("other", depends_on="[nowhere]")
    findings = call(project, "validate", "--output", "json").json["findings"]
    assert [each["message"] for each in findings if each["code"] == "dangling-reference"] == [
        "There is no task `nowhere`."
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("task_id", ["away", "hand"])
def test_its_ids_are_taken(project: Project, kind: str, task_id: str) -> None:
    arrange(project, kind)
    refused = call(project, "new", "--title", "T", "--id", task_id, "--output", "json")
    assert (refused.code, refused.error["code"]) == (4, "id-taken")
    assert refused.error["path"].startswith(OUT)
    assert call(project, "rename", "here", task_id, "--output", "json").error["code"] == "id-taken"
    made = call(project, "new", "--title", task_id.capitalize(), "--output", "plain")
    assert made.out == f"{task_id}-2\n"
    shown = call(project, "show", task_id, "--output", "json").error
    assert shown["code"] == "no-such-task"
    assert "the sparse checkout leaves it out" in shown["hint"]


def test_nothing_is_said_where_all_is_checked_out(project: Project) -> None:
    arrange(project, "patterns")
    project.git("sparse-checkout", "disable")
    for command in ("list", "validate"):
        assert said(project.run(command, "--output", "json")) == []
    assert call(project, "new", "--title", "T", "--id", "free").code == 0


def test_a_file_that_is_there_in_spite_of_the_patterns_is_read(project: Project) -> None:
    arrange(project, "patterns")
    project.task("away", state="idea")
    assert {row["id"] for row in call(project, "list", "--output", "json").json} == {"here", "away"}
    assert [warning["count"] for warning in said(call(project, "list", "--output", "json"))] == [2]


@pytest.mark.parametrize("below", [".", "web"])
def test_a_project_that_is_left_out_as_a_whole_is_no_place_for_a_new_one(
    project: Project, below: str
) -> None:
    other = Project(project.root / below)
    other.write("src/a.txt", "a\n")
    call(other, "init")
    project.git("add", "-A")
    project.git("commit", "-q", "-m", "x")
    project.git("sparse-checkout", "set", "--cone", f"{below}/src" if below != "." else "src")
    place = "tasks" if below == "." else "web/tasks"
    assert not (other.root / "tasks/tasks.toml").exists()
    for left in {project.root / "tasks", other.root / "tasks"}:
        shutil.rmtree(left, ignore_errors=True)
    for command in (["list"], ["new", "--title", "T"], ["init"]):
        done = call(project, *command, "--output", "json", cwd=other.root)
        assert (done.code, done.error["code"]) == (5, "not-checked-out")
        assert done.error["hint"] == f"`git sparse-checkout add {place}` checks it out."
    assert not (other.root / "tasks").exists()
    project.git("sparse-checkout", "add", place)
    assert call(project, "list", cwd=other.root).code == 0
