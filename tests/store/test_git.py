"""Asking git: variables lead it nowhere else, and nothing that the repository names is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from support.branches import commit
from support.in_process import call
from support.layouts import in_states
from support.limits import give_up_rights, run_limited
from support.project import Project
from taskfiles.basics.environment import child_environment

LOCAL = subprocess.run(
    ["git", "rev-parse", "--local-env-vars"], capture_output=True, text=True, check=True
).stdout.split()


@pytest.mark.parametrize("value", ["/elsewhere/.git", "1", "0", "''"])
def test_a_child_gets_none_of_the_variables_that_git_calls_local(value: str) -> None:
    more = ["GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES", "GIT_CONFIG_KEY_0", "GIT_QUARANTINE_PATH"]
    given = dict.fromkeys([*LOCAL, *more], value)
    assert child_environment(given | {"PATH": "/bin", "GIT_AUTHOR_NAME": "Ada"}) == {
        "PATH": "/bin",
        "GIT_AUTHOR_NAME": "Ada",
    }


def test_settings_in_variables_stay_but_those_that_point_elsewhere() -> None:
    rows = [("safe.directory", "*"), ("Core.Worktree", "/x"), ("user.name", "Ada"), ("core.bare", "true")]
    given = {"GIT_CONFIG_COUNT": str(len(rows)), "GIT_CONFIG_GLOBAL": "/dev/null"}
    for number, (key, value) in enumerate(rows):
        given |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    assert child_environment(given) == {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        "GIT_CONFIG_KEY_1": "user.name",
        "GIT_CONFIG_VALUE_1": "Ada",
    }


@pytest.fixture
def other(project: Project) -> Project:
    """Another repository with a project, whose settings have the same bytes."""
    made = Project(project.root.parent / "other")
    made.configure("format = 1\n")
    made.git("init", "-q", "-b", "main")
    return made


POINTING = {
    "GIT_DIR": ".git",
    "GIT_WORK_TREE": "",
    "GIT_COMMON_DIR": ".git",
    "GIT_INDEX_FILE": ".git/index",
    "GIT_OBJECT_DIRECTORY": ".git/objects",
    "GIT_CONFIG": ".git/config",
}


@pytest.mark.parametrize("names", [*[(name,) for name in POINTING], tuple(POINTING)])
def test_trust_is_of_the_repository_around_the_project(
    project: Project, other: Project, names: tuple[str, ...]
) -> None:
    project.configure("format = 1\n")
    env = {name: str(other.root / POINTING[name]) for name in names}
    config = (other.root / ".git" / "config").read_bytes()
    assert call(project, "trust", env=env).code == 0
    assert (other.root / ".git" / "config").read_bytes() == config
    assert [call(each, "trust", "--check").code for each in (project, other)] == [0, 1]
    assert call(project, "trust", "--check", env=env).code == 0
    assert call(other, "trust", "--check", env={"GIT_DIR": str(project.root / ".git")}).code == 1


def test_the_index_of_a_commit_in_progress_counts(project: Project) -> None:
    """`git commit -a` keeps the index-to-be beside the index, and names it to its hooks."""
    project.task("fix")
    commit(project, "start")
    (project.root / "more.txt").write_text("x\n")
    index = project.root / ".git" / "next-index"
    project.git("add", "-N", "more.txt")
    (project.root / ".git" / "index").rename(index)
    project.git("read-tree", "HEAD")
    far = project.root.parent / "index"
    far.write_bytes(index.read_bytes())
    program = (
        "from pathlib import Path; from taskfiles.store.git import run_git;"
        "print(run_git(Path('.'), 'ls-files'), end='')"
    )

    def ask(given: str) -> str:
        done = subprocess.run(
            ["python3", "-c", program],
            cwd=project.root,
            env=project.environment({"GIT_INDEX_FILE": given, "PATH": _path()}),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert "more.txt" in ask(".git/next-index")
    assert "more.txt" in ask(str(index))
    assert "more.txt" not in ask(str(far))


def _path() -> str:
    return f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"


HOOKS = [
    "post-index-change",
    "fsmonitor-watchman",
    "reference-transaction",
    "post-checkout",
    "pre-commit",
    "post-rewrite",
]


@pytest.fixture
def hostile(project: Project) -> Project:
    """A repository whose settings name a program wherever git lets them, with a changed task file."""
    for task_id in ("fix", "old"):
        project.task(task_id)
    project.configure("format = 1\n")
    commit(project, "start")
    mark = project.root.parent / "mark"
    program = project.write("../program", f'#!/bin/sh\necho "$0 $*" >> {mark}\ncat\n')
    program.chmod(0o755)
    for hook in HOOKS:
        copy = project.write(f".git/hooks/{hook}", program.read_bytes())
        copy.chmod(0o755)
    project.write(".git/info/attributes", "* filter=a=b diff=own\n*.md filter=plain\n")
    keys = ["core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "diff.own.textconv"]
    keys += [f"filter.{name}.{key}" for name in ("a=b", "plain") for key in ("clean", "smudge")]
    keys += ["gpg.program", "core.askPass", "core.editor", "diff.own.command"]
    for key in keys:
        project.git("config", key, str(program))
    project.git("config", "filter.plain.required", "true")
    project.git("config", "log.showSignature", "true")
    os.utime(next((project.root / "tasks").rglob("task-fix.md")))
    return project


COMMANDS = [
    ("list", "--output", "json"),
    ("show", "fix", "--output", "json"),
    ("validate",),
    ("doctor",),
    ("doctor", "--fix"),
    ("next",),
    ("trust",),
    ("trust", "--check"),
    ("pickup", "fix"),
    ("update", "fix", "--meta", "priority=high"),
    ("move", "fix", "canceled"),
    ("delete", "fix"),
    ("delete", "fix", "--dry-run"),
    ("merge", "--dry-run"),
    ("init", "--merge-driver"),
    ("telemetry", "completion"),
    ("export", "--format", "tasks"),
    ("undo",),
    ("stats",),
    ("plan",),
    ("record", "fix", "--status", "completed"),
    ("telemetry", "check"),
    ("fmt", "--check"),
    ("cleanup", "--days", "0"),
    ("rename", "fix", "better"),
]


@in_states
@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_commands_run_nothing_that_the_repository_names(hostile: Project, argv: tuple[str, ...]) -> None:
    done = call(hostile, *argv)
    assert done.code in {0, 1, 2}, done.err
    mark = hostile.root.parent / "mark"
    assert not mark.exists(), mark.read_text()


@in_states
def test_the_programs_of_that_repository_would_run(hostile: Project) -> None:
    hostile.git("status")
    assert "program" in (hostile.root.parent / "mark").read_text()


@in_states
@pytest.mark.parametrize("autocrlf", ["false", "true"])
def test_line_ends_that_git_converts_are_no_change(project: Project, autocrlf: str) -> None:
    project.task("fix")
    commit(project, "start")
    project.git("config", "core.autocrlf", autocrlf)
    file = next((project.root / "tasks").rglob("task-fix.md"))
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    removed = project.run("delete", "fix", "--dry-run", "--output", "json").json["removed"]
    assert [each["git"] for each in removed] == ["same" if autocrlf == "true" else "older"]


@pytest.mark.usefixtures("without_rights")
def test_a_repository_that_may_not_be_read_is_named(project: Project) -> None:
    """What is changed meanwhile is locked and journaled where nobody else looks: that is said."""
    project.task("fix")
    project.git("init", "-q")
    dot_git, line = project.root / ".git", ("update", "fix", "--meta", "priority=high", "--output", "json")
    dot_git.chmod(0)
    try:
        done = run_limited(project, *line, before=give_up_rights)
        undone = run_limited(project, "undo", before=give_up_rights)
    finally:
        dot_git.chmod(0o755)
    assert done.code == 0
    (warning,) = [json.loads(text)["warning"] for text in done.err.splitlines()]
    assert warning["code"] == "closed-repository"
    assert warning["message"].startswith(f"{dot_git} may not be read")
    assert undone.code == 0
    assert "priority" not in project.get("fix").values
