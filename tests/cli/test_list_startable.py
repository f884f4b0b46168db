"""`list --startable` shows what `next` would offer, and so does the field."""

from __future__ import annotations

from support.in_process import call, ok
from support.project import BODY, Project


def queue(project: Project) -> None:
    project.task("a", body=BODY)
    project.task("bare", body="\n")
    project.task("waits", depends_on="[a]")
    project.task("idea", state="idea")
    project.task("story", kind="story", children="[a]")
    project.task("held")
    ok(call(project, "pickup", "held"))


def ids(project: Project, *argv: str) -> list[str]:
    return ok(call(project, *argv, "-o", "plain")).out.split()


def test_a_list_of_what_can_be_started_is_that_of_next(project: Project) -> None:
    queue(project)
    assert ids(project, "list", "--startable") == sorted(ids(project, "next")) == ["a", "bare"]
    assert ids(project, "list", "--startable", "--limit", "1") == ["a"]
    assert ids(project, "list", "--not-startable") == ["held", "idea", "story", "waits"]
    assert ids(project, "list", "--startable", "--parent", "story") == ["a"]


def test_a_field_says_so_of_each_task(project: Project) -> None:
    queue(project)
    rows = ok(call(project, "list", "--fields", "id,startable", "-o", "json")).json
    assert {row["id"] for row in rows if row["startable"]} == {"a", "bare"}
    assert "startable" not in ok(call(project, "list", "-o", "json")).json[0]


def test_next_says_what_it_leaves_out(project: Project) -> None:
    queue(project)
    answer = ok(call(project, "next", "-o", "json", "--strict")).json
    assert answer["skipped"] == [
        {"code": code, "count": 1, "ids": [task_id]}
        for code, task_id in (
            ("claimed", "held"),
            ("criteria", "bare"),
            ("dependency", "waits"),
            ("idea", "idea"),
        )
    ]
    said = ok(call(project, "next")).err
    assert "1 depends on what is not done: waits; `tasks plan` says why.\n" in said


def test_what_next_offers_without_criteria_can_be_claimed(project: Project) -> None:
    project.task("bare", body="\n")
    assert "Picked up bare" in ok(call(project, "next", "--claim")).out
    ok(call(project, "complete", "bare"))
