"""Making a plan, emitting it, naming what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.event_log import events_of
from support.in_process import inside
from support.layouts import in_states
from support.project import Project
from support.streams import in_memory
from taskfiles_cli.command.event import end
from taskfiles_cli.command.session import Session
from taskfiles_cli.runner.planning import plan_tasks, warn_of_plan


@pytest.fixture
def clone(project: Project) -> Iterator[Project]:
    """A project in which this process works: one task is ready, one waits for what is not there."""
    project.task("fix", links="[{type: github_issue, number: 7}]")
    project.task("stuck", blocked="Waiting")
    with inside(project):
        yield project


def begun() -> Session:
    session = Session("human")
    session.begin("plan.create")
    return session


def test_a_plan_is_emitted_with_its_issue(clone: Project) -> None:
    made, problems = plan_tasks(begun(), ["fix"], None)
    end(0, None)
    assert (list(made.tasks), made.allow_partial, problems) == (["fix"], True, ([], []))
    (event,) = events_of(clone)
    assert (event["type"], event["data"]["issue_number"]) == ("multi_workflow.plan_created", 7)


def test_a_preview_is_emitted_as_skipped_too(clone: Project) -> None:
    plan_tasks(begun(), [], None, preview=True)
    end(0, None)
    assert [each["data"]["action"] for each in events_of(clone)] == ["plan.create", "plan.skip"]


@pytest.mark.parametrize(("given", "expected"), [(None, False), (True, True), (False, False)])
def test_the_settings_say_whether_to_go_on_where_the_caller_does_not(
    given: bool | None, expected: bool, clone: Project
) -> None:
    clone.configure("[run]\nallow_partial = false\n")
    made, _ = plan_tasks(begun(), [], given)
    assert made.allow_partial is expected


@in_states
def test_what_is_left_out_and_what_is_wrong_is_named(clone: Project) -> None:
    clone.task("wrong", size="huge")
    clone.write(clone.path("broken"), "---\nid: broken\n")
    session = begun()
    made, problems = plan_tasks(session, ["fix", "stuck"], None)
    with in_memory() as written:
        warn_of_plan(session, made, problems)
        first, second, last = written()[1].splitlines()
    assert first.startswith("tasks/10-ready/task-broken.md:")
    assert "1 other task has errors (tasks/10-ready/task-wrong.md)" in second
    assert last.startswith("tasks/10-ready/task-stuck.md: warning: stuck is left out: ")
