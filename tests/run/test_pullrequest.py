"""A pull request for work that has passed: from which branches, by which command, and what failed."""

from __future__ import annotations

import os

import pytest

from support.branches import commit
from support.project import Project
from support.run_callbacks import Notes, make_callbacks
from support.stub_agents import stand_in
from taskfiles import TaskfilesError
from taskfiles.run.pullrequest import (
    USUAL,
    check_branch,
    check_remote,
    find_push_remote,
    open_pull_request,
)


@pytest.fixture
def started(project: Project) -> Project:
    project.task("fix", title="Fix the navbar")
    commit(project, "start")
    return project


def opened(project: Project, command: str, notes: Notes | None = None) -> TaskfilesError | None:
    callbacks = make_callbacks(project, notes or Notes())
    return open_pull_request(command, project.get("fix"), project.store, callbacks)


@pytest.mark.parametrize("branch", ["main", "master"])
def test_none_comes_from_a_main_branch(branch: str, started: Project) -> None:
    started.git("branch", "--move", branch)
    with pytest.raises(TaskfilesError) as refused:
        check_branch(started.store)
    assert refused.value.code == "no-branch"
    assert branch in refused.value.message


def test_none_comes_from_the_remote_s_default_branch_or_from_no_branch(started: Project) -> None:
    started.git("switch", "--quiet", "--create", "develop")
    check_branch(started.store)
    started.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/develop")
    with pytest.raises(TaskfilesError, match="develop"):
        check_branch(started.store)
    started.git("switch", "--quiet", "--detach")
    with pytest.raises(TaskfilesError, match="a commit that is on no branch"):
        check_branch(started.store)


def test_without_git_no_branch_is_refused(project: Project) -> None:
    (project.root / ".git").rename(project.root / "git")
    check_branch(project.store)


def test_the_command_has_the_task_in_its_variables(started: Project) -> None:
    notes = Notes()
    command = 'echo "$TASKS_TASK_ID|$TASKS_TASK_TITLE|$TASKS_TASK_PATH" | tee made'
    assert opened(started, command, notes) is None
    line = f"fix|Fix the navbar|{started.path()}\n"
    assert (started.root / "made").read_text() == notes.output.decode() == line
    assert (started.root.parent / "logs/fix.pr.log").read_text() == line


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("echo first >&2; echo No access. >&2; exit 4", "exit code 4 (it says “No access”)"),
        ("exit 4", "exit code 4"),
        ("kill -9 $$", "exit code -9"),
    ],
)
def test_what_failed_is_given_with_the_last_line(command: str, problem: str, started: Project) -> None:
    error = opened(started, command)
    assert error is not None
    assert error.code == "pull-request-failed"
    assert error.message == f"The pull request was not opened: `{command}` failed: {problem}."


def test_a_stop_ends_the_command(started: Project) -> None:
    error = opened(started, "exec sleep 60", Notes(reason="enough"))
    assert error is not None
    assert error.message.endswith("failed: stopped.")


def test_a_directory_that_is_gone_is_a_failure(started: Project) -> None:
    task, store = started.get("fix"), started.store
    started.root.rename(started.root.parent / "moved")
    error = open_pull_request("true", task, store, make_callbacks(started, Notes()))
    assert error is not None
    assert error.code == "pull-request-failed"


def remotes(project: Project, *names: str) -> None:
    for name in names:
        place = project.root.parent / f"{name}.git"
        project.git("init", "-q", "--bare", str(place))
        project.git("remote", "add", name, str(place))


PUSHES: dict[str, tuple[tuple[str, ...], dict[str, str], str | None]] = {
    "the only one": (("upstream",), {}, "upstream"),
    "origin": (("other", "origin"), {}, "origin"),
    "none": ((), {}, None),
    "several": (("a", "b"), {}, None),
    "the branch's": (("origin", "mine"), {"branch.topic.remote": "mine"}, "mine"),
    "this repository": (("origin", "mine"), {"branch.topic.remote": "."}, "origin"),
    "pushDefault": (
        ("origin", "fork", "mine"),
        {"branch.topic.remote": "mine", "remote.pushDefault": "fork"},
        "fork",
    ),
    "pushRemote": (
        ("origin", "fork", "it's"),
        {"remote.pushDefault": "fork", "branch.topic.pushRemote": "it's"},
        "it's",
    ),
    "another branch's": (("origin", "mine"), {"branch.other.pushRemote": "mine"}, "origin"),
}


@pytest.mark.parametrize("case", PUSHES.values(), ids=list(PUSHES))
def test_the_branch_is_pushed_where_git_would_push_it(
    started: Project, case: tuple[tuple[str, ...], dict[str, str], str | None]
) -> None:
    names, settings, wanted = case
    started.git("switch", "-q", "-c", "topic")
    remotes(started, *names)
    for key, value in settings.items():
        started.git("config", key, value)
    assert find_push_remote(started.root) == wanted
    if wanted is None:
        with pytest.raises(TaskfilesError) as refused:
            check_remote(started.store)
        assert refused.value.code == "no-remote"
        return
    check_remote(started.store)
    started.write("f", "x")
    gh = stand_in(started, "true", "gh")
    started.env["PATH"] = f"{os.path.dirname(gh)}:{os.environ['PATH']}"
    error = opened(started, USUAL)
    assert error is None, error
    pushed = {
        name for name in names if started.git("--git-dir", f"../{name}.git", "branch", "--list", "topic")
    }
    assert pushed == {wanted}
