"""What is not to be run is refused before anything is changed."""

from __future__ import annotations

import os
from typing import Any

import pytest

from support.in_process import call, ok
from support.layouts import in_states
from support.project import Project
from support.run_callbacks import Notes, make_callbacks, make_job
from taskfiles import TaskfilesError
from taskfiles.run.gates import Gate
from taskfiles.run.pullrequest import USUAL
from taskfiles.run.switch import Stop, Switch
from taskfiles.run.vetting import Checked, vet
from taskfiles_cli.render.remedies import say

GATED = '[gates.test]\ncommand = "pytest"\n[gates.docs]\ncommand = "sphinx"\ntask_types = ["docs"]\n'


@pytest.fixture
def ready(project: Project) -> Project:
    project.task("fix")
    return project


def check(project: Project, *command: str, **more: Any) -> Checked:
    store = project.store
    return vet(store, store.get("fix"), make_job(*command, **more), make_callbacks(project, Notes()))


def refused(project: Project, code: str, *command: str, **more: Any) -> TaskfilesError:
    before = project.tree()
    with pytest.raises(TaskfilesError) as caught:
        check(project, *command, **more)
    assert caught.value.code == code
    assert project.tree() == before
    return caught.value


def test_what_may_be_run_changes_nothing_yet(ready: Project) -> None:
    before = ready.tree()
    checked = check(ready)
    assert (checked.task.id, checked.gates, checked.is_trusted) == ("fix", [], False)
    assert checked.config.run.retries == 0
    assert ready.tree() == before


def test_without_git_there_are_no_claims(ready: Project) -> None:
    (ready.root / ".git").rename(ready.root / "git")
    refused(ready, "claims-unavailable")


@pytest.mark.parametrize(
    ("stop", "by", "command"),
    [
        (Stop(None, "Costs.", "Ada", ""), "Ada", "tasks run --resume --all"),
        (Stop("fix", "Costs", "", ""), "somebody", "tasks run --resume fix"),
    ],
)
def test_an_order_to_stop_keeps_agents_in(stop: Stop, by: str, command: str, ready: Project) -> None:
    journal = ready.store.journal
    assert journal is not None
    Switch(journal).put(stop)
    error = refused(ready, "dispatch-stopped")
    assert f"{by} has stopped them: Costs." in error.message
    assert command in say(error.hint)
    assert error.details["task"] == stop.task


@pytest.mark.parametrize(
    ("level", "allowed", "runs"),
    [("low", "low", True), ("medium", "low", False), ("high", "medium", False), ("odd", "low", None)],
)
def test_a_task_may_leave_no_more_open_than_is_allowed(
    level: str, allowed: str, runs: bool | None, ready: Project
) -> None:
    ready.task("fix", ambiguity=level)
    ready.configure(f'[run]\nmax_ambiguity = "{allowed}"\n')
    if runs:
        assert check(ready).task.get("ambiguity") == level
    else:
        refused(ready, "too-ambiguous" if runs is False else "not-ready")


@pytest.mark.parametrize("text", ["a = [", 'format = "x"\n', "[run]\nretries = -1\n"])
def test_a_configuration_that_cannot_be_used_is_refused(text: str, ready: Project) -> None:
    ready.configure(text)
    refused(ready, "bad-config")


@in_states
def test_a_configuration_that_is_no_file_is_refused(ready: Project) -> None:
    (ready.root / "tasks/tasks.toml").mkdir()
    refused(ready, "bad-config")


def test_gates_of_the_project_wait_for_trust(ready: Project) -> None:
    ready.configure(GATED)
    error = refused(ready, "untrusted-commands")
    assert "gates that are commands, and is not trusted here: test." in error.message
    assert check(ready, own_gates_only=True).gates == []
    ok(call(ready, "trust"))
    checked = check(ready)
    assert [gate.name for gate in checked.gates] == ["test"]
    assert checked.is_trusted
    ready.configure(GATED + "\n")
    refused(ready, "untrusted-commands")


def test_the_caller_s_gate_counts_before_the_project_s(ready: Project) -> None:
    ready.task("fix", task_type="docs")
    ready.configure(GATED)
    ok(call(ready, "trust"))
    own = Gate("test", "true")
    assert check(ready, gates=[own]).gates == [own, *check(ready).gates[1:]]


@pytest.mark.parametrize("program", ["no-such-program", "./agent", "tasks", "/no/such/agent"])
def test_a_program_that_is_not_there_is_refused(program: str, ready: Project) -> None:
    ready.write("agent", "#!/bin/sh\n")
    error = refused(ready, "agent-missing", program)
    assert program in error.message


def test_a_program_is_looked_for_in_the_path_and_from_the_project(ready: Project) -> None:
    ready.write("bin/agent", "#!/bin/sh\n").chmod(0o755)
    assert check(ready, "bin/agent").task.id == "fix"
    assert check(ready, "{id}").task.id == "fix"  # it is known only when it is begun
    ready.env["PATH"] = os.fspath(ready.root / "bin")
    assert check(ready, "agent").task.id == "fix"


def test_the_usual_pull_request_needs_a_branch_of_its_own(ready: Project) -> None:
    assert check(ready, pull_request="true").task.id == "fix"
    refused(ready, "no-branch", pull_request=USUAL)
    ready.git("switch", "-q", "-c", "topic")
    refused(ready, "no-remote", pull_request=USUAL)


def test_a_task_that_another_holds_is_refused(ready: Project) -> None:
    ok(call(ready, "pickup", "fix", "--by", "other"))
    refused(ready, "claimed")


def test_a_task_that_is_not_ready_is_refused(ready: Project) -> None:
    ready.task("fix", blocked="waiting")
    refused(ready, "not-ready")
