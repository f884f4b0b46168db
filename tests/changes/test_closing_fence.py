"""A file that ends with its closing fence, without a line end: every edit works on it."""

from __future__ import annotations

import pytest

from support.in_process import call
from support.project import BODY, Project
from taskfiles import merge_task

PLACE = "tasks/10-ready/task-fix.md"
EDITS = [
    ("update", "fix", "--field", "Overview", "Hello"),
    ("update", "fix", "--field", "Changelog", "- Hello"),
    ("update", "fix", "--meta", "priority=high"),
    ("update", "fix", "--add", "labels=a"),
    ("update", "fix", "--unset", "priority"),
    ("move", "fix", "idea"),
    ("rename", "fix", "other"),
    ("fmt", "fix"),
    ("pickup", "fix"),
    ("record", "fix", "--tool", "t", "--status", "failed", "--duration-seconds", "5"),
    ("complete", "fix"),
    ("delete", "fix"),
]


@pytest.mark.parametrize("end", ["---", "--- \t", "---\r"], ids=repr)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=repr)
@pytest.mark.parametrize("argv", EDITS, ids=" ".join)
def test_every_edit_works_without_a_last_line_end(
    project: Project, argv: tuple[str, ...], newline: str, end: str
) -> None:
    front = newline.join(["---", "state: ready", "id: fix", "title: Fix", "priority: low", end])
    project.write(PLACE, front)
    done = call(project, *argv, "--output", "json")
    assert done.code == 0 or done.error["code"] in {"not-ready", "incomplete", "usage"}, done.err
    if argv[:2] == ("update", "fix") and argv[2] == "--field":
        text = (project.root / PLACE).read_bytes().decode()
        assert text.startswith(front)
        assert "Hello" in text
        ends = {"---": newline, "--- \t": newline, "---\r": "\n"}
        assert text[len(front) :].startswith(ends[end])
        assert ("\r\n" in text[len(front) + 2 :]) == (newline == "\r\n")
    assert call(project, "validate", "--output", "json").json["summary"]["errors"] == 0


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=repr)
def test_a_merge_adds_a_body_after_the_fence(newline: str) -> None:
    """The side that wrote a body and the one that has none meet in one file that reads."""
    front = newline.join(["---", "id: fix", "title: Fix", "state: ready", "---"])
    body = BODY.replace("\n", newline)
    theirs = f"{front}{newline}{body}".encode()
    assert merge_task(front.encode(), front.encode(), theirs).data == theirs
