"""Every registered action is driven to every outcome that it declares, and has no other."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from support.action_outcomes import BLOCK, IN_RUNS, PARTS, SUCCEED, Case, nothing
from support.effort import some
from support.event_log import events_of
from support.in_process import call
from support.layouts import in_states
from support.limits import give_up_rights, run_limited
from support.project import Done, Project
from taskfiles.schema.files import read_schema
from taskfiles.telemetry.actions import ACTIONS, BLOCKED, FAILED, PARTIAL, SUCCESS
from taskfiles.telemetry.model import EVENTS


@cache
def schema_of(event_type: str) -> Draft202012Validator:
    """The published schema of a type of event."""
    return Draft202012Validator(read_schema(f"event.{event_type}"))


def run(project: Project, scene: Case) -> Done:
    scene.before(project)
    done = call(project, *scene.line)
    assert done.code == scene.exit, done
    return done


def check(project: Project, action: str, outcome: str) -> None:
    events = events_of(project)
    for event in events:
        EVENTS[event["type"]].event.model_validate(event)
        assert list(schema_of(event["type"]).iter_errors(event)) == []
    told = [event for event in events if event["data"]["action"] == action]
    event = told[-1]
    assert event["data"]["outcome"] == outcome
    assert event["type"] == event["data"]["event_type"] == ACTIONS[action].event_for(outcome)
    assert (event["data"]["reason"] is None) <= (outcome == SUCCESS)


@pytest.mark.parametrize("action", SUCCEED)
def test_success(project: Project, action: str) -> None:
    run(project, SUCCEED[action])
    check(project, action, SUCCESS)


@pytest.mark.parametrize("action", PARTS)
def test_partial(project: Project, action: str) -> None:
    run(project, PARTS[action])
    check(project, action, PARTIAL)


@in_states
@pytest.mark.parametrize("action", BLOCK)
def test_blocked_changes_nothing(project: Project, action: str) -> None:
    scene = BLOCK[action]
    scene.before(project)
    before = project.tree()
    run(project, scene._replace(before=nothing))
    assert project.tree() == before
    check(project, action, BLOCKED)


CLOSED_DIRECTORY = ("agent.issue.label", FAILED)  # its agent takes the rights of a directory for a state


@pytest.mark.parametrize(
    ("action", "outcome"), some([pytest.param(*key) for key in IN_RUNS if key != CLOSED_DIRECTORY], 3)
)
@pytest.mark.usefixtures("without_rights")
def test_parts_of_a_run(project: Project, action: str, outcome: str) -> None:
    scene = IN_RUNS[action, outcome]
    scene.before(project)
    done = run_limited(project, *scene.line, before=give_up_rights)
    for path in (project.root / "tasks").glob("*/"):
        path.chmod(0o755)
    assert done.code == scene.exit, done
    check(project, action, outcome)


@in_states
@pytest.mark.usefixtures("without_rights")
def test_a_task_that_can_t_come_back_to_its_directory(project: Project) -> None:
    """Its attempt is recorded, and its label is not: elsewhere both are in one directory."""
    test_parts_of_a_run(project, *CLOSED_DIRECTORY)


def fails_as_a_whole(action: str) -> bool:
    return FAILED in ACTIONS[action].outcomes and (action, FAILED) not in IN_RUNS


@in_states
@pytest.mark.parametrize("action", some([*filter(fails_as_a_whole, ACTIONS)], 8))
@pytest.mark.usefixtures("without_rights")
def test_failed_changes_nothing(project: Project, action: str) -> None:
    """The files can't be written, while the log can."""
    scene = SUCCEED[action]
    scene.before(project)
    before = project.tree()
    directories = [project.root, *(path for path in (project.root / "tasks").rglob("*") if path.is_dir())]
    closed = [*directories, project.root / "tasks", *FROZEN.get(action, lambda _: [])(project)]
    if action == "config.trust":  # what it writes is git's
        (project.root / ".git" / "config.lock").touch()
    modes = {path: path.stat().st_mode for path in closed}
    for path in closed:
        path.chmod(0o000 if (action, path.name) == ("plan.create", "10-ready") else 0o555)  # it only reads
    try:
        done = run_limited(project, *scene.line, before=give_up_rights)
    finally:
        for path, mode in modes.items():
            os.chmod(path, mode)
    assert done.code == (1 if scene.line[0] == "doctor" else 6), done
    assert project.tree() == before
    check(project, action, FAILED)


FROZEN: dict[str, Callable[[Project], list[Path]]] = {
    "task.release": lambda project: [project.root / ".git" / "tasks" / "leases"],
    "telemetry.write": lambda project: [project.root.parent / "events"],
}


def test_nothing_is_left_out() -> None:
    """The tables and the registry name the same actions and outcomes."""
    driven = {SUCCESS: SUCCEED, PARTIAL: PARTS, BLOCKED: BLOCK}
    for outcome, scenes in driven.items():
        named = {name for name, action in ACTIONS.items() if outcome in action.outcomes}
        assert scenes.keys() == named - {name for name, driven in IN_RUNS if driven == outcome}
