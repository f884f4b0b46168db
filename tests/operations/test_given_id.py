"""Ids that callers give: as long as a file name allows, whatever becomes of the task."""

from __future__ import annotations

import pytest

from support.in_process import call, ok
from support.layouts import in_states
from support.project import BODY, Project
from taskfiles.task.names import LONGEST_ID

LINES = [
    ("new", "--title", "T", "--id", "{id}"),
    ("rename", "fix", "{id}"),
    ("rename", "tasks/10-ready/story-fix.md", "{id}"),
]


@pytest.mark.parametrize("line", LINES, ids=" ".join)
@pytest.mark.parametrize("length", [LONGEST_ID + 1, 300, 5000])
def test_an_id_that_makes_no_file_name_is_refused_with_the_longest_that_does(
    project: Project, line: tuple[str, ...], length: int
) -> None:
    project.task("fix", kind="story")
    before = project.tree()
    done = call(project, *(word.format(id="a" * length) for word in line), "--output", "json")
    assert (done.code, done.error["code"]) == (2, "bad-value")
    assert f"it has {length} characters" in done.error["message"]
    assert str(LONGEST_ID) in done.error["hint"]
    assert len(done.err) < 1000
    assert project.tree() == before


@in_states
@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_the_longest_id_works_wherever_a_name_is_made_of_it(project: Project, line: tuple[str, ...]) -> None:
    """In each state, of the kind with the longest name, claimed, stopped, renamed and back."""
    project.task("fix", kind="story")
    longest = "a" * LONGEST_ID
    ok(call(project, *(word.format(id=longest) for word in line)))
    ok(call(project, "update", longest, "--kind", "story", "--meta", "commit_message=Fix"))
    for state in ("ready", "in-progress", "done", "canceled", "idea", "ready"):
        assert call(project, "move", longest, state, "--force", "For the test").code == 0
        assert project.get(longest).state == state
    assert call(project, "pickup", longest, "--by", "ada").code == 0
    assert call(project, "run", "--stop", longest, "--reason", "Enough").code == 0
    assert call(project, "run", "--resume", longest).code == 0


@in_states
def test_a_file_with_a_longer_id_is_told_what_to_do(project: Project) -> None:
    """Written by hand under another name, it is read and edited; it has to be renamed to be moved."""
    task_id = "a" * 250
    project.write("tasks/10-ready/other.md", f"---\nid: {task_id}\ntitle: T\nstate: ready\n---\n{BODY}")
    assert call(project, "update", task_id, "--meta", "size=xl").code == 0
    before = project.tree()
    done = call(project, "update", task_id, "--state", "idea", "--output", "json")
    assert (done.code, done.error["code"]) == (1, "long-name")
    assert "tasks rename" in done.error["hint"]
    assert project.tree() == before
    assert call(project, "rename", task_id, "short").code == 0
    assert call(project, "update", "short", "--state", "idea").code == 0
