"""Each source and each row of its table, on small sources of our own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support.foreign_tasks import OLD
from support.in_process import call
from support.project import Project
from taskfiles.migrate.foreign import STRICT, Place
from taskfiles.migrate.json_text import BadJson, load_json
from taskfiles.migrate.registry import MODULES, load_source
from taskfiles.text.nodes import MAX_DEPTH


class Sample(NamedTuple):
    """A source: its files, what is migrated from, and what each task is here by its id."""

    source: str
    files: dict[str, str]
    expected: dict[str, dict[str, Any]]
    place: str = OLD
    bodies: Mapping[str, str] = {}


def lines(*values: dict[str, Any]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


TASKMD = Sample(
    "taskmd",
    {
        ".taskmd.yaml": "dir: work\nscopes:\n  cli:\n    paths:\n      - src/cli/\n      - src/main.py\n",
        "work/001-a.md": "---\nid: '001'\ntitle: First\nstatus: completed\npriority: critical\n"
        "effort: large\n"
        "type: bug\ntags: [a, b]\nowner: ada\nphase: mvp\ncreated: 2026-02-14\ncompleted: 2026-02-15\n"
        "updated: 2026-02-16\ntouches: [cli, other]\nverify:\n  - {type: bash, run: make}\n---\n# First\n",
        "work/web/002-b.md": "---\nid: '002'\nstatus: in-progress\npriority: low\neffort: small\n"
        "parent: '001'\n"
        "dependencies: ['003']\n---\n# Second\n\nText\n",
        "work/003-c.md": "---\nid: '003'\ntitle: Third\nstatus: blocked\npriority: medium\n"
        "effort: medium\n---\n",
        "work/004-d.md": "---\nid: '004'\ntitle: Fourth\nstatus: cancelled\npriority: high\n---\n",
        "work/005-e.md": "---\nid: '005'\ntitle: Fifth\nstatus: pending\ndepends-on: ['004']\n"
        "group: g\n---\n",
    },
    {
        "001": {
            "title": "First",
            "kind": "story",
            "children": ["002"],
            "state": "done",
            "priority": "urgent",
            "size": "large",
            "task_type": "bug",
            "labels": ["a", "b"],
            "assignees": ["ada"],
            "milestone": "mvp",
            "touches": ["src/cli/**", "src/main.py", "other"],
            "created_at": "2026-02-14",
            "completed_at": "2026-02-15",
            "updated_at": "2026-02-16",
            "x_taskmd_verify": [{"type": "bash", "run": "make"}],
        },
        "002": {
            "title": "Second",
            "state": "in-progress",
            "track": "web",
            "depends_on": ["003"],
            "size": "small",
        },
        "003": {"state": "ready", "blocked": "taskmd: blocked", "priority": "normal"},
        "004": {"state": "canceled", "priority": "high"},
        "005": {"state": "ready", "depends_on": ["004"], "track": "g"},
    },
    bodies={"002": "# Second\n\nText\n"},
)
BEADS = Sample(
    "beads",
    {
        ".beads/issues.jsonl": lines(
            {
                "id": "bd-1",
                "title": "Epic",
                "description": "Why",
                "design": "How",
                "acceptance_criteria": "- [ ] x",
                "notes": "N",
                "status": "open",
                "priority": 0,
                "issue_type": "epic",
                "labels": ["l"],
                "assignee": "ada",
                "created_at": "2025-11-02T21:58:07.295058-08:00",
                "updated_at": "2025-11-03T00:00:00Z",
                "comments": [{"author": "bob", "text": "two\nlines", "created_at": "2025-11-04T00:00:00Z"}],
                "close_reason": "none yet",
            },
            {
                "id": "bd-1.1",
                "title": "Child",
                "parent": "bd-1",
                "status": "closed",
                "priority": 4,
                "issue_type": "task",
                "closed_at": "2025-11-05T00:00:00Z",
                "dependencies": [
                    {"issue_id": "bd-1.1", "depends_on_id": "bd-1", "type": "parent-child"},
                    {"issue_id": "bd-1.1", "depends_on_id": "bd-2", "type": "blocks"},
                    {"issue_id": "bd-1.1", "depends_on_id": "bd-3", "type": "discovered-from"},
                ],
            },
            {"id": "bd-2", "title": "B", "status": "blocked", "priority": 1},
            {"id": "bd-3", "title": "C", "status": "in_progress", "priority": 2},
            {"id": "bd-4", "title": "D", "status": "deferred", "priority": 3},
            {"id": "bd-5", "title": "E", "status": "tombstone"},
            {"id": "bd-6", "title": "F", "status": "hooked"},
        )
    },
    {
        "bd-1": {
            "title": "Epic",
            "kind": "epic",
            "task_type": "epic",
            "state": "ready",
            "priority": "urgent",
            "children": ["bd-1-1"],
            "labels": ["l"],
            "assignees": ["ada"],
            "created_at": "2025-11-02T21:58:07.295058-08:00",
            "updated_at": "2025-11-03T00:00:00Z",
            "close_reason": "none yet",
        },
        "bd-1-1": {
            "state": "done",
            "priority": "none",
            "depends_on": ["bd-2"],
            "completed_at": "2025-11-05T00:00:00Z",
            "x_beads_discovered-from": ["bd-3"],
            "x_beads_id": "bd-1.1",
        },
        "bd-2": {"state": "ready", "blocked": "beads: blocked", "priority": "high"},
        "bd-3": {"state": "in-progress", "priority": "normal"},
        "bd-4": {"state": "idea", "priority": "low"},
        "bd-5": {"state": "canceled"},
        "bd-6": {"state": "in-progress"},
    },
    bodies={
        "bd-1": "\nWhy\n\n## Design\n\nHow\n\n## Acceptance Criteria\n\n- [ ] x\n\n## Notes\n\nN\n"
        "\n## Comments\n\n"
        "- 2025-11-04T00:00:00Z bob: two\n  lines\n"
    },
)
TBD_FRONT = "type: is\nid: {0}\ntitle: T\nkind: {1}\nstatus: {2}\npriority: {3}\nversion: 2\n{4}"


def tbd(task_id: str, *rest: object) -> tuple[str, str]:
    return f".tbd/data-sync/issues/{task_id}.md", f"---\n{TBD_FRONT.format(task_id, *rest)}---\nText\n"


TBD = Sample(
    "tbd",
    dict(
        [
            tbd(
                "is-1",
                "epic",
                "open",
                0,
                "child_order_hints: [is-3, is-2, is-4]\nlabels: [l]\nassignee: ada\n",
            ),
            tbd(
                "is-2",
                "bug",
                "closed",
                1,
                "parent_id: is-1\nclosed_at: 2026-01-16T21:55:35.808Z\nspec_path: s.md\n",
            ),
            tbd("is-3", "task", "closed", 2, "parent_id: is-1\nresolution: canceled\ndue_date: null\n"),
            tbd("is-4", "task", "deferred", 3, "dependencies:\n  - type: blocks\n    target: is-5\n"),
            tbd("is-5", "task", "in_progress", 4, "created_at: 2026-01-15T10:05:04.000Z\n"),
            tbd("is-6", "task", "done", 4, "updated_at: 2026-01-15T10:05:04.000Z\n"),
            tbd("is-7", "task", "blocked", 4, ""),
            tbd("is-8", "task", "canceled", 4, ""),
        ]
    ),
    {
        "is-1": {
            "kind": "epic",
            "task_type": "epic",
            "children": ["is-3", "is-2"],
            "priority": "urgent",
            "labels": ["l"],
            "assignees": ["ada"],
        },
        "is-2": {
            "state": "done",
            "task_type": "bug",
            "completed_at": "2026-01-16T21:55:35.808Z",
            "x_tbd_spec_path": "s.md",
        },
        "is-3": {"state": "canceled", "x_tbd_resolution": "canceled"},
        "is-4": {"state": "idea", "blocks": ["is-5"], "priority": "low"},
        "is-5": {"state": "in-progress", "priority": "none", "created_at": "2026-01-15T10:05:04.000Z"},
        "is-6": {"state": "done", "updated_at": "2026-01-15T10:05:04.000Z"},
        "is-7": {"blocked": "tbd: blocked"},
        "is-8": {"state": "canceled"},
    },
    bodies={"is-1": "Text\n"},
)
TICKET = Sample(
    "ticket",
    {
        ".tickets/t-1.md": "---\nid: t-1\nstatus: closed\ndeps: [t-2]\nlinks: [t-3]\n"
        "created: 2026-01-23T22:46:16Z\n"
        "type: feature\npriority: 1\nassignee: Ada L\ntags: [x]\nparent: t-3\n---\n# The title\n\nText\n",
        ".tickets/t-2.md": "---\nid: t-2\nstatus: in_progress\npriority: 2\n---\n# Two #\n",
        ".tickets/t-3.md": "---\nid: t-3\nstatus: open\ntype: epic\n---\n# Three\n",
    },
    {
        "t-1": {
            "title": "The title",
            "state": "done",
            "priority": "high",
            "depends_on": ["t-2"],
            "task_type": "feature",
            "assignees": ["Ada L"],
            "labels": ["x"],
            "created_at": "2026-01-23T22:46:16Z",
            "x_ticket_links": ["t-3"],
        },
        "t-2": {"title": "Two", "state": "in-progress", "priority": "normal"},
        "t-3": {"title": "Three", "state": "ready", "kind": "epic", "children": ["t-1"]},
    },
    bodies={"t-1": "# The title\n\nText\n"},
)
MASTER = {
    "master": {
        "tasks": [
            {
                "id": 1,
                "title": "One",
                "description": "D",
                "details": "More",
                "testStrategy": "Test",
                "status": "in-progress",
                "dependencies": [2],
                "priority": "high",
                "complexity": 7,
                "expansionPrompt": "Go",
                "updatedAt": "2025-08-02T14:13:14.826Z",
                "subtasks": [
                    {
                        "id": 1,
                        "title": "A",
                        "status": "done",
                        "dependencies": [],
                        "acceptanceCriteria": ["x"],
                    },
                    {"id": 2, "title": "B", "status": "pending", "dependencies": [1, "2"], "parentTaskId": 1},
                    {"id": 3, "title": "C", "status": "cancelled", "dependencies": ["1.1"]},
                ],
            },
            {"id": 2, "title": "Two", "status": "deferred", "priority": "medium", "dependencies": []},
        ],
        "metadata": {},
    },
    "ui": {"tasks": [{"id": 1, "title": "Other", "status": "blocked"}]},
}
TASKMASTER = Sample(
    "taskmaster",
    {".taskmaster/tasks/tasks.json": json.dumps(MASTER, indent=2)},
    {
        "master-1": {
            "kind": "story",
            "state": "in-progress",
            "priority": "high",
            "children": ["master-1-1", "master-1-2", "master-1-3"],
            "depends_on": ["master-2"],
            "complexity": "7",
            "track": "master",
            "updated_at": "2025-08-02T14:13:14.826Z",
            "x_taskmaster_expansionPrompt": "Go",
        },
        "master-1-1": {"state": "done", "x_taskmaster_id": "master/1.1"},
        "master-1-2": {"state": "ready", "depends_on": ["master-1-1", "master-2"]},
        "master-1-3": {"state": "canceled", "depends_on": ["master-1-1"]},
        "master-2": {"state": "idea", "priority": "normal"},
        "ui-1": {"blocked": "claude-task-master: blocked", "track": "ui"},
    },
    bodies={
        "master-1": "\nD\n\n## Details\n\nMore\n\n## Test Strategy\n\nTest\n",
        "master-1-1": "\n## Acceptance Criteria\n\n- [ ] x\n",
    },
)
SPEC = """\
# Tasks: Photo albums

- [ ] T001 Example of the form, in the text before
```
- [ ] T999 In a fence
```
## Phase 1: Setup

- [x] T001a Create the project
- [ ] T002 [P] [US1] Add tests (depends on T001a, T003)
  with a second line
- [-] **T003** Leave it
- [ ] no number
"""
SPEC_KIT = Sample(
    "spec-kit",
    {"specs/001-photo-albums/tasks.md": SPEC},
    {
        "001-photo-albums-t001": {"state": "ready", "track": "001-photo-albums"},
        "001-photo-albums-t001a": {
            "title": "Create the project",
            "state": "done",
            "milestone": "Phase 1: Setup",
        },
        "001-photo-albums-t002": {
            "title": "Add tests (depends on T001a, T003)",
            "isolation": "isolated",
            "labels": ["US1"],
            "depends_on": ["001-photo-albums-t001a", "001-photo-albums-t003"],
            "x_spec_kit_id": "001-photo-albums/T002",
        },
        "001-photo-albums-t003": {"state": "canceled", "title": "Leave it"},
    },
    bodies={
        "001-photo-albums-t002": "\n"
        "- [ ] T002 [P] [US1] Add tests (depends on T001a, T003)\n  with a second line\n"
    },
)
TODO_TXT = Sample(
    "todo.txt",
    {
        "todo.txt": "(A) 2026-01-02 Call mom +family @phone due:2026-02-01\n"
        "x 2026-01-04 2026-01-03 Pay rent\n"
        "(B) Third id:a1\n(C) Fourth dep:a1\n(D) Fifth p:a1\nx Sixth pri:A\n\n",
        "done.txt": "x 2025-01-04 Old thing\n",
    },
    {
        "call-mom-family": {
            "title": "Call mom +family @phone",
            "state": "ready",
            "priority": "urgent",
            "labels": ["phone", "family"],
            "created_at": "2026-01-02",
            "due": "2026-02-01",
        },
        "pay-rent": {"state": "done", "completed_at": "2026-01-04", "created_at": "2026-01-03"},
        "a1": {"title": "Third", "priority": "high", "kind": "story", "children": ["fifth"]},
        "fourth": {"priority": "normal", "depends_on": ["a1"]},
        "fifth": {"priority": "low"},
        "sixth": {"state": "done", "priority": "urgent"},
        "old-thing": {"state": "done", "completed_at": "2025-01-04"},
    },
    bodies={"pay-rent": "\nx 2026-01-04 2026-01-03 Pay rent\n"},
)
TASKWARRIOR = Sample(
    "taskwarrior",
    {
        "export.json": json.dumps(
            [
                {
                    "id": 1,
                    "uuid": "u-1",
                    "description": "Plan the trip",
                    "status": "pending",
                    "entry": "20250103T120000Z",
                    "modified": "20250104T120000Z",
                    "start": "20250104T120000Z",
                    "priority": "H",
                    "project": "home.travel",
                    "tags": ["a"],
                    "depends": ["u-2"],
                    "annotations": [{"entry": "20250105T120000Z", "description": "Asked"}],
                    "due": "20250201T120000Z",
                    "urgency": 3.5,
                },
                {
                    "uuid": "u-2",
                    "description": "B",
                    "status": "completed",
                    "end": "20250103T120000Z",
                    "entry": "1",
                },
                {"uuid": "u-3", "description": "C", "status": "waiting", "priority": "M"},
                {
                    "uuid": "u-4",
                    "description": "D",
                    "status": "deleted",
                    "priority": "L",
                    "end": "20250103T120000Z",
                },
                {"uuid": "u-5", "description": "E", "status": "recurring", "recur": "weekly"},
                {"uuid": "u-6", "description": "F", "status": "pending"},
            ],
            indent=1,
        )
    },
    {
        "plan-trip": {
            "state": "in-progress",
            "priority": "high",
            "track": "home.travel",
            "labels": ["a"],
            "depends_on": ["b"],
            "created_at": "2025-01-03T12:00:00Z",
            "updated_at": "2025-01-04T12:00:00Z",
            "due": "2025-02-01T12:00:00Z",
            "x_taskwarrior_id": "u-1",
        },
        "b": {"state": "done", "completed_at": "2025-01-03T12:00:00Z", "x_taskwarrior_entry": "1"},
        "c": {"state": "idea", "priority": "normal"},
        "d": {"state": "canceled", "priority": "low", "x_taskwarrior_deleted": "20250103T120000Z"},
        "e": {"state": "idea", "x_taskwarrior_recur": "weekly"},
        "f": {"state": "ready"},
    },
    f"{OLD}/export.json",
    {"plan-trip": "\n## Notes\n\n- 20250105T120000Z Asked\n"},
)
GITHUB = Sample(
    "github",
    {
        "issues.json": json.dumps(
            [
                {
                    "number": 12,
                    "title": "Crash",
                    "body": "It crashes.\r\n",
                    "state": "CLOSED",
                    "stateReason": "COMPLETED",
                    "labels": [{"name": "bug"}],
                    "assignees": [{"login": "ada"}],
                    "milestone": {"title": "1.0"},
                    "author": {"login": "bob"},
                    "url": "https://github.com/o/r/issues/12",
                    "createdAt": "2025-01-03T12:00:00Z",
                    "updatedAt": "2025-01-04T12:00:00Z",
                    "closedAt": "2025-01-05T12:00:00Z",
                },
                {"number": 13, "title": "Idea", "body": "", "state": "OPEN", "stateReason": ""},
                {"number": 14, "title": "No", "state": "CLOSED", "stateReason": "NOT_PLANNED"},
            ]
        )
    },
    {
        "issue-12": {
            "state": "done",
            "labels": ["bug"],
            "assignees": ["ada"],
            "milestone": "1.0",
            "links": [{"type": "github_issue", "repo": "o/r", "number": 12}],
            "created_at": "2025-01-03T12:00:00Z",
            "updated_at": "2025-01-04T12:00:00Z",
            "completed_at": "2025-01-05T12:00:00Z",
            "x_github_author": "bob",
            "x_github_id": "#12",
        },
        "issue-13": {"state": "ready"},
        "issue-14": {"state": "canceled"},
    },
    f"{OLD}/issues.json",
    {"issue-12": "\nIt crashes.\r\n\n"},
)
TASKPLAIN = Sample(
    "taskplain",
    {
        "tasks/30-done/2025-11-02 task-a.md": "---\nid: a\ntitle: A\nkind: task\nstate: done\n"
        "priority: high\n"
        "size: small\ndepends_on: [b]\ncompleted_at: 2025-11-02T15:00:00Z\ncommit_message: x\nodd: 1\n"
        "created_at: 2025-11-01T15:00:00Z\nupdated_at: 2025-11-02T15:00:00Z\n"
        "execution:\n  attempts:\n    - started_at: 2025-11-02T14:00:00Z\n"
        "      ended_at: 2025-11-02T14:01:00Z\n"
        "      duration_seconds: 60\n      status: completed\n      executor: {tool: t}\n---\n\n"
        "## Overview\n",
        "tasks/10-ready/task-b.md": "---\nid: b\ntitle: B\npriority: normal\n"
        "created_at: 2025-11-01T15:00:00Z\nupdated_at: 2025-11-01T15:00:00Z\n---\n",
    },
    {
        "a": {
            "state": "done",
            "priority": "high",
            "size": "small",
            "depends_on": ["b"],
            "completed_at": "2025-11-02T15:00:00Z",
            "commit_message": "x",
            "x_taskplain_odd": 1,
        },
        "b": {"state": "ready"},
    },
    bodies={"a": "\n## Overview\n"},
)
MARKDOWN = Sample(
    "markdown",
    {
        "a.md": "---\nid: 084\ntitle: A\nstatus: doing\npriority: 1\ntags: x, y\n"
        "created: 2026-01-02\nnext: no\n---\nText\n",
        "deep/b.md": '+++\ntitle = "B"\nstatus = "done"\ncompleted = 2026-01-02T03:04:05Z\n'
        'parent = "084"\n+++\nText\n',
        "c.md": '{"title": "C", "state": "idea", "labels": ["z"]}\nText\n',
    },
    {
        "084": {
            "title": "A",
            "state": "in-progress",
            "priority": "high",
            "labels": ["x", "y"],
            "kind": "story",
            "children": ["b"],
            "x_markdown_next": "no",
        },
        "b": {"state": "done", "completed_at": "2026-01-02T03:04:05+00:00"},
        "c": {"state": "idea", "labels": ["z"]},
    },
    bodies={"084": "Text\n", "b": "Text\n", "c": "Text\n"},
)
SAMPLES = [
    *(TASKMD, BEADS, TBD, TICKET, TASKMASTER, SPEC_KIT, TODO_TXT, TASKWARRIOR, GITHUB, TASKPLAIN, MARKDOWN),
]


@pytest.fixture(params=SAMPLES, ids=lambda sample: sample.source)
def sample(request: pytest.FixtureRequest, project: Project) -> Sample:
    found: Sample = request.param
    for path, text in found.files.items():
        project.write(f"{OLD}/{path}", text)
    return found


def test_each_row_of_the_table(project: Project, sample: Sample) -> None:
    done = call(project, "migrate", sample.place, "--output", "json")
    assert done.code == 0, done
    assert (done.json["source"], done.json["guessed"]) == (sample.source, True)
    tasks = {task.id: task for task in project.store.snapshot().tasks}
    assert tasks.keys() == sample.expected.keys()
    for task_id, wanted in sample.expected.items():
        values = tasks[task_id].values
        assert {key: values.get(key) for key in wanted} == wanted
        assert not {"x_"} & values.keys()
    for task_id, body in sample.bodies.items():
        assert tasks[task_id].document.body == body.encode()
    assert call(project, "validate").code == 0
    proof = call(project, "migrate", sample.place, "--verify", "--output", "json").json
    assert (proof["differences"], proof["tasks"], proof["gone"]) == ([], len(tasks), [])


def test_again_nothing_changes(project: Project, sample: Sample) -> None:
    assert call(project, "migrate", sample.place).code == 0
    tree = project.tree()
    again = call(project, "migrate", sample.place, "--output", "json")
    assert (again.json["changed"], again.json["reason"]) == (False, "unchanged")
    assert project.tree() == tree


def test_a_mapping_file_says_what_keys_are(project: Project) -> None:
    project.write(
        "map.toml",
        'name = "notes"\nid = "uid"\ntitle = "name"\nfiles = "*.md"\n[keys]\n'
        'stage = { to = "state", words = { parked = "idea" }, absent = "ready" }\n'
        'contexts = "labels"\ndue = "drop"\nstarted = "created_at"\nafter = "depends_on"\narea = "track"\n',
    )
    project.write(
        f"{OLD}/one.md",
        "---\nuid: N-1\nname: One\nstage: Parked\ncontexts: [a]\ndue: x\nstarted: 2026-01-02\n"
        "area: w\nodd: 1\n---\n",
    )
    project.write(f"{OLD}/two.md", "---\nafter: N-1\n---\n# Two\n")
    done = call(project, "migrate", "map.toml", OLD, "--output", "json")
    assert (done.code, done.json["source"]) == (0, "notes")
    one, two = project.get("n-1").values, project.get("two").values
    assert (one["state"], one["title"], one["labels"], one["track"]) == ("idea", "One", ["a"], "w")
    assert (one["created_at"], one["x_notes_odd"], one["x_notes_id"]) == ("2026-01-02", 1, "N-1")
    assert "x_notes_due" not in one
    assert (two["state"], two["title"], two["depends_on"]) == ("ready", "Two", ["n-1"])


@pytest.mark.parametrize(
    "text",
    [
        "[keys\n",
        "odd = 1\n",
        "keys = 1\n",
        "[keys]\na = 1\n",
        '[keys]\na = "nothing"\n',
        '[keys]\na = { to = "state", words = { x = "y" } }\n',
        '[keys]\na = { to = "state", absent = "y" }\n',
        'lines = "headings"\n',
    ],
)
def test_a_wrong_mapping_file_is_refused(project: Project, text: str) -> None:
    project.write("map.toml", text)
    project.write(f"{OLD}/one.md", "---\na: x\n---\n")
    done = call(project, "migrate", "map.toml", OLD, "--output", "json")
    assert (done.code, done.error["code"]) == (1, "bad-mapping")


BROKEN = {
    ".beads/issues.jsonl": (b'{"id": "a", "title": "A"}\n{"id": \n', 2),
    ".taskmaster/tasks/tasks.json": (b'{"tasks": [\n{"id": 1,}\n]}', 2),
    "todo.txt": (b"one\ntwo \xff\n", 2),
    "specs/001/tasks.md": (b"- [ ] T001 x\n- [ ] T002 \xff\n", 2),
    ".tickets/a.md": (b"---\nid: a\nstatus: [\n---\n", 4),
    "a.md": (b"---\nstatus: done\n---\n<<<<<<< HEAD\n", 4),
}


DEEP = b"[" * 300 + b"]" * 300
NUMBERS = {  # a source, its text, where the value stands, and how deep
    "beads": (
        ".beads/issues.jsonl",
        b'{"id": "a", "title": "NaN"}\n{"id": "b", "title": "[[", "x": %s}\n',
        2,
        33,
        1,
    ),
    "taskmaster": (
        ".taskmaster/tasks/tasks.json",
        b'{"tasks": [\n{"title": "1e400 NaN [["},\n{"id": %s}]}',
        3,
        8,
        3,
    ),
    "markdown": ("a.md", b'{"status": "done",\n"x": %s}\n', 2, 6, 1),
}


@pytest.mark.parametrize("source", NUMBERS)
@pytest.mark.parametrize("value", [DEEP, b"NaN", b"1e400", b"-Infinity", b"1" * 5000], ids=len)
def test_what_json_cannot_hold_is_named_by_its_place(source: str, value: bytes, tmp_path: Path) -> None:
    """Nested too deep, no number of JSON's, or larger than any: the place is that of the value."""
    path, text, line, column, depth = NUMBERS[source]
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text % value)
    (finding,) = load_source(source).read(tmp_path, STRICT).findings
    deeper = MAX_DEPTH - depth if value == DEEP else 0
    assert (finding.code, finding.severity, finding.place) == (
        "json-syntax",
        "error",
        Place(path, line, column + deeper),
    )


def test_json_may_nest_as_deep_as_yaml() -> None:
    assert load_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(BadJson) as refused:
        load_json("{}\n x")
    assert refused.value.place("{}\n x") == (2, 2)


@pytest.mark.parametrize("path", BROKEN)
def test_a_broken_source_is_named_by_its_line(project: Project, path: str) -> None:
    data, line = BROKEN[path]
    project.write(f"{OLD}/{path}", data)
    tree = project.tree()
    done = call(project, "migrate", OLD, "--output", "json")
    assert (done.code, done.error["code"]) == (1, "bad-source"), done
    assert (done.error["path"], done.error["line"]) == (f"{OLD}/{path}", line)
    assert project.tree() == tree


def test_help_names_every_source(project: Project) -> None:
    shown = " ".join(call(project, "migrate", "--help").out.split())
    assert f"FROM is {', '.join(MODULES)}, or the path" in shown
