"""What every command begins with: console, store, action, and the answer of a change."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support import in_process
from support.attempts import DONE
from support.event_log import events_of
from support.project import Project
from support.streams import in_memory
from taskfiles import Change, TaskfilesError
from taskfiles.operations.declare import Step
from taskfiles.operations.move import move
from taskfiles.operations.update import Update, update
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.telemetry.actions import BLOCKED, SUCCESS
from taskfiles_cli.command.event import end
from taskfiles_cli.command.session import Session

ATTEMPT = "0199c6f2-0000-7000-8000-000000000001"


@pytest.fixture
def inside(project: Project) -> Iterator[Project]:
    """A project with a task, in which this process works."""
    project.task("fix", commit_message="m", body="\n## Acceptance Criteria\n\n- [x] Done\n")
    with in_process.inside(project):
        yield project


def resize(session: Session, size: str = "xl", *, dry_run: bool = False) -> Change:
    return update(session.store, "fix", Update(set={"size": size}), dry_run=dry_run).changes[0]


def run(work: Callable[[], None]) -> tuple[str, str]:
    """Do some work, end the process's action, and give both streams."""
    with in_memory() as written:
        work()
        end(0, None)
        return written()


def test_the_store_is_opened_when_it_is_needed(inside: Project) -> None:
    session = Session("human")
    assert not session.has_store
    assert session.store.root == inside.root
    assert session.store is session.store
    assert session.has_store
    assert Session("human", inside.root).store.root == inside.root
    with pytest.raises(TaskfilesError, match="There is no directory tasks/ in"):
        _ = Session("human", inside.root.parent).store


def test_without_a_project_that_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TaskfilesError) as refused:
        _ = Session("human").store
    assert refused.value.code == "no-project"


def test_an_action_is_in_the_log_with_what_it_did(inside: Project) -> None:
    session = Session("json")

    def work() -> None:
        session.begin("task.update", "fix")
        session.detail(by="Ada")
        session.mutation([resize(session)])

    run(work)
    (event,) = events_of(inside)
    data = event["data"]
    assert (data["action"], data["outcome"], data["by"]) == ("task.update", "success", "Ada")
    assert (event["correlationid"], event["subject"]) == (session.run_id, "fix")
    assert [change["field"] for change in data["changes_made"]] == ["size"]


def test_a_dry_run_leaves_no_trace(inside: Project) -> None:
    session = Session("json")

    def work() -> None:
        session.begin("task.update", "fix", dry_run=True)
        session.about("fix")
        session.detail(by="Ada")
        answer = session.mutation([resize(session, dry_run=True)])
        assert answer["dry_run"]
        assert "+size: xl" in answer["diff"]

    run(work)
    assert events_of(inside) == []


def test_the_answer_of_a_change_is_the_same_for_all(inside: Project) -> None:
    session = Session("json")
    session.begin("task.update", dry_run=True)
    first, second = resize(session), resize(session)
    answer = session.mutation([first], attempt_id="x")
    assert list(answer)[:9] == [
        "action",
        "outcome",
        "reason",
        "changed",
        "dry_run",
        "run_id",
        "applied_rules",
        "changes_made",
        "task",
    ]
    assert (answer["reason"], answer["changed"], answer["attempt_id"]) == (None, True, "x")
    same = session.mutation([second])
    assert (same["reason"], same["changed"], same["changes_made"]) == ("unchanged", False, [])
    both = session.mutation([first, second], action="task.move", dry_run=True)
    assert ([task["id"] for task in both["tasks"]], both["action"]) == (["fix", "fix"], "task.move")
    assert session.mutation([], changed=True)["task"] is None


@pytest.mark.parametrize(
    ("size", "dry_run", "text"),
    [
        ("xl", False, "Set it\\x1b\n"),
        ("medium", False, "No change: fix is already up to date.\n"),
        ("xl", True, None),
    ],
)
def test_people_get_a_sentence_or_a_diff(size: str, dry_run: bool, text: str | None, inside: Project) -> None:
    inside.task("fix", size="medium")
    session = Session("human")

    def work() -> None:
        change = resize(session, size, dry_run=dry_run)
        session.answer_mutation(session.mutation([change]), [change], "Set it\x1b")

    out, err = run(work)
    assert err == ""
    assert out.startswith("--- ") if text is None else out == text


def test_programs_get_ids_and_warnings_of_what_a_change_brought_about(inside: Project) -> None:
    session = Session("plain")

    def work() -> None:
        change = update(session.store, "fix", Update(set={"x_own": 1})).changes[0]
        session.answer_mutation({"dry_run": False}, [change], "", plain=None)
        session.answer_mutation({"dry_run": False}, [change], "", plain=["other"])

    assert run(work) == ("fix\nother\n", "")


def test_the_end_of_a_task_with_attempts_is_emitted_once(inside: Project) -> None:
    inside.task("fix", extra=f"execution: {json.dumps({'attempts': [DONE]})}\n")
    session = Session("json")

    def work() -> None:
        session.begin("task.move", "fix")
        session.mutation(move(session.store, "fix", "canceled").changes)

    run(work)
    assert [event["type"] for event in events_of(inside)] == ["task.changed", "task.completion"]


def test_steps_are_emitted_one_by_one(inside: Project) -> None:
    session = Session("json")
    steps = [
        Step("config.load", SUCCESS),
        Step("config.validate", BLOCKED, "bad-config"),
    ]

    def work() -> None:
        session.begin("repo.prepare.complete")
        session.tell_steps(steps)

    run(work)
    emitted: list[Any] = [(event["data"]["action"], event["data"]["outcome"]) for event in events_of(inside)]
    assert emitted[:2] == [("config.load", "success"), ("config.validate", "blocked")]


def test_attempts_that_were_left_are_warned_of(inside: Project) -> None:
    journal = inside.store.journal
    assert journal is not None
    entry = Entry(ATTEMPT, "fix", str(inside.root), {"started_at": "2025-11-02T11:00:00Z"})
    with Ledger(journal).held(entry):
        pass

    def warned(action: str) -> str:
        session = Session("human")

        def work() -> None:
            session.begin(action)
            assert session.store

        return run(work)[1]

    assert f"The attempt {ATTEMPT} at fix was left by a run that is gone." in warned("task.update")
    assert warned("agent.complete") == ""  # it records them itself
    Ledger(journal).put(entry._replace(is_whole=True))
    assert warned("task.update") == ""


def test_findings_are_warned_of_one_by_one(inside: Project) -> None:
    inside.task("wrong", size="huge", priority="hihg")
    session = Session("human")
    _, err = run(lambda: session.warn_findings(session.store.get("wrong").findings))
    assert len(err.splitlines()) == 2
