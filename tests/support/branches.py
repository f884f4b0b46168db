"""A project on two branches: changed here and there by our own commands, then merged by git."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from support.in_process import call
from support.project import Project

READY = "tasks/10-ready/task-fix.md"
Change = Callable[[Project], object]


def commit(project: Project, message: str) -> None:
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", message)


def diverge(project: Project, ours: Change, theirs: Change) -> None:
    """Change the project on `topic` and on `main`, and come back to `main`."""
    project.git("switch", "--quiet", "--create", "topic")
    theirs(project)
    commit(project, "theirs")
    project.git("switch", "--quiet", "main")
    ours(project)
    commit(project, "ours")


def git(project: Project, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run git, whatever comes of it."""
    return subprocess.run(
        ["git", *argv],
        cwd=project.root,
        env=project.environment(None),
        check=False,
        capture_output=True,
        text=True,
    )


def tasks(*commands: str) -> Change:
    """Run commands of ours, one after the other."""

    def change(project: Project) -> None:
        for command in commands:
            done = call(project, *command.split(" "))
            assert done.code == 0, done.err

    return change


def attempt(tool: str, at: str) -> str:
    return f"record fix --status completed --ended-at 2025-11-02T{at}:00Z --duration-seconds 60 --tool {tool}"


def shorten(project: Project, *, keep_criteria: bool = False) -> None:
    """Make the task so short that git does not know it again once it has moved and got an attempt."""
    front, overview, body = (project.root / project.path()).read_text().partition("## Overview\n")
    assert overview
    criteria = body[body.index("## Acceptance") : body.index("How.\n")]
    project.write(project.path(), front + (criteria if keep_criteria else ""))
    commit(project, "shorter")
