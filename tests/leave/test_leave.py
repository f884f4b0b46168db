"""`tasks export --to`: the files of each tool, what has no place there, and what stands in the way."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

from migrate.test_sources import SAMPLES, Sample
from support.foreign_tasks import OLD
from support.in_process import call, ok
from support.project import Project
from taskfiles import Tool
from taskfiles.schema.files import read_schema
from taskfiles.task.task import parse_task
from taskfiles_cli.line.export_format import ExportFormat

OUT = "../out"
SCHEMA = Draft202012Validator(read_schema("export-to"))
BODY = "\n## Overview\n\nIt jumps.\n"


def write_two(project: Project) -> None:
    project.write(
        "tasks/fix-navbar.md",
        "---\nid: fix-navbar\ntitle: Fix the navbar\nstate: ready\npriority: urgent\nsize: small\n"
        "depends_on: [choose-font]\nassignees: [ada]\nlabels: [ui]\nmilestone: v1\ndue: 2026-02-01\n"
        f"task_type: bug\ncreated_at: 2026-01-02T10:00:30Z\nrank: 2\n---\n{BODY}",
    )
    project.write(
        "tasks/choose-font.md",
        "---\nid: choose-font\ntitle: Choose a font\nstate: done\ncompleted_at: 2026-01-03T10:00:00Z\n---\n",
    )


class Made(NamedTuple):
    """What is made of the two tasks: a file, its text, and how many tasks lose which key."""

    path: str
    text: str
    unplaced: dict[str, int]


BACKLOG = f"""\
---
id: TASK-2
title: Fix the navbar
status: To Do
assignee:
  - ada
created_date: "2026-01-02 10:00"
labels:
  - ui
dependencies:
  - TASK-1
priority: high
type: bug
milestone: v1
due_date: "2026-02-01"
---
{BODY}"""
TASKMD = f"""\
---
id: fix-navbar
title: Fix the navbar
status: pending
priority: critical
effort: small
type: bug
tags:
  - ui
owner: ada
phase: v1
dependencies:
  - choose-font
created: "2026-01-02"
---
{BODY}"""
TASKPLAIN = f"""\
---
id: fix-navbar
title: Fix the navbar
kind: task
state: ready
priority: urgent
size: small
depends_on:
  - choose-font
assignees:
  - ada
labels:
  - ui
milestone: v1
task_type: bug
created_at: 2026-01-02T10:00:30Z
updated_at: 2026-01-02T10:00:30Z
---
{BODY}"""
BEADS = """\
{"id": "choose-font", "title": "Choose a font", "closed_at": "2026-01-03T10:00:00Z", "status": "closed", \
"priority": 2}
{"id": "fix-navbar", "title": "Fix the navbar", "description": "## Overview\\n\\nIt jumps.", "priority": 0, \
"issue_type": "bug", "labels": ["ui"], "assignee": "ada", "created_at": "2026-01-02T10:00:30Z", \
"due_at": "2026-02-01T00:00:00Z", "status": "open", "dependencies": \
[{"issue_id": "fix-navbar", "depends_on_id": "choose-font", "type": "blocks"}]}
"""
TODO_TXT = """\
x 2026-01-03 Choose a font id:choose-font
(A) 2026-01-02 Fix the navbar @ui due:2026-02-01 dep:choose-font id:fix-navbar
"""
TASKWARRIOR = """\
 {
  "uuid": "29e0f852-8af0-55cb-b18b-aba818c27dc4",
  "description": "Fix the navbar",
  "priority": "H",
  "tags": [
   "ui"
  ],
  "depends": [
   "7fe4c53c-2fcc-5a39-8f49-ab4a48f1db03"
  ],
  "entry": "20260102T100030Z",
  "due": "20260201T000000Z",
  "status": "pending",
  "annotations": [
   {
    "entry": "20260102T100030Z",
    "description": "## Overview\\n\\nIt jumps."
   }
  ]
 }
"""
GITHUB = """\
 {
  "title": "Fix the navbar",
  "body": "## Overview\\n\\nIt jumps.",
  "number": 2,
  "state": "OPEN",
  "stateReason": "",
  "labels": [
   {
    "name": "ui"
   }
  ],
  "assignees": [
   {
    "login": "ada"
   }
  ],
  "milestone": {
   "title": "v1"
  },
  "createdAt": "2026-01-02T10:00:30Z"
 }
"""
LESS = dict.fromkeys(("assignees", "milestone", "rank", "size", "task_type"), 1)
MADE = {
    Tool.BACKLOG: Made("backlog/tasks/task-2 - Fix-the-navbar.md", BACKLOG, {"id": 2, "rank": 1, "size": 1}),
    Tool.TASKMD: Made("tasks/fix-navbar.md", TASKMD, {"due": 1, "rank": 1}),
    Tool.TASKPLAIN: Made("tasks/10-ready/task-fix-navbar.md", TASKPLAIN, {"due": 1, "rank": 1}),
    Tool.BEADS: Made(".beads/issues.jsonl", BEADS, dict.fromkeys(("due", "milestone", "rank", "size"), 1)),
    Tool.TODO_TXT: Made("todo.txt", TODO_TXT, {**LESS, "title": 1, "body": 2}),
    Tool.TASKWARRIOR: Made("taskwarrior.json", TASKWARRIOR, {**LESS, "body": 1, "due": 1}),
    Tool.GITHUB: Made(
        "issues.json",
        GITHUB,
        {"depends_on": 1, "due": 1, "id": 2, "priority": 1, "rank": 1, "size": 1, "task_type": 1},
    ),
}


@pytest.mark.parametrize("tool", Tool)
def test_the_files_of_a_tool_and_what_has_no_place_there(project: Project, tool: Tool) -> None:
    write_two(project)
    done = ok(call(project, "export", "--format", tool, "--to", OUT, "--output", "json")).json
    SCHEMA.validate(done)
    made = MADE[tool]
    text = (project.root / OUT / made.path).read_text()
    assert made.text in text if tool in {Tool.TASKWARRIOR, Tool.GITHUB} else text == made.text
    words = {each["key"]: 1 for each in done["words"] if each["back"] != [each["value"]]}
    unplaced = {each["key"]: each["count"] for each in done["unplaced"]} | words
    wanted = {**made.unplaced, **({"priority": 1} if tool in {Tool.BACKLOG, Tool.TASKWARRIOR} else {})}
    assert unplaced == wanted


BACK = Sample(
    "backlog",
    {
        "backlog/config.yml": "project_name: Old\n",
        "backlog/tasks/back-1 - One.md": "---\nid: BACK-1\ntitle: One\nstatus: In Progress\nordinal: 3\n"
        "created_date: '2026-01-02 10:00'\ndue_date: '2026-02-03 10:00'\ndependencies: [BACK-3, BACK-9]\n"
        "references: [a.md]\nsubtasks: [BACK-1.1]\n---\n\n## Description\r\n",
        "backlog/tasks/back-1.1 - Sub.md": "---\nid: BACK-1.1\ntitle: Sub\nstatus: To Do\n"
        "parent_task_id: BACK-1\n---\n",
        "backlog/tasks/back-1.1.1 - Sub.md": "---\nid: BACK-1.1.1\ntitle: Sub sub\nstatus: To Do\n"
        "parent_task_id: BACK-1.1\n---\n",
        "backlog/tasks/back-1.1.1.1 - Sub.md": "---\nid: BACK-1.1.1.1\ntitle: Fourth level\nstatus: To Do\n"
        "parent_task_id: BACK-1.1.1\n---\n",
        "backlog/drafts/draft-1 - Two.md": "---\nid: DRAFT-1\ntitle: Two\nstatus: Draft\n---\n",
        "backlog/completed/back-3 - Three.md": "---\nid: BACK-3\ntitle: Three\nstatus: Done\n---\nText\n",
        "backlog/archive/tasks/back-4 - Four.md": "---\nid: BACK-4\ntitle: Four\nstatus: To Do\n---\n",
    },
    {},
)
HELD = [each for each in [BACK, *SAMPLES] if each.source in set(Tool)]


@pytest.mark.parametrize("sample", HELD, ids=lambda sample: sample.source)
def test_what_came_in_goes_out_and_comes_in_the_same(project: Project, sample: Sample) -> None:
    for path, text in sample.files.items():
        project.write(f"{OLD}/{path}", text)
    ok(call(project, "migrate", sample.place))
    done = ok(call(project, "export", "--format", sample.source, "--to", OUT, "--output", "json")).json
    assert (done["unplaced"], done["added"], done["back"]) == ([], [], done["tasks"])
    before = shown(project)
    ok(call(project, "undo"))
    place = {"taskwarrior": f"{OUT}/taskwarrior.json", "github": f"{OUT}/issues.json"}.get(sample.source, OUT)
    ok(call(project, "migrate", sample.source, place))
    assert shown(project) == before


def shown(project: Project) -> dict[str, Any]:
    return {task.id: (task.values, task.document.body) for task in project.store.snapshot().tasks}


def test_a_state_without_a_word_there_stops_until_it_is_said(project: Project) -> None:
    project.write("tasks/a.md", "---\nid: a\ntitle: A\nstate: idea\n---\n")
    argv = ("export", "--format", "github", "--to", OUT, "--output", "json")
    dry = call(project, *argv, "--dry-run")
    assert (dry.code, dry.json["words"][0]["word"]) == (1, None)
    done = call(project, *argv)
    assert (done.code, done.error["code"]) == (1, "wordless")
    assert "--map" in done.error["hint"]
    assert "state:idea=open|closed|" in done.error["hint"]
    assert not (project.root / OUT).exists()
    for wrong in ("state:idea=later", "state:odd=open", "priority:low=x"):
        refused = call(project, *argv, "--map", wrong)
        assert (refused.code, refused.error["code"]) == (2, "bad-value"), wrong
    made = ok(call(project, *argv, "--map", "state:idea=Open")).json

    (word,) = made["words"]
    assert (word["value"], word["word"], word["back"]) == ("idea", "open", ["ready"])


def test_a_dry_run_shows_the_same_and_leaves_nothing(project: Project) -> None:
    write_two(project)
    argv = ("export", "--format", "backlog", "--to", OUT, "--output", "json")
    tree = sorted(project.root.parent.rglob("*"))
    dry = ok(call(project, *argv, "--dry-run")).json
    assert sorted(project.root.parent.rglob("*")) == tree
    assert {**ok(call(project, *argv)).json, "dry_run": True} == dry
    plain = ok(call(project, "export", "--format", "backlog", "--to", f"{OUT}2", "--output", "plain"))
    assert plain.out.splitlines() == [each["path"] for each in dry["files"]]


@pytest.mark.parametrize("place", ["full", "file", "tasks", ".git/x", "link"])
def test_a_place_that_is_taken_is_refused(project: Project, place: str) -> None:
    write_two(project)
    project.write("full/mine.txt", "x")
    project.write("file", "x")
    (project.root / "link").symlink_to("full")
    tree = project.tree()
    done = call(project, "export", "--format", "beads", "--to", place, "--output", "json")
    assert done.error["code"] == ("bad-value" if place in {"tasks", ".git/x"} else "place-taken")
    assert project.tree() == tree


def test_an_empty_directory_is_taken(project: Project) -> None:
    write_two(project)
    (project.root / OUT).mkdir()
    ok(call(project, "export", "--format", "beads", "--to", OUT))
    assert [file.name for file in (project.root / OUT).iterdir()] == [".beads"]


def test_a_task_that_cannot_be_read_stops_all(project: Project) -> None:
    write_two(project)
    project.write("tasks/bad.md", "---\nid: [\n---\n")
    done = call(project, "export", "--format", "beads", "--to", OUT, "--output", "json")
    assert (done.code, done.error["path"]) == (1, "tasks/bad.md")
    assert not (project.root / OUT).exists()


def test_no_two_tasks_get_one_id(project: Project) -> None:
    """An old id of one may be the id of another, and numbers go on behind those that are kept."""
    for task_id, more in (
        ("one", "x_beads_id: two\nx_backlog_id: BACK-7\nx_github_id: '#3'\n"),
        ("two", "links: [{type: github_issue, number: 3}]\n"),
        ("three", "links: [{type: github_issue, number: 5}]\n"),
        ("four", ""),
        ("five", "state: idea\n"),
    ):
        state = "" if "state" in more else "state: ready\n"
        project.write(f"tasks/{task_id}.md", f"---\nid: {task_id}\ntitle: {task_id}\n{state}{more}---\n")
    expected = {
        "beads": ["five", "four", "two", "three", "two-2"],
        "backlog": ["DRAFT-1", "BACK-8", "BACK-7", "BACK-9", "BACK-10"],
        "github": ["#6", "#7", "#3", "#5", "#8"],
    }
    for tool, ids in expected.items():
        argv = ("export", "--format", tool, "--to", OUT, "--map", "state:idea=" + IDEAS[tool])
        done = ok(call(project, *argv, "--dry-run", "--output", "json")).json
        assert [each["there"] for each in done["ids"]] == ids, tool
        assert done["back"] == 5


IDEAS = {"beads": "deferred", "backlog": "draft", "github": "open"}


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("--format", "backlog"),
        ("--to", OUT),
        ("--to", OUT, "--format", "csv"),
        ("--to", OUT, "--format", "backlog", "--dataset", "../data"),
        ("--dataset", "../data", "--dry-run"),
        ("--dataset", "../data", "--map", "state:idea=x"),
    ],
)
def test_options_that_do_not_go_together(project: Project, argv: tuple[str, ...]) -> None:
    done = call(project, "export", *argv, "--output", "json")
    assert (done.code, done.error["code"]) == (2, "usage")
    assert "--to" in done.error["message"]


def test_formats_are_those_of_datasets_and_tools() -> None:
    from taskfiles.dataset.words import DatasetFormat

    assert [*map(str, ExportFormat)] == [*map(str, DatasetFormat), *map(str, Tool)]


def test_sections_get_the_tools_names_on_request(project: Project) -> None:
    """So that Backlog.md shows them; on the way back `--headings` names them as here."""
    body = "\n## Overview\n\nIt jumps.\n\n## Technical Approach\n\nPin it.\n"
    project.write("tasks/a.md", f"---\nid: a\ntitle: A\nstate: ready\n---\n{body}")
    there = body.replace("Overview", "Description").replace("Technical Approach", "Implementation Plan")
    done = ok(
        call(project, "export", "--format", "backlog", "--to", OUT, "--headings", "--output", "json")
    ).json
    assert "body" not in {each["key"] for each in done["unplaced"]}
    (file,) = (project.root / OUT / "backlog/tasks").glob("*.md")
    assert file.read_text().endswith(there)
    ok(call(project, "delete", "a", "--output", "json"))
    ok(call(project, "migrate", OUT, "--headings", "--output", "json"))
    assert project.get("task-1").document.body == body.encode()


def test_an_idea_waits_for_someday_in_taskwarrior(project: Project) -> None:
    """Since 2.6 a task without a day to wait for is pending, whatever its status says."""
    project.write("tasks/a.md", "---\nid: a\ntitle: A\nstate: idea\n---\n")
    done = ok(call(project, "export", "--format", "taskwarrior", "--to", OUT, "--output", "json")).json
    assert "not_before" not in {each["key"] for each in done["added"]}
    (task,) = json.loads((project.root / OUT / "taskwarrior.json").read_text())
    assert (task["status"], task["wait"]) == ("waiting", "99991230T000000Z")
    task["status"] = "pending"
    project.write("../again/export.json", json.dumps([task]))
    ok(call(project, "delete", "a", "--output", "json"))
    ok(call(project, "migrate", "../again/export.json", "--output", "json"))
    assert {key: project.get("a").values.get(key) for key in ("state", "not_before")} == {
        "state": "idea",
        "not_before": None,
    }


def test_taskplain_gets_what_it_reads_no_file_without(project: Project) -> None:
    """Its schema demands some keys, wants instants in UTC, a message of what is done, and knows two links."""
    project.write(
        "tasks/a.md",
        "---\nid: a\ntitle: A\nstate: done\ncompleted_at: 2026-01-02T10:00:00+01:00\n"
        "links:\n  - {type: url, url: 'https://example.invalid/'}\n  - {type: linear, key: A-1}\n"
        "execution:\n  attempts:\n    - started_at: 2026-01-02T09:00:00+01:00\n"
        "      ended_at: 2026-01-02T09:01:00+01:00\n      duration_seconds: 60\n      status: completed\n"
        "      executor: {tool: t}\n---\n",
    )
    project.write("tasks/b.md", "---\nid: b\ntitle: B\nstate: idea\n---\n")
    done = ok(call(project, "export", "--format", "taskplain", "--to", OUT, "--output", "json")).json
    assert {each["key"]: each["count"] for each in done["added"]} == {
        "commit_message": 1,
        "created_at": 2,
        "updated_at": 2,
    }
    files = [*(project.root / OUT / "tasks").rglob("*.md")]
    values = {task.id: task.values for task in (parse_task(file.name, file.read_bytes()) for file in files)}
    assert values["a"]["commit_message"] == "(unknown)"
    assert values["a"]["links"] == [{"type": "linear", "key": "A-1"}]
    assert {values["a"][key] for key in ("created_at", "updated_at", "completed_at")} == {
        "2026-01-02T09:00:00Z"
    }
    assert "2026-01-02T08:01:00Z" in str(values["a"]["execution"])
    assert (values["b"]["created_at"], values["b"]["priority"]) == ("1970-01-01T00:00:00Z", "normal")


def test_taskwarrior_gets_no_instant_before_1980(project: Project) -> None:
    """It refuses the whole file for one."""
    front = "id: a\ntitle: A\nstate: ready\ncreated_at: 1979-12-31T00:00:00Z\ndue: 1980-01-01"
    project.write("tasks/a.md", f"---\n{front}\n---\n\nText.\n")
    done = ok(call(project, "export", "--format", "taskwarrior", "--to", OUT, "--output", "json")).json
    assert "created_at" in {each["key"] for each in done["unplaced"]}
    (task,) = json.loads((project.root / OUT / "taskwarrior.json").read_text())
    assert (task.get("entry"), task["due"]) == (None, "19800101T000000Z")
    assert [each["entry"] for each in task["annotations"]] == ["19800101T000000Z"]


def test_beads_gets_what_it_refuses_all_issues_without(project: Project) -> None:
    """A closed issue says when, and no other does; one without a priority would be the most urgent."""
    project.write("tasks/a.md", "---\nid: a\ntitle: A\nstate: done\nestimate_minutes: 30\n---\n")
    front = "id: b\ntitle: B\nstate: canceled\ncompleted_at: 2026-01-02T10:00:00Z\nnot_before: 2026-02-01"
    project.write("tasks/b.md", f"---\n{front}\n---\n")
    done = ok(call(project, "export", "--format", "beads", "--to", OUT, "--output", "json")).json
    assert [each["key"] for each in done["unplaced"]] == ["completed_at", "not_before"]
    lines = (project.root / OUT / ".beads/issues.jsonl").read_text().splitlines()
    first, second = map(json.loads, lines)
    assert (first["closed_at"], first["priority"], first["estimated_minutes"]) == (
        "1970-01-01T00:00:00Z",
        2,
        30,
    )
    assert (second.get("closed_at"), second["defer_until"]) == (None, "2026-02-01T00:00:00Z")
    ok(call(project, "delete", "a", "b", "--output", "json"))
    ok(call(project, "migrate", OUT, "--output", "json"))
    assert project.get("a").values["estimate_minutes"] == 30
