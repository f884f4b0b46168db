"""An edit of one task becomes a new text: complete, checked, and with no other byte changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from support.backlogs import DONE, make_task
from support.strategies import markdown_bodies
from taskfiles import TaskfilesError, parse_task
from taskfiles.changes.draft import (
    Draft,
    closes,
    introduced,
    plan_creation,
    plan_edit,
    plan_removal,
    plan_text,
)
from taskfiles.task.task import Task
from taskfiles.task.words import State

NOW = "2025-11-02T12:00:00.000Z"


def sets(**values: Any) -> Any:
    return lambda draft: draft.values.update(values)


def fields(change: Any) -> list[tuple[str, Any, Any]]:
    return [(each["field"], each["from"], each["to"]) for each in change.changes]


# Values


def test_only_the_lines_of_an_edit_change() -> None:
    text = "---\r\ntitle: Fix # why\r\nid: 'a'\r\nstate: ready\r\nx_own: {b: 1}\r\n---\r\ncaf\xe9\r\n"
    task = parse_task("tasks/10-ready/task-a.md", text.encode("latin-1"))
    change = plan_edit(task, sets(title="Repair", size="xl"), NOW)
    assert change.changed
    expected = text.replace("Fix", "Repair").replace("state: ready\r\n", "state: ready\r\nsize: xl\r\n")
    assert change.after.data == expected.encode("latin-1")
    assert (change.before, change.after.path, change.dry_run) == (task, task.path, False)
    assert fields(change) == [("title", "Fix", "Repair"), ("size", None, "xl")]
    assert "+title: Repair # why" in change.diff


def test_an_edit_that_changes_nothing_is_no_change() -> None:
    task = make_task("a", updated_at=NOW)
    change = plan_edit(
        task, lambda draft: draft.values.update(title=draft.values["title"]), "2026-01-01T00:00:00Z"
    )
    assert (change.changed, change.after, change.changes, change.diff) == (False, task, [], "")


def test_python_values_become_plain_ones() -> None:
    noon = datetime(2025, 11, 2, 12, tzinfo=UTC)
    change = plan_edit(make_task("a"), sets(state=State.IDEA, created_at=noon, labels=("ui",)), NOW)
    assert change.after.values["created_at"] == NOW
    assert (change.after.state, change.after.values["labels"]) == ("idea", ["ui"])


@pytest.mark.parametrize(
    ("edit", "code", "problem"),
    [
        (sets(x={1, 2}), "edit-unsafe", "a Python set has no place in YAML"),
        (sets(x=datetime(2025, 11, 2)), "edit-unsafe", "without a time zone"),
        (sets(size="huge"), "edit-invalid", "huge"),
        (sets(title=None), "edit-invalid", "title"),
        (sets(id="Not an id"), "edit-invalid", "Not an id"),
        (lambda draft: draft.values.pop("id"), "edit-invalid", "id"),
        (lambda draft: draft.values["x"].clear(), "edit-unsafe", "anchor"),
        (lambda draft: draft.write_section("Overview", "# Big"), "section-text", "Big"),
    ],
)
def test_what_can_not_be_written_is_refused(edit: Any, code: str, problem: str) -> None:
    text = b"---\nid: a\ntitle: A\nstate: ready\nx: &x {b: 1}\ny: *x\n---\n\n## Overview\n"
    with pytest.raises(TaskfilesError) as caught:
        plan_edit(parse_task("tasks/10-ready/task-a.md", text), edit, NOW)
    assert caught.value.code == code
    assert problem in caught.value.message


def test_an_error_that_was_there_before_refuses_nothing() -> None:
    task = make_task("a", size="huge", labels=["", "ui"])
    assert plan_edit(task, sets(title="B"), NOW).changed
    assert plan_edit(task, sets(labels=[""]), NOW).changed
    with pytest.raises(TaskfilesError) as caught:
        plan_edit(task, sets(labels=["", ""]), NOW)
    assert caught.value.details["finding"] == "empty-text"
    assert caught.value.details["field"] == "labels[1]"


# What follows from an edit


@pytest.mark.parametrize(
    ("before", "given", "completed"),
    [
        ({}, {"state": "done", "commit_message": "x"}, NOW),
        (
            {},
            {"state": "done", "commit_message": "x", "completed_at": "2025-11-01T00:00:00Z"},
            "2025-11-01T00:00:00Z",
        ),
        (
            {"completed_at": "2025-10-01T00:00:00Z"},
            {"state": "done", "commit_message": "x"},
            "2025-10-01T00:00:00Z",
        ),
        (DONE, {"state": "ready"}, None),
        (DONE, {"state": "ready", "completed_at": "2025-11-01T00:00:00Z"}, "2025-11-01T00:00:00Z"),
        (DONE, {"title": "B"}, DONE["completed_at"]),
        ({}, {"state": "canceled"}, None),
    ],
)
def test_the_day_of_completion_follows_the_state_unless_it_is_given(
    before: Any, given: Any, completed: Any
) -> None:
    change = plan_edit(make_task("a", **before), sets(**given), NOW)
    assert change.after.values.get("completed_at") == completed


def test_moments_of_change_are_refreshed_where_a_file_has_them() -> None:
    task = make_task("a", updated_at="2025-11-01T00:00:00Z", last_activity_at="2025-11-01T00:00:00Z")
    change = plan_edit(task, sets(size="xl", last_activity_at="2025-11-01T10:00:00Z"), NOW)
    assert change.after.values["updated_at"] == NOW
    assert change.after.values["last_activity_at"] == "2025-11-01T10:00:00Z"
    assert "updated_at" not in plan_edit(make_task("a"), sets(size="xl"), NOW).after.values


@pytest.mark.parametrize(
    ("path", "given", "to_place", "target"),
    [
        ("tasks/10-ready/task-a.md", {"state": "idea"}, False, "tasks/00-idea/task-a.md"),
        ("tasks/10-ready/task-a.md", {"kind": "story"}, False, "tasks/10-ready/story-a.md"),
        ("tasks/notes/a.md", {"size": "xl"}, False, "tasks/notes/a.md"),
        ("tasks/notes/a.md", {"size": "xl"}, True, "tasks/10-ready/task-a.md"),
        ("tasks/notes/a.md", {"id": "b"}, False, "tasks/10-ready/task-b.md"),
    ],
)
def test_a_file_moves_only_where_its_place_changes_or_that_is_asked_for(
    path: str, given: dict[str, Any], to_place: bool, target: str
) -> None:
    def edit(draft: Draft) -> None:
        draft.values.update(given)
        draft.to_place = to_place

    change = plan_edit(make_task("a", path=path), edit, NOW)
    assert change.after.path == target
    assert (("path", path, target) in fields(change)) is (path != target)


@given(markdown_bodies())
def test_a_section_of_any_body_is_written_without_another_byte_of_the_file(body: tuple[str, str]) -> None:
    task = make_task("a", body=body[0])
    change = plan_edit(task, lambda draft: draft.write_section("Z", "Text."), NOW)
    assert change.after.document[:3] == task.document[:3]
    assert change.after.body.startswith(task.body.rstrip())
    assert [field for field, _, _ in fields(change)] == ["body.Z"]


# Whole texts


def test_a_draft_can_begin_with_another_text_of_the_task() -> None:
    task, other = make_task("a", size="xl"), make_task("a", size="tiny")
    change = plan_edit(task, lambda draft: draft.start_from(other), NOW)
    assert change.after.data == other.data
    assert plan_edit(task, lambda draft: draft.start_from(task), NOW).changed is False


def test_a_whole_text_is_created_put_in_its_place_or_removed() -> None:
    old, new = make_task("a"), make_task("a", path="tasks/notes/a.md", size="xl")
    assert fields(plan_text(old, new)) == [("size", None, "xl"), ("path", old.path, new.path)]
    created = plan_creation(new, dry_run=True)
    assert (created.before, created.after, created.dry_run) == (None, new, True)
    assert ("size", None, "xl") in fields(created)
    assert created.diff.startswith("--- /dev/null\n+++ b/tasks/notes/a.md\n")
    removed = plan_removal(old)
    assert (removed.removed, fields(removed)) == (True, [("path", old.path, None)])
    assert removed.diff.startswith(f"--- a/{old.path}\n+++ /dev/null\n")


def test_warnings_that_a_change_brings_are_listed_without_those_that_were_there() -> None:
    task = make_task("a", created_at="2025-11-02T12:00:00")
    change = plan_edit(task, sets(updated_at="2025-11-02T12:00:00", x_y=1), NOW)
    assert [(finding.code, finding.field) for finding in introduced(change)] == [("no-zone", "updated_at")]
    assert {finding.field for finding in introduced(plan_creation(task))} == {"created_at"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("ready", "done", True),
        ("ready", "canceled", True),
        ("done", "canceled", True),
        ("done", "done", False),
        ("done", "ready", False),
        (None, "done", True),
        (None, "ready", False),
    ],
)
def test_whether_a_task_has_been_closed(before: str | None, after: str, expected: bool) -> None:
    def task(state: str) -> Task:
        return make_task("a", state=state)

    assert closes(task(before) if before else None, task(after)) is expected
