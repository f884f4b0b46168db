"""Backlog.md: each row of its table, its directories and its habits."""

from __future__ import annotations

from support.foreign_tasks import OLD, backlog_file, backlog_task
from support.in_process import call
from support.project import Project

FULL = """\
id: BACK-7
title: "Each key"
status: Done
assignee:
  - '@ada'
reporter: '@bob'
created_date: '2025-06-03 14:05'
updated_date: '2025-06-04'
completed_date: 2025-06-05 09:00
labels: [ui, web]
milestone: m-1
dependencies: []
priority: medium
type: bug
modified_files: [src/a.py]
references:
  - https://example.invalid/1
ordinal: 1000
"""


def test_each_row_of_the_table(project: Project) -> None:
    backlog_file(project, "completed/back-7 - Each-key.md", FULL)
    backlog_file(project, "milestones/m-1 - First.md", 'id: m-1\ntitle: "First release"\n')
    assert call(project, "migrate", OLD).code == 0
    values = project.get("back-7").values
    assert {key: value for key, value in values.items() if key != "x_backlog_base"} == {
        "id": "back-7",
        "title": "Each key",
        "kind": "task",
        "state": "done",
        "priority": "normal",
        "touches": ["src/a.py"],
        "assignees": ["@ada"],
        "labels": ["ui", "web"],
        "milestone": "First release",
        "task_type": "bug",
        "created_at": "2025-06-03T14:05:00Z",
        "updated_at": "2025-06-04",
        "completed_at": "2025-06-05T09:00:00Z",
        "created_by": "@bob",
        "x_backlog_references": ["https://example.invalid/1"],
        "x_backlog_ordinal": 1000,
        "x_backlog_id": "BACK-7",
    }


def test_milestones_are_declared_with_the_tasks(project: Project) -> None:
    backlog_task(project, "1", more="milestone: m-1\n")
    backlog_file(project, "milestones/m-1 - First.md", 'id: m-1\ntitle: "First release"\n')
    backlog_file(project, "milestones/m-2 - Second.md", "id: m-2\ntitle: Second\n")
    before = project.tree()
    assert call(project, "migrate", OLD).code == 0
    assert {"First release", "Second"} <= project.store.config.milestones.keys()
    tree = project.tree()
    assert call(project, "migrate", OLD).code == 0
    assert project.tree() == tree
    assert call(project, "validate").code == 0
    assert call(project, "undo").code == 0
    assert project.tree() == before


def test_states_that_the_configuration_declares_are_shown_before_a_task_has_one(project: Project) -> None:
    backlog_task(project)
    project.write(f"{OLD}/backlog/config.yml", 'statuses: ["To Do", "In Progress", "In Review"]\n')
    done = call(project, "migrate", OLD, "--dry-run", "--output", "json")
    assert done.code == 0
    words = {each["value"]: (each["word"], each["count"]) for each in done.json["words"]}
    assert words == {"To Do": ("ready", 1), "In Progress": ("in-progress", 0), "In Review": (None, 0)}
    project.write(f"{OLD}/backlog/config.yml", "statuses: [\n")
    done = call(project, "migrate", OLD, "--output", "json")
    assert (done.code, [each["code"] for each in done.json["findings"]]) == (0, ["yaml-syntax"])


def test_directories_say_the_state_of_what_is_not_done(project: Project) -> None:
    front = "id: {id}\ntitle: T\nstatus: {status}\n"
    backlog_file(project, "drafts/draft-1 - T.md", front.format(id="DRAFT-1", status="To Do"))
    backlog_file(project, "archive/tasks/back-2 - T.md", front.format(id="BACK-2", status="To Do"))
    backlog_file(project, "archive/tasks/back-3 - T.md", front.format(id="BACK-3", status="Done"))
    backlog_file(project, "completed/back-4 - T.md", front.format(id="BACK-4", status="In Progress"))
    assert call(project, "migrate", OLD).code == 0
    states = {task.id: task.state for task in project.store.snapshot().tasks}
    assert states == {"draft-1": "idea", "back-2": "canceled", "back-3": "done", "back-4": "done"}


def test_references_under_an_older_prefix_are_read_by_their_number(project: Project) -> None:
    backlog_task(project, "5.1")
    backlog_task(project, "6", more="dependencies: [task-05.1]\nparent_task_id: task-5.1\n")
    assert call(project, "migrate", OLD).code == 0
    assert project.get("back-5-1").values["children"] == ["back-6"]


def test_the_id_is_in_the_name_where_no_key_has_it(project: Project) -> None:
    backlog_file(project, "tasks/task-9 - No-id.md", "title: No id\nstatus: To Do\n")
    assert call(project, "migrate", OLD).code == 0
    assert project.get("task-9").values["x_backlog_id"] == "task-9"


def test_a_readme_is_left_out_and_said(project: Project) -> None:
    backlog_task(project)
    project.write(f"{OLD}/backlog/tasks/readme.md", "# Tasks\n")
    done = call(project, "migrate", OLD, "--output", "json")
    assert [(each["path"], each["code"]) for each in done.json["findings"]] == [
        ("../old/backlog/tasks/readme.md", "no-frontmatter")
    ]
