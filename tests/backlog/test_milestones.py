"""Milestones with a due day: shown with their open tasks, counted, named where they are overdue."""

from __future__ import annotations

import pytest

from support.in_process import call, ok
from support.project import Project


@pytest.fixture
def dated(project: Project) -> Project:
    project.configure(
        '[milestones.v1]\ndue = 2020-01-01\n[milestones.v2]\ndue = 2990-01-01\n[milestones.v3]\ntitle = "T"\n'
    )
    project.task("a", milestone="v1")
    project.task("b", milestone="v2", due="2989-01-01")
    project.task("c", state="done", milestone="v1")
    project.task("d", milestone="v3")
    return project


def test_a_list_names_the_overdue_ones_and_dates_their_tasks(dated: Project) -> None:
    out = call(dated, "list").out
    rows = {line.split()[0]: line for line in out.splitlines()}
    assert "2020-01-01 v1" in rows["a"]
    assert "2989-01-01" in rows["b"]
    assert "v2" not in rows["b"]  # its own day says more
    assert "v3" not in rows["d"]
    assert "\nMilestone v1: overdue since 2020-01-01, 1 task open.\n" in out
    assert "Milestone v1" not in call(dated, "list", "--state", "done").out
    assert call(dated, "list", "--overdue", "-o", "plain").out == ""


def test_a_task_is_shown_with_the_day_of_its_milestone(dated: Project) -> None:
    shown = {name: call(dated, "show", name).out for name in "abcd"}
    assert "milestone         v1 overdue since 2020-01-01\n" in shown["a"]
    assert "milestone         v2 due 2990-01-01\n" in shown["b"]
    assert "milestone         v1 due 2020-01-01\n" in shown["c"]
    assert "milestone         v3\n" in shown["d"]


def test_programs_get_the_day_too_and_may_give_it_back(dated: Project) -> None:
    days = {name: call(dated, "show", name, "-o", "json").json["milestone_due"] for name in "abcd"}
    assert days == {"a": "2020-01-01", "b": "2990-01-01", "c": "2020-01-01", "d": None}
    whole = call(dated, "show", "a", "-o", "json").out
    assert call(dated, "metadata", "set", "a", stdin=whole).out.startswith("No change")
    chosen = call(dated, "show", "a", "--fields", "milestone_due", "-o", "json").json
    assert chosen == {"milestone_due": "2020-01-01"}
    ok(call(dated, "update", "a", "--meta", "milestone_due=own"))
    assert call(dated, "show", "a", "-o", "json").json["milestone_due"] == "own"


def test_next_and_tree_have_the_day(dated: Project) -> None:
    first, second, *_ = call(dated, "next", "-o", "json").json["candidates"]
    assert (first["id"], first["milestone"], first["milestone_due"]) == ("a", "v1", "2020-01-01")
    assert (second["due"], second["milestone_due"]) == ("2989-01-01", "2990-01-01")
    told = call(dated, "next").out
    assert "; milestone v1 overdue since 2020-01-01\n" in told
    assert "; due 2989-01-01; milestone v2 due 2990-01-01\n" in told
    tree = {node["id"]: node["milestone_due"] for node in call(dated, "tree", "-o", "json").json}
    assert tree == {"a": "2020-01-01", "b": "2990-01-01", "c": "2020-01-01", "d": None}
    assert "a: Title of a (task, ready, v1 overdue since 2020-01-01)\n" in call(dated, "tree").out


def test_stats_count_the_tasks_of_each(dated: Project) -> None:
    assert call(dated, "stats", "-o", "json").json["milestones"] == [
        {"name": "v1", "due": "2020-01-01", "overdue": True, "open": 1, "closed": 1},
        {"name": "v2", "due": "2990-01-01", "overdue": False, "open": 1, "closed": 0},
    ]
    assert "Milestone v1: overdue since 2020-01-01, 1 task open.\n" in call(dated, "stats").out


def test_settings_that_are_wrong_hide_no_task(dated: Project) -> None:
    dated.configure("[milestones.v1]\ndue = 5\n")
    assert (call(dated, "list").code, call(dated, "tree").code) == (0, 0)
