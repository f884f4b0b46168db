"""Real task files of another project: listed, valid, and edited without touching a line too many."""

from __future__ import annotations

import difflib

import pytest

from support.corpora import FILES, needs_corpus
from support.project import Project
from taskfiles import Task, Update, record, review, update, validate
from taskfiles.text.sections import find_checkboxes, split_lines

pytestmark = needs_corpus
REFRESHED = {"updated_at", "last_activity_at"}


@pytest.fixture
def corpus(project: Project) -> Project:
    for file in FILES:
        project.write(f"tasks/{file.parent.name}/{file.name}", file.read_bytes())
    return project


def changed_lines(before: Task, after: Task) -> tuple[list[str], list[str]]:
    """The lines that a diff removes and adds, the refreshed timestamps left out."""
    old, new = (task.data.decode().splitlines(keepends=True) for task in (before, after))
    removed, added = [], []
    for line in difflib.ndiff(old, new):
        if line[2:].partition(":")[0] in REFRESHED:
            continue
        if line.startswith("- "):
            removed.append(line[2:])
        elif line.startswith("+ "):
            added.append(line[2:])
    return removed, added


def test_every_file_lists_and_validates(corpus: Project) -> None:
    snapshot = corpus.store.snapshot()
    assert snapshot.unreadable == []
    assert len(snapshot.tasks) == len(FILES)
    assert [str(finding) for finding in validate(corpus.store).findings if finding.severity == "error"] == []
    listed = corpus.run("list", "--state", "done", "--output", "json")
    assert (listed.code, listed.err) == (0, "")
    assert {task["path"].rpartition("/")[2] for task in listed.json} == {file.name for file in FILES}


def test_setting_a_key_changes_its_line(corpus: Project) -> None:
    for task in corpus.store.tasks():
        after = update(corpus.store, task.id, Update(set={"priority": "urgent"})).changes[0].after
        assert changed_lines(task, after) == ([f"priority: {task.get('priority')}\n"], ["priority: urgent\n"])


def test_a_new_key_is_one_line_at_its_place(corpus: Project) -> None:
    for task in corpus.store.tasks():
        after = update(corpus.store, task.id, Update(set={"task_type": "docs"})).changes[0].after
        assert changed_lines(task, after) == ([], ["task_type: docs\n"])
        keys = list(after.values)
        assert keys[keys.index("task_type") + 1] == "created_at"


def test_adding_and_removing_list_items_changes_their_lines(corpus: Project) -> None:
    for task in corpus.store.tasks():
        after = update(corpus.store, task.id, Update(add=[("touches", "new/**")])).changes[0].after
        removed, added = changed_lines(task, after)
        assert removed == []
        assert added == (["  - new/**\n"] if "touches" in task.values else ["touches:\n", "  - new/**\n"])
        back = update(corpus.store, task.id, Update(remove=[("touches", "new/**")])).changes[0].after
        assert back.get("touches") == task.get("touches")


def test_recording_adds_lines_only(corpus: Project) -> None:
    attempt = {
        "status": "failed",
        "ended_at": "2025-12-01T00:00:00Z",
        "duration_seconds": 5,
        "executor": {"tool": "t"},
    }
    for task in corpus.store.tasks():
        (change,), (attempt_id,), _ = record(corpus.store, task.id, [attempt])
        removed, added = changed_lines(task, change.after)
        assert removed == []
        head = [] if "execution" in task.values else ["execution:\n", "  attempts:\n"]
        assert added == [
            *head,
            f"    - id: {attempt_id}\n",
            "      started_at: 2025-11-30T23:59:55.000Z\n",
            "      ended_at: 2025-12-01T00:00:00Z\n",
            "      duration_seconds: 5\n",
            "      status: failed\n",
            "      executor:\n",
            "        tool: t\n",
        ]
        keys = list(change.after.values)
        assert keys[keys.index("execution") - 1] == "last_activity_at"


def test_reviewing_adds_lines_only(corpus: Project) -> None:
    verdict = {"name": "ana", "approved": True, "reviewed_at": "2025-12-01T00:00:00Z"}
    for task in corpus.store.tasks():
        if task.execution is None:
            continue
        (change,) = review(corpus.store, task.id, verdict).changes
        removed, added = changed_lines(task, change.after)
        lines = [
            "reviewer:\n",
            "  name: ana\n",
            "  approved: true\n",
            "  reviewed_at: 2025-12-01T00:00:00Z\n",
        ]
        assert (removed, added) == ([], ["      " + line for line in lines])


def test_checkbox_and_section_edits_change_their_lines(corpus: Project) -> None:
    for task in corpus.store.tasks():
        first = find_checkboxes(split_lines(task.body))[0]
        turned = update(corpus.store, task.id, Update(checks={1: not first.checked})).changes[0].after
        removed, added = changed_lines(task, turned)
        assert len(added) == 1
        assert [line.replace("[x]", "[ ]") for line in removed] == [
            line.replace("[x]", "[ ]") for line in added
        ]
        after = update(corpus.store, task.id, Update(sections=[("Overview", "Rewritten.")])).changes[0].after
        assert after.document.front.count("\n") == task.document.front.count("\n")
        criteria = task.body.index("## Acceptance Criteria")
        kept = after.body.index("## Acceptance Criteria")
        assert after.body[kept:] == turned.body[criteria:]
        assert after.body[:kept] == "\n## Overview\n\nRewritten.\n\n"


def test_fmt_finds_them_in_order(corpus: Project) -> None:
    before = corpus.tree()
    assert corpus.run("fmt", "--check").code == 0
    assert corpus.tree() == before
