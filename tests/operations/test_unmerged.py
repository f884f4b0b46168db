"""A file that git has not merged is an error for `validate` and `doctor`, whatever its text looks like."""

from __future__ import annotations

import subprocess

import pytest

from support.in_process import call
from support.project import BODY, Project

FENCE = "\n```text\n{}\n```\n"


def diverge(project: Project, ours: str | None, theirs: str | None, base: str) -> None:
    """Merge two branches that changed the body of one task, or deleted the file."""
    project.git("init", "-q", "-b", "main")
    project.write(".gitattributes", "")
    project.task("fix", body=base)
    project.task("other")
    project.git("add", "-A")
    project.git("commit", "-qm", "base")
    project.git("checkout", "-qb", "side")
    for branch, body in (("side", theirs), ("main", ours)):
        project.git("checkout", "-q", branch)
        if body is None:
            project.git("rm", "-q", project.path())
        else:
            project.task("fix", body=body)
        project.git("commit", "-qam", branch)
    with pytest.raises(subprocess.CalledProcessError):
        project.git("merge", "-q", "side")


@pytest.mark.parametrize(
    ("ours", "theirs", "marker"),
    [
        ("a", "b", "<<<<<<<"),
        (None, "b", None),
        ("a", None, None),
    ],
    ids=["both changed it", "we deleted it", "they deleted it"],
)
def test_what_git_has_not_merged_is_an_error(
    project: Project, ours: str | None, theirs: str | None, marker: str | None
) -> None:
    texts = [None if text is None else BODY + FENCE.format(text) for text in (ours, theirs)]
    diverge(project, *texts, BODY + FENCE.format("base"))
    done = call(project, "validate", "--output", "json")
    assert done.code == 1
    (found,) = [finding for finding in done.json["findings"] if finding["severity"] == "error"]
    assert (found["code"], found["path"]) == ("unmerged", project.path())
    text = (project.root / project.path()).read_text()
    line = text[: text.index(marker)].count("\n") + 1 if marker else 1
    assert found["line"] == line
    results = call(project, "doctor", "--output", "json").json["results"]
    assert ("wrong", project.path()) in {(each["status"], each["path"]) for each in results}
    assert call(project, "validate", "other", "--output", "json").code == 0
    # The markers stand in fenced code: by its own text the file is a task, and a reader of it goes on.
    assert [task["id"] for task in call(project, "list", "--output", "json").json] == ["fix", "other"]
    project.git("add", "-A")
    assert "unmerged" not in call(project, "validate", "--output", "json").out


def test_a_project_below_the_top_and_one_without_git(project: Project) -> None:
    project.task("fix")
    assert call(project, "validate").code == 0
    diverge(project, BODY + "a\n", BODY + "b\n", BODY)
    found = call(project, "validate", project.path(), "--output", "json").json["findings"]
    assert {finding["code"] for finding in found} == {"unmerged", "conflict-marker"}
