"""GitHub issues by calling `gh`: a small stand-in on PATH prints what gh does."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from support.in_process import call, ok
from support.project import Project

ISSUES = [
    {
        "number": 7,
        "title": "Crash",
        "body": "It crashes.",
        "state": "OPEN",
        "stateReason": "",
        "labels": [{"name": "bug"}],
        "assignees": [],
        "milestone": None,
        "author": {"login": "bob"},
        "url": "https://github.com/octo/app/issues/7",
        "createdAt": "2026-01-03T12:00:00Z",
        "updatedAt": "2026-01-04T12:00:00Z",
        "closedAt": None,
    }
]


@pytest.fixture
def path(tmp_path: Path) -> dict[str, str]:
    """A PATH with git alone, to which a test may add `gh`."""
    place = tmp_path / "programs"
    place.mkdir()
    (place / "git").symlink_to(str(shutil.which("git")))
    return {"PATH": os.fspath(place)}


def write_gh(path: dict[str, str], script: str) -> Path:
    file = Path(path["PATH"]) / "gh"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def test_issues_come_from_gh(project: Project, path: dict[str, str]) -> None:
    place = project.root.parent
    (place / "issues.json").write_text(json.dumps(ISSUES))
    write_gh(path, f'echo "$@" > {place}/argv\n/bin/cat {place}/issues.json')
    done = ok(call(project, "migrate", "github", "octo/app", "--output", "json", env=path)).json
    assert (done["directory"], done["tool"], done["counts"]["new"]) == ("octo/app", "GitHub issues", 1)
    assert (
        (place / "argv")
        .read_text()
        .startswith("issue list --repo octo/app --state all --limit 100000 --json ")
    )
    values = project.get("issue-7").values
    assert (values["title"], values["labels"], values["x_github_id"]) == ("Crash", ["bug"], "#7")
    assert ok(call(project, "migrate", "github", "octo/app", "--verify", env=path)).out.endswith(
        "its text.\n"
    )
    again = ok(call(project, "migrate", "github", "octo/app", "--output", "json", env=path)).json
    assert (again["changed"], again["counts"]["same"]) == (False, 1)


@pytest.mark.parametrize(
    ("script", "problem", "remedy"),
    [
        (None, "`gh` is not installed", "https://cli.github.com"),
        (
            "echo 'To get started with GitHub CLI, please run: gh auth login' >&2; exit 4",
            "not logged in",
            "`gh auth login`",
        ),
        ("echo 'HTTP 502' >&2; exit 1", "`gh` ended with 1: HTTP 502", "`gh repo view octo/app`"),
    ],
)
def test_what_gh_can_not_do_is_said(
    project: Project, path: dict[str, str], script: str | None, problem: str, remedy: str
) -> None:
    if script is not None:
        write_gh(path, script)
    tree = project.tree()
    done = call(project, "migrate", "github", "octo/app", "--output", "json", env=path)
    assert (done.code, done.error["code"]) == (1, "no-source")
    assert problem in done.error["message"]
    assert remedy in done.error["hint"]
    assert project.tree() == tree


def test_what_gh_prints_is_named_by_its_line(project: Project, path: dict[str, str]) -> None:
    write_gh(path, "echo '[{'")
    done = call(project, "migrate", "github", "octo/app", "--output", "json", env=path)
    assert (done.error["code"], done.error["path"], done.error["line"]) == ("bad-source", "octo/app", 2)


def test_a_file_here_is_no_repository(project: Project, path: dict[str, str]) -> None:
    project.write("octo/app", json.dumps(ISSUES))
    ok(call(project, "migrate", "github", "octo/app", env=path))
    assert project.get("issue-7").title == "Crash"


def test_issues_of_the_api_have_its_names(project: Project) -> None:
    """As `gh api repos/octo/app/issues` prints them: with pull requests and addresses of calls."""
    issue = {
        "number": 7,
        "title": "Crash",
        "body": None,
        "state": "closed",
        "state_reason": "not_planned",
        "labels": [{"name": "bug", "description": None}],
        "milestone": {"title": "v1", "due_on": "2026-12-01T08:00:00Z"},
        "user": {"login": "bob"},
        "url": "https://api.github.com/repos/octo/app/issues/7",
        "html_url": "https://github.com/octo/app/issues/7",
        "created_at": "2026-01-03T12:00:00Z",
        "closed_at": "2026-01-04T12:00:00Z",
        "comments": 0,
    }
    pull = {**issue, "number": 8, "title": "Fix", "pull_request": {"url": "x"}}
    project.write("../issues.json", json.dumps([issue, pull], indent=1))
    done = ok(call(project, "migrate", "../issues.json", "--output", "json")).json
    assert [(each["code"], each["line"] > 1) for each in done["findings"]] == [("pull-request", True)]
    values = {key: value for key, value in project.get("issue-7").values.items() if key != "x_github_base"}
    assert values == {
        "id": "issue-7",
        "title": "Crash",
        "kind": "task",
        "state": "canceled",
        "labels": ["bug"],
        "milestone": "v1",
        "created_at": "2026-01-03T12:00:00Z",
        "completed_at": "2026-01-04T12:00:00Z",
        "links": [{"type": "github_issue", "repo": "octo/app", "number": 7}],
        "x_github_author": "bob",
        "x_github_id": "#7",
    }
    assert str(project.store.config.milestones["v1"].due) == "2026-12-01"


def test_issues_without_a_state_are_open(project: Project) -> None:
    project.write("../issues.json", json.dumps([{"number": 1, "title": "A"}]))
    ok(call(project, "migrate", "../issues.json", "--output", "json"))
    assert project.get("issue-1").state == "ready"
