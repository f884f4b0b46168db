"""Small answers: what says nothing is left out, nothing stands twice, and what is absent is the default."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.in_process import call, ok
from support.project import BODY, Project
from taskfiles.task.keys import DEFAULTS


def answers(project: Project, *argv: str) -> tuple[Any, Any]:
    """The answer to one command, whole and brief; with `--dry-run` both are of the same files."""
    return tuple(ok(call(project, *argv, "-o", "json", *more)).json for more in ((), ("--brief",)))  # type: ignore[return-value]  # two


def restored(brief: dict[str, Any]) -> dict[str, Any]:
    return {**DEFAULTS, "valid": True, "claim": None, **brief}


@pytest.fixture
def busy(project: Project) -> Project:
    project.task("epic", kind="epic", children="[fix]", priority="high")
    project.task("fix", body=BODY, labels="[ui]", extra="x_own: null\nx_list: []\n")
    project.task("other")
    return project


def test_what_is_absent_is_the_default(busy: Project) -> None:
    whole, brief = answers(busy, "list")
    for row, short in zip(whole, brief, strict=True):
        own = {key: value for key, value in row.items() if not key.startswith("x_")}
        assert {**own, "execution": None} == {**restored(short), "execution": None}
        assert not [value for value in short.values() if value in (None, [], {})]


def test_brief_answers_are_much_smaller(busy: Project) -> None:
    sizes = [[len(json.dumps(each)) for each in answers(busy, *argv)] for argv in (("list",), ("next",))]
    for whole, brief in sizes:
        assert brief < 0.6 * whole


def test_points_of_nothing_are_left_out(busy: Project) -> None:
    whole, brief = answers(busy, "next")
    for each, short in zip(whole["candidates"], brief["candidates"], strict=True):
        assert short.get("reasons", []) == [reason for reason in each["reasons"] if reason["points"]]


def test_a_pickup_holds_the_task_once(busy: Project) -> None:
    done = ok(call(busy, "pickup", "fix", "-o", "json", "--brief"))
    answer = done.json
    assert answer["task"]["body"] == BODY
    assert done.out.count("- [ ] First") == 1
    assert answer["claim"]["token"].startswith("claim-")
    assert "claim" not in answer["task"]
    assert [each["id"] for each in answer["context"]["ancestors"]] == ["epic"]
    assert "target" not in answer["context"]


def test_a_change_of_several_tasks_holds_each_once(busy: Project) -> None:
    answer = ok(call(busy, "adopt", "epic", "other", "-o", "json", "--brief")).json
    assert answer["task"]["id"] not in [each["id"] for each in answer.get("tasks", [])]
    assert answer["task"]["children"] == ["fix", "other"]
    assert "dry_run" not in answer


def test_what_people_read_is_the_same(busy: Project) -> None:
    assert call(busy, "list", "--brief") == call(busy, "list")
    assert call(busy, "list", "--brief", "-o", "plain").out == "epic\nfix\nother\n"
