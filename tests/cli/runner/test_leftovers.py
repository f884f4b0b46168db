"""What killed runs have left, as the event log has it once it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from support.event_log import events_of
from support.in_process import inside
from support.project import NOON, Project
from taskfiles import Store
from taskfiles.operations.pickup import pickup
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.run.recovery import recover
from taskfiles_cli.command.event import end
from taskfiles_cli.command.session import Session
from taskfiles_cli.runner.leftovers import tell_recovered

ATTEMPT = "0199c6f2-0000-7000-8000-000000000001"
BEGUN = {"id": ATTEMPT, "started_at": "2025-11-02T11:00:00Z", "executor": {"tool": "codex"}}


@pytest.fixture
def clone(project: Project) -> Iterator[Project]:
    """A project in which this process works; a run has claimed its task and was killed."""
    project.task("fix")
    pickup(Store(project.root, now=lambda: NOON), "fix", by="me", attempt=ATTEMPT)
    with inside(project):
        yield project


def emitted(project: Project, attempt: dict[str, Any], task_id: str = "fix") -> list[tuple[Any, ...]]:
    store = Store(project.root, now=lambda: NOON)
    assert store.journal is not None
    with Ledger(store.journal).held(Entry(ATTEMPT, task_id, str(project.root), attempt)):
        pass
    session = Session("json")
    session.begin("agent.complete")
    tell_recovered(session, recover(store))
    end(0, None)
    keys = ("action", "outcome", "reason")
    events = [each for each in events_of(project) if each["data"]["action"] != "agent.complete"]
    assert all(each["subject"] == task_id for each in events)
    return [tuple(each["data"][key] for key in keys) for each in events]


def test_an_attempt_and_the_task_that_is_given_back(clone: Project) -> None:
    assert emitted(clone, BEGUN) == [("attempt.record", "success", None), ("task.release", "success", None)]
    (recorded,) = (each for each in events_of(clone) if each["data"]["action"] == "attempt.record")
    assert recorded["data"]["attempt_ids"] == [ATTEMPT]


def test_a_task_that_was_never_begun_is_only_given_back(clone: Project) -> None:
    assert emitted(clone, {}) == [("task.release", "success", None)]


def test_an_attempt_that_waits_has_its_reason(clone: Project) -> None:
    assert emitted(clone, BEGUN, "gone") == [("attempt.record", "blocked", "no-such-task")]
