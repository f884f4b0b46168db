"""What a project gives to a dataset: rows of its tasks and log, or documents made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.attempts import BARE, DONE, FAILED
from support.in_process import call, ok
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles.dataset.columns import TABLES
from taskfiles.dataset.project import Gathered, gather_project
from taskfiles.dataset.words import DatasetFormat


def gather(
    project: Project, format_: DatasetFormat = DatasetFormat.JSONL, *, with_events: bool = True
) -> Gathered:
    return gather_project(project.store, "ada/app", format_, "0.1.0", with_events=with_events)


def put(project: Project, task_id: str, *attempts: dict[str, Any], **keys: str) -> None:
    project.task(task_id, extra=f"execution: {json.dumps({'attempts': attempts})}\n", **keys)


@pytest.fixture
def shop(project: Project) -> Project:
    """A done task with two attempts, a ready one with one that has no id, one that is invalid."""
    put(project, "a", FAILED, DONE, state="done")
    put(project, "b", BARE)
    project.task("wrong", priority="hihg")
    return project


def test_every_task_is_a_row_and_what_is_wrong_is_counted(shop: Project) -> None:
    shop.write(shop.path("broken"), "---\nid: broken\n")
    twin = (shop.root / shop.path("b")).read_text()
    shop.write(shop.path("twin", "idea"), twin)
    gathered = gather(shop)
    counts = gathered.given.repositories["ada/app"]
    assert (counts.tasks, counts.attempts, counts.gates) == (4, 2, 4)
    assert (counts.invalid, counts.twins, counts.unreadable) == (1, 2, 1)
    assert [(row["task_id"], row["problem"]) for row in gathered.given.rows("tasks")] == [
        ("a", None),
        ("b", "twin"),
        ("b", "twin"),
        ("wrong", "invalid"),
    ]
    assert [finding.path for finding in gathered.problems.unreadable] == [shop.path("broken")]
    assert shop.path("wrong") in {finding.path for finding in gathered.problems.readable}


def test_rows_are_of_the_repository_and_sorted(shop: Project) -> None:
    given = gather(shop).given
    for table in TABLES:
        assert {row["repo"] for row in given.rows(table)} <= {"ada/app"}
    assert [row["position"] for row in given.rows("attempts")] == [1, 2, 1]
    assert list(given.documents("ada/app")) == []


def test_the_log_is_redacted_or_left_out(shop: Project) -> None:
    assert gather(shop).given.repositories["ada/app"].events == 0
    assert not list((shop.root / ".git").rglob("key*"))  # none is made for a log that is empty
    ok(call(shop, "update", "b", "--meta", "assignees=[ada]"))
    given = gather(shop).given
    (event,) = given.rows("events")
    assert (event["task_id"], event["action"]) == ("b", "task.update")
    assert "task-b.md" not in json.dumps(event)
    without = gather(shop, with_events=False).given
    assert (without.repositories["ada/app"].events, list(without.rows("events"))) == (None, [])


def test_completions_are_of_tasks_with_attempts(shop: Project) -> None:
    gathered = gather(shop, DatasetFormat.COMPLETION)
    line, other = gathered.given.documents("ada/app")
    document = json.loads(line)
    assert json.loads(other)["subject"] == "b"  # which is still open
    assert (document["subject"], document["attempts"], document["outcome"]) == ("a", 2, "success")
    assert document["repo_size_category"] == "tiny"
    assert line.endswith(b"\n")


def test_spans_are_of_attempts_with_an_id_and_the_others_are_named(shop: Project) -> None:
    gathered = gather(shop, DatasetFormat.OTLP)
    (line,) = gathered.given.documents("ada/app")
    assert b"0.1.0" in line
    assert len(json.loads(line)["resourceSpans"]) == 1
    assert [each.task_id for each in gathered.spanless] == ["b"]


def test_a_key_that_can_not_be_read_is_an_error(shop: Project) -> None:
    ok(call(shop, "update", "b", "--meta", "size=xl"))
    list(gather(shop).given.rows("events"))
    (key,) = (file for file in (shop.root / ".git/tasks").rglob("*") if "key" in file.name and file.is_file())
    Path(key).write_bytes(b"short")
    with pytest.raises(TaskfilesError) as refused:
        gather(shop)
    assert refused.value.code == "io"


def test_without_git_there_is_no_log(project: Project) -> None:
    project.task("a")
    (project.root / ".git").rename(project.root / "git")
    counts = gather(project).given.repositories["ada/app"]
    assert (counts.tasks, counts.events) == (1, 0)
