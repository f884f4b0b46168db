"""The kill switch: orders are given, lifted and named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from support.event_log import events_of
from support.in_process import inside
from support.project import Project
from support.streams import in_memory
from taskfiles import TaskfilesError
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.run.switch import Stop, Switch
from taskfiles_cli.command.event import end
from taskfiles_cli.command.session import Session
from taskfiles_cli.runner import stopping

ATTEMPT = "0199c6f2-0000-7000-8000-000000000001"


@pytest.fixture
def clone(project: Project) -> Iterator[Project]:
    """A project with two tasks, in which this process works."""
    for task_id in ("fix", "other"):
        project.task(task_id)
    with inside(project):
        yield project


def journal_of(project: Project) -> str:
    journal = project.store.journal
    assert journal is not None
    return journal


def switch(output: str, *ids: str, **how: Any) -> tuple[int, str, str]:
    given: dict[str, Any] = {"stop": False, "resume": False, "every": False, "reason": None, "command": ()}
    with in_memory() as written:
        code = stopping.switch(Session(output), ids, **{**given, **how})
        end(code, None)
        return (code, *written())


def test_an_order_is_given_for_the_tasks_named(clone: Project) -> None:
    code, out, err = switch("json", "fix", "other", stop=True, reason=" Costs ")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert (answer["stopped"], answer["running"], answer["reason"]) == ([], [], "Costs")
    orders = Switch(journal_of(clone)).list()
    assert [(order.task, order.reason) for order in orders] == [("fix", "Costs"), ("other", "Costs")]
    emitted = [(each["data"]["action"], each["subject"]) for each in events_of(clone)]
    assert emitted == [("agents.stop", "fix"), ("agents.stop", "other")]


def test_people_read_how_it_is_lifted(clone: Project) -> None:
    _, out, _ = switch("human", stop=True, every=True, reason="Costs")
    assert out == "No agent was running. None is sent out until `tasks run --resume --all`.\n"
    _, out, _ = switch("human", "fix", stop=True, reason="Costs")
    assert out.endswith("until `tasks run --resume fix`.\n")


def test_an_order_is_lifted_and_what_is_left_is_named(clone: Project) -> None:
    Switch(journal_of(clone)).put(Stop(None, "Costs", "Ada", ""))
    Switch(journal_of(clone)).put(Stop("fix", "Wrong", "Ada", ""))
    code, out, err = switch("human", "fix", resume=True)
    assert (code, out) == (0, "Resumed: fix.\n")
    assert err == "warning: Still stopped: all tasks (Costs).\n"
    assert switch("human", every=True, resume=True)[1:] == ("Resumed: all.\n", "")
    assert switch("human", "fix", resume=True)[1:] == ("Nothing was stopped.\n", "")
    assert [each["data"]["reason"] for each in events_of(clone)] == [None, None, "unchanged"]


def test_an_agent_that_does_not_end_is_named(clone: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_PATIENCE", 0.0)
    entry = Entry(ATTEMPT, "fix", str(clone.root), {})
    with Ledger(journal_of(clone)).held(entry):
        code, out, err = switch("plain", "fix", stop=True, reason="Costs")
        assert (code, out) == (1, "")
        assert err == "warning: The agent working on fix has not ended yet.\n"
        assert switch("plain", "other", stop=True, reason="Costs")[0] == 0


@pytest.mark.parametrize(
    ("ids", "how"),
    [
        ((), {"stop": True, "reason": "x"}),
        (("fix",), {"stop": True, "every": True, "reason": "x"}),
        (("fix",), {"stop": True, "resume": True, "reason": "x"}),
        (("fix",), {"stop": True, "reason": "x", "command": ["true"]}),
        (("fix",), {"stop": True}),
        (("fix",), {"stop": True, "reason": " "}),
    ],
)
def test_what_makes_no_sense_is_usage(ids: tuple[str, ...], how: dict[str, Any], clone: Project) -> None:
    with pytest.raises(TaskfilesError) as refused:
        switch("human", *ids, **how)
    assert refused.value.code == "usage"
    assert Switch(journal_of(clone)).list() == []


def test_a_task_that_is_not_there_stops_nothing(clone: Project) -> None:
    with pytest.raises(TaskfilesError) as refused:
        switch("human", "fix", "gone", stop=True, reason="x")
    assert refused.value.code == "no-such-task"
    assert Switch(journal_of(clone)).list() == []
