"""What is around: Python, agent programs, variables without their values, sinks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.project import Project
from taskfiles import Store
from taskfiles.doctor.check import Scene, Status
from taskfiles.doctor.environment import (
    VARIABLES,
    check_agents,
    check_python,
    check_sinks,
    check_variables,
)
from taskfiles.version import __version__

UUID = "0199c6f2-0000-7000-8000-000000000001"


def scene_of(project: Project, config: str = "", **environment: str) -> Scene:
    project.configure(config)
    return Scene(str(project.root), project.store, environment=environment)


def test_the_versions_are_named(project: Project) -> None:
    (seen,) = check_python(scene_of(project))
    assert seen.status is Status.OK
    assert seen.message.startswith(f"tasks {__version__} on ")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A directory of the PATH with two programs."""
    made = tmp_path / "bin"
    made.mkdir()
    for name in ("codex", "ruff"):
        (made / name).write_text("#!/bin/sh\n")
        (made / name).chmod(0o755)
    return made


def test_known_agents_are_found_or_not(project: Project, programs: Path) -> None:
    (found,) = check_agents(scene_of(project, PATH=str(programs)))
    assert found.status is Status.INFO
    assert found.message.startswith("Found: codex. Not found: aider, claude, copilot, ")
    (none,) = check_agents(scene_of(project, PATH=str(programs / "gone")))
    assert none.message.startswith("Found: none. ")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("ruff check .", "ruff (gates.g.command) is there."),
        ("CI=1 FIX=2 ruff check .", "ruff (gates.g.command) is there."),
        ("bin/lint --all", "bin/lint (gates.g.command) is there."),
        ("mypy", "mypy (gates.g.command) is not found."),
        ("bin/mypy", "bin/mypy (gates.g.command) is not found."),
        ("bin", "bin (gates.g.command) is not found."),
        ("cd src && make", None),
        ("$TOOL x", None),
        ("'unclosed", None),
        ("A=1", None),
    ],
)
def test_programs_that_the_settings_name_are_looked_for(
    command: str, message: str | None, project: Project, programs: Path
) -> None:
    project.write("bin/lint", "#!/bin/sh\n").chmod(0o755)
    scene = scene_of(project, f'[gates.g]\ncommand = "{command}"\n', PATH=str(programs))
    _, *named = check_agents(scene)
    assert [seen.message for seen in named] == ([] if message is None else [message])
    for seen in named:
        assert seen.status is (Status.OK if seen.message.endswith("there.") else Status.WRONG)


def test_the_program_of_predictions_is_looked_for_too(project: Project, programs: Path) -> None:
    _, seen = check_agents(scene_of(project, '[predict]\ncommand = "guess"\n', PATH=str(programs)))
    assert seen.message == "guess (predict.command) is not found."


def test_without_settings_only_agents_are_looked_for(project: Project) -> None:
    assert len(list(check_agents(scene_of(project, "a = [")))) == 1


def test_variables_are_named_and_never_what_they_hold(project: Project) -> None:
    secret = "s3cr3t"
    scene = scene_of(
        project,
        TASKS_CLAIM=secret,
        TASKS_ATTEMPT_ID=secret,
        TASKS_CORRELATION_ID=UUID,
        TASKS_NEW=secret,
        HOME="/",
    )
    seen = {each.message.partition(" ")[0]: each for each in check_variables(scene)}
    assert set(seen) == {*VARIABLES, "TASKS_NEW"}
    assert seen["TASKS_CLAIM"].message.endswith(" is set.")
    assert seen["TASKS_ATTEMPT_ID"].status is Status.WRONG
    assert seen["TASKS_CORRELATION_ID"].status is Status.OK
    assert seen["TASKS_NEW"].status is Status.INFO
    assert seen["CI"].message.endswith(" is not set.")
    assert not any(secret in each.message for each in seen.values())


@pytest.mark.parametrize(
    ("sink", "status", "message"),
    [
        ("local", Status.OK, "The sink local can be written."),
        ("none", Status.OK, "Events go nowhere (none)."),
        ("otlp:http://localhost:4318", Status.INFO, "The sink otlp is well formed; it was not called."),
        ("dir:../events", Status.OK, "The sink dir can be written."),
        ("dir:../gone", Status.WRONG, "The sink dir is not there."),
        ("git:../events", Status.WRONG, "The sink git is no git repository."),
        ("git:.", Status.WRONG, "The sink git can't be used: it lies in the work tree of the tasks."),
    ],
)
def test_sinks_are_looked_at_and_nothing_is_sent(
    sink: str, status: Status, message: str, project: Project
) -> None:
    events = project.root.parent / "events"
    events.mkdir()
    (seen,) = check_sinks(scene_of(project, f'[telemetry]\nsinks = ["{sink}"]\n'))
    assert (seen.status, seen.message) == (status, message)
    assert list(events.iterdir()) == []


def test_a_sink_that_is_none_is_wrong_and_its_target_is_not_shown(project: Project) -> None:
    (seen,) = check_sinks(scene_of(project, '[telemetry]\nsinks = ["ftp:user:s3cr3t@host"]\n'))
    assert seen.status is Status.WRONG
    assert seen.message.startswith("The sink ftp can't be used: ")
    assert "s3cr3t" not in seen.message


def test_without_git_and_a_home_the_log_has_no_place(project: Project) -> None:
    (project.root / ".git").rename(project.root / "git")
    (seen,) = check_sinks(scene_of(project))
    assert (seen.status, seen.message) == (
        Status.INFO,
        "The sink local has no place: there is neither git nor a home directory.",
    )
    store = Store(project.root, state_home=os.fspath(project.root.parent / "state"))
    (seen,) = check_sinks(Scene(str(project.root), store))
    assert seen.status is Status.OK


def test_without_a_project_there_is_no_sink(project: Project) -> None:
    assert list(check_sinks(Scene(str(project.root), None))) == []
