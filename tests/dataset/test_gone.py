"""What stays in a dataset of tasks whose files are gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.attempts import morning
from support.datasets import FORMATS, manifest_of, read_back
from support.in_process import call, ok
from support.layouts import in_states
from support.project import Done, Project

ID = "0199c6f2-0000-7000-8000-00000000000"


def tried(*numbers: int) -> str:
    attempts = [morning(number, 10) | {"id": f"{ID}{number}"} for number in numbers]
    gates = {"run": ["lint"], "failed": []}
    return f"execution: {json.dumps({'attempts': [each | {'quality_gates': gates} for each in attempts]})}\n"


@pytest.fixture
def shop(project: Project) -> Project:
    project.task("fix", state="done", extra=tried(1, 2))
    project.task("old", state="done", extra=tried(3))
    project.task("bare", state="done")
    return project


def export(project: Project, place: Path, *argv: str) -> Done:
    argv = ("--dataset", str(place), "--repo", "ada/shop", "--no-events", *argv)
    return ok_or_warned(call(project, "export", "--output", "json", *argv))


def ok_or_warned(done: Done) -> Done:
    assert done.code == 0, done.err
    return done


def rows(place: Path, table: str) -> list[tuple[Any, ...]]:
    return [(row["task_id"], row.get("gone")) for row in read_back(place)[table]]


def remove(project: Project, task_id: str) -> None:
    (file,) = project.root.rglob(f"*task-{task_id}.md")
    file.unlink()


@in_states
@pytest.mark.parametrize("format_", FORMATS)
def test_attempts_of_tasks_that_are_gone_stay(shop: Project, tmp_path: Path, format_: str) -> None:
    place = tmp_path / "data"
    export(shop, place, "--format", format_)
    assert {gone for _, gone in rows(place, "tasks")} == {False}
    before = read_back(place)
    remove(shop, "fix")
    remove(shop, "bare")
    done = export(shop, place)
    assert "1 task with attempts no longer there: their rows stay, marked `gone`." in done.err
    assert rows(place, "tasks") == [("fix", True), ("old", False)]
    assert rows(place, "attempts") == [("fix", True), ("fix", True), ("old", False)]
    assert read_back(place)["gates"] == before["gates"]
    counts = manifest_of(place).repositories["ada/shop"]
    assert (counts.tasks, counts.attempts, counts.gates, counts.gone) == (2, 3, 3, 1)
    assert not export(shop, place).json["changed"]
    shop.task("fix", state="done", extra=tried(1, 2))
    shop.task("bare", state="done")
    export(shop, place)
    assert read_back(place) == before


@in_states
def test_the_figures_of_past_months_stay(shop: Project, tmp_path: Path) -> None:
    place = tmp_path / "data"
    export(shop, place)
    before = ok(call(shop, "stats", "--dataset", str(place), "--by", "month", "--output", "json")).json
    remove(shop, "fix")
    export(shop, place)
    after = ok(call(shop, "stats", "--dataset", str(place), "--by", "month", "--output", "json")).json
    assert after["groups"] == before["groups"]


def test_a_task_that_was_renamed_counts_once(shop: Project, tmp_path: Path) -> None:
    place = tmp_path / "data"
    export(shop, place)
    ok(call(shop, "rename", "fix", "repair"))
    export(shop, place)
    assert rows(place, "attempts") == [("old", False), ("repair", False), ("repair", False)]


@in_states
def test_other_repositories_are_left_alone_and_merging_keeps_the_mark(shop: Project, tmp_path: Path) -> None:
    place = tmp_path / "data"
    export(shop, place)
    ok(call(shop, "export", "--dataset", str(place), "--repo", "ada/other", "--no-events"))
    remove(shop, "fix")
    export(shop, place)
    assert [row["gone"] for row in read_back(place)["attempts"]] == [False] * 3 + [True, True, False]
    ok_or_warned(call(shop, "export", "--from", str(place), "--dataset", str(tmp_path / "x")))
    assert read_back(tmp_path / "x") == read_back(place)


# What is said on deletion


@pytest.mark.parametrize("argv", [("cleanup", "--older-than", "0s"), ("delete", "fix", "old")])
def test_deleting_tasks_says_what_leaves_the_figures(
    shop: Project, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    def leaving(*more: str) -> tuple[dict[str, Any], str]:
        done = call(shop, *argv, *more, "--output", "json")
        return done.json["leaving"], done.err

    answer, said = leaving("--dry-run")
    assert (answer["tasks"], answer["attempts"], answer["newer"]) == (2, 3, 3)
    assert (answer["exported_at"], answer["dataset"]) == (None, None)
    assert "would leave the figures of the files, and this clone was never exported" in said
    assert "tasks export --dataset DIR" in said
    export(shop, tmp_path / "data")
    answer, said = leaving("--dry-run")
    assert (answer["newer"], answer["dataset"]) == (0, str(tmp_path / "data"))
    assert "and stay there" in said
    shop.task("old", state="done", extra=tried(3).replace("2026", "2099").replace("2025", "2099"))
    answer, said = leaving()
    assert answer["newer"] == 1
    assert "1 of them are newer and are nowhere else" in said


def test_deleting_tasks_without_attempts_says_nothing(shop: Project) -> None:
    done = ok(call(shop, "delete", "bare", "--output", "json"))
    assert "leaving" not in done.json
