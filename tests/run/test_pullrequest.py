"""A pull request for work that has passed: from which branches, by which command, and what failed."""

from __future__ import annotations

import pytest

from support.branches import commit
from support.project import Project
from support.run_desks import Notes, make_desk
from taskfiles import TaskfilesError
from taskfiles.run.pullrequest import check_branch, open_pull_request


@pytest.fixture
def started(project: Project) -> Project:
    project.task("fix", title="Fix the navbar")
    commit(project, "start")
    return project


def opened(project: Project, command: str, notes: Notes | None = None) -> TaskfilesError | None:
    desk = make_desk(project, notes or Notes())
    return open_pull_request(command, project.get("fix"), project.store, desk)


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
    line = "fix|Fix the navbar|tasks/10-ready/task-fix.md\n"
    assert (started.root / "made").read_text() == notes.output.decode() == line
    assert (started.root.parent / "logs/fix.pr.log").read_text() == line


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("echo first >&2; echo No access. >&2; exit 4", "exit code 4: No access"),
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
    error = open_pull_request("true", task, store, make_desk(started, Notes()))
    assert error is not None
    assert error.code == "pull-request-failed"
