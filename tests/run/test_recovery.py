"""What killed runs have left is recorded, their agents are ended, and their tasks given back."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

import pytest

from support.processes import launch
from support.project import NOON, Project, store
from taskfiles import Store
from taskfiles.operations.pickup import pickup
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.run.recovery import Recovered, list_left, list_unreadable, recover
from taskfiles.store.claims import find_lease

ATTEMPT = "0199c6f2-0000-7000-8000-000000000001"
START = NOON - timedelta(hours=1)
BEGUN = {"id": ATTEMPT, "started_at": "2025-11-02T11:00:00Z", "executor": {"tool": "codex"}}
WHOLE = BEGUN | {
    "ended_at": "2025-11-02T11:10:00Z",
    "duration_seconds": 600,
    "status": "completed",
    "outcome": "success",
}


@pytest.fixture
def claimed(project: Project) -> Project:
    """A project whose task a run has claimed for an attempt, and was killed then."""
    project.task("fix")
    pickup(store(project), "fix", by="me", attempt=ATTEMPT)
    return project


def ledger_of(project: Project) -> Ledger:
    journal = project.store.journal
    assert journal is not None
    return Ledger(journal)


def leave(project: Project, attempt: dict[str, Any] = BEGUN, seen: datetime = NOON, **more: Any) -> Entry:
    entry = Entry(ATTEMPT, "fix", str(project.root), attempt)._replace(**more)
    ledger = ledger_of(project)
    with ledger.held(entry):
        pass
    (file,) = (file for file in (project.root / ".git/tasks").rglob(f"{ATTEMPT}.json"))
    os.utime(file, (seen.timestamp(), seen.timestamp()))
    return entry


def recovered(project: Project) -> Recovered:
    (found,) = recover(store(project))
    return found


def attempts(project: Project) -> list[dict[str, Any]]:
    execution: Any = project.get("fix").values.get("execution") or {}
    found: list[dict[str, Any]] = execution.get("attempts", [])
    return found


def test_without_leftovers_nothing_is_done(claimed: Project) -> None:
    before = claimed.tree()
    assert list(recover(store(claimed))) == list_left(store(claimed)) == list_unreadable(store(claimed)) == []
    assert claimed.tree() == before


def test_an_attempt_whose_end_nobody_saw_ended_with_its_last_sign_of_life(claimed: Project) -> None:
    entry = leave(claimed, seen=START + timedelta(minutes=7))
    assert list_left(store(claimed)) == [entry]
    found = recovered(claimed)
    assert (found.entry, found.problem) == (entry, None)
    (attempt,) = attempts(claimed)
    assert (attempt["status"], attempt["outcome"], attempt["error_type"]) == (
        "abandoned",
        "failed",
        "orphaned",
    )
    assert (attempt["ended_at"], attempt["duration_seconds"]) == ("2025-11-02T11:07:00.000Z", 420)
    assert claimed.get("fix").state == "ready"
    assert find_lease(store(claimed), "fix") is None
    assert list(recover(store(claimed))) == []


def test_what_its_agent_has_added_goes_into_the_record(claimed: Project) -> None:
    leave(claimed)
    ledger_of(claimed).add(ATTEMPT, {"turns": 3, "status": "completed"})
    recovered(claimed)
    (attempt,) = attempts(claimed)
    assert (attempt["turns"], attempt["status"]) == (3, "abandoned")


def test_an_addition_that_is_no_part_of_an_attempt_costs_only_itself(claimed: Project) -> None:
    leave(claimed)
    ledger_of(claimed).add(ATTEMPT, {"turns": "three"})
    recovered(claimed)
    (attempt,) = attempts(claimed)
    assert "turns" not in attempt


@pytest.mark.parametrize(
    ("started_at", "recorded"),
    [("2025-11-02T13:00:00Z", "2025-11-02T13:00:00Z"), ("no instant", "2025-11-02T11:55:00.000Z")],
)
def test_an_attempt_never_ended_before_it_began(started_at: str, recorded: str, claimed: Project) -> None:
    leave(claimed, BEGUN | {"started_at": started_at}, seen=NOON - timedelta(minutes=5))
    assert recovered(claimed).problem is None
    (attempt,) = attempts(claimed)
    assert (attempt["started_at"], attempt["duration_seconds"]) == (recorded, 0)


def test_a_whole_attempt_that_succeeded_leaves_the_task_to_its_reviewer(claimed: Project) -> None:
    leave(claimed, WHOLE, is_whole=True)
    found = recovered(claimed)
    assert found.released == []
    (attempt,) = attempts(claimed)
    assert (attempt["outcome"], attempt["ended_at"]) == ("success", "2025-11-02T11:10:00Z")
    assert claimed.get("fix").state == "in-progress"
    assert find_lease(store(claimed), "fix") is None


def test_an_attempt_that_had_not_begun_is_not_recorded(claimed: Project) -> None:
    leave(claimed, {})
    found = recovered(claimed)
    assert (found.recorded, found.problem) == (None, None)
    assert [change.after.state for change in found.released] == ["ready"]
    assert attempts(claimed) == []


def test_a_claim_of_another_is_left_to_them(claimed: Project) -> None:
    leave(claimed)
    later = Store(claimed.root, now=lambda: NOON + timedelta(hours=2))
    taken = pickup(later, "fix", by="other").made.lease
    found = recovered(claimed)
    assert found.problem is not None
    assert found.problem.code == "claimed"
    assert list_left(store(claimed))[0].is_whole
    assert find_lease(store(claimed), "fix") == taken


def test_a_worktree_that_is_gone_does_not_keep_its_attempt(claimed: Project) -> None:
    leave(claimed, root=str(claimed.root.parent / "gone"))
    assert recovered(claimed).problem is None
    assert len(attempts(claimed)) == 1


def test_what_still_runs_of_its_agent_is_ended(claimed: Project) -> None:
    agent = launch(["sleep", "60"], env={"TASKS_ATTEMPT_ID": ATTEMPT, "PATH": os.environ["PATH"]})
    other = launch(["sleep", "60"], env={"TASKS_ATTEMPT_ID": "x", "PATH": os.environ["PATH"]})
    leave(claimed)
    recovered(claimed)
    assert agent.wait(30) == -9
    assert other.poll() is None


def test_a_file_that_cannot_be_read_is_named(claimed: Project) -> None:
    leave(claimed)
    (file,) = (claimed.root / ".git/tasks").rglob(f"{ATTEMPT}.json")
    file.write_text("{")
    assert list(recover(store(claimed))) == []
    assert list_unreadable(store(claimed)) == [file.relative_to(claimed.root).as_posix()]


def test_without_git_there_is_nothing_to_recover(project: Project) -> None:
    (project.root / ".git").rename(project.root / "git")
    assert list(recover(project.store)) == list_left(project.store) == list_unreadable(project.store) == []
