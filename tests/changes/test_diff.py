"""What a change does to a file, for people and programs: fields, sections of the body, a diff for git."""

from __future__ import annotations

import pytest
from hypothesis import given

from support.backlogs import make_task
from support.layouts import in_states
from support.project import Project
from support.strategies import markdown_bodies
from taskfiles import Task
from taskfiles.changes.diff import list_task_changes, unified_diff

pytestmark = in_states

BODY = "Intro.\n\n## Overview\n\nWhy.\n\n## Notes\n\nOne.\n\n## Notes\n\nTwo.\n\n#### Deep\n\nx\n"


def test_values_come_first_then_the_body_by_its_sections() -> None:
    before = make_task("a", body=BODY, size="xl", x={"y": 1})
    after = make_task("a", body=BODY.replace("Two.", "Three."), x={"y": 2}, labels=["ui"])
    assert list_task_changes(before, after) == [
        {"field": "size", "from": "xl", "to": None},
        {"field": "x.y", "from": 1, "to": 2},
        {"field": "labels", "from": None, "to": ["ui"]},
        {
            "field": "body.Notes (2)",
            "from": "## Notes\n\nTwo.\n\n#### Deep\n\nx",
            "to": "## Notes\n\nThree.\n\n#### Deep\n\nx",
        },
    ]


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        (BODY.replace("Intro.", "Outro."), [("body", "Intro.", "Outro.")]),
        (BODY.replace("Intro.\n", ""), [("body", "Intro.", None)]),
        (BODY + "## New\n", [("body.New", None, "## New")]),
        (BODY.replace("## Overview\n\nWhy.\n\n", ""), [("body.Overview", "## Overview\n\nWhy.", None)]),
        (BODY + "\n\n", []),
    ],
)
def test_sections_come_go_and_change(after: str, changes: list[tuple[str, str | None, str | None]]) -> None:
    found = list_task_changes(make_task("a", body=BODY), make_task("a", body=after))
    assert [(each["field"], each["from"], each["to"]) for each in found] == changes


@given(markdown_bodies(), markdown_bodies())
def test_every_section_is_named_once_and_differs(left: tuple[str, str], right: tuple[str, str]) -> None:
    found = list_task_changes(make_task("a", body=left[0]), make_task("a", body=right[0]))
    assert len({each["field"] for each in found}) == len(found)
    assert all(each["from"] != each["to"] for each in found)
    assert list_task_changes(make_task("a", body=left[0]), make_task("a", body=left[0])) == []


# For git

OLD = make_task("a", size="xl")
NEW = make_task("a", size="tiny")
MOVED = make_task("a", path="tasks/30-done/2025-11-02 task-a.md", size="tiny")


@pytest.mark.parametrize("before", [None, OLD])
@pytest.mark.parametrize("after", [None, NEW, MOVED])
def test_git_applies_what_is_shown(project: Project, before: Task | None, after: Task | None) -> None:
    diff = unified_diff(before, after)
    assert bool(diff) is (before is not after)
    if before is not None:
        project.write(before.path, before.data)
    if diff:
        project.write("../change.diff", diff)
        project.git("apply", "../change.diff")
    assert project.tree() == ({} if after is None else {after.path: after.data})


def test_a_file_that_stays_as_it_is_has_no_diff_and_one_that_only_moves_has_a_head() -> None:
    assert unified_diff(OLD, OLD) == ""
    moved = make_task("a", path="tasks/00-idea/task-a.md", size="xl")
    assert unified_diff(OLD, moved).splitlines() == [
        "diff --git a/tasks/10-ready/task-a.md b/tasks/00-idea/task-a.md",
        "rename from tasks/10-ready/task-a.md",
        "rename to tasks/00-idea/task-a.md",
    ]
