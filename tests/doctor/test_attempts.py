"""What runs have left: seen as it stands, recorded by the fix."""

from __future__ import annotations

from typing import Any

import pytest

from support.project import Project, store
from taskfiles import Store
from taskfiles.doctor.attempts import check_attempts, record_attempts
from taskfiles.doctor.check import Scene, Status
from taskfiles.operations.pickup import pickup
from taskfiles.run.ledger import Entry, Ledger
from taskfiles_cli.render.remedies import say

ATTEMPT = "0199c6f2-0000-7000-8000-000000000001"
BEGUN = {"id": ATTEMPT, "started_at": "2025-11-02T11:00:00Z", "executor": {"tool": "codex"}}


@pytest.fixture
def scene(project: Project) -> Scene:
    """A task that a run has claimed."""
    project.task("fix")
    opened = store(project)
    pickup(opened, "fix", by="me", attempt=ATTEMPT)
    return Scene(str(project.root), opened)


def ledger_of(scene: Scene) -> Ledger:
    assert isinstance(scene.store, Store)
    assert scene.store.journal is not None
    return Ledger(scene.store.journal)


def leave(scene: Scene, attempt: dict[str, Any], *, is_whole: bool = False, task_id: str = "fix") -> None:
    with ledger_of(scene).held(Entry(ATTEMPT, task_id, scene.root, attempt, is_whole)):
        pass


def test_without_leftovers_all_is_well(scene: Scene) -> None:
    (seen,) = check_attempts(scene)
    assert (seen.status, seen.message) == (Status.OK, "No attempt is left to be recorded.")
    assert list(record_attempts(scene)) == []
    assert [each.status for each in check_attempts(Scene(scene.start, None))] == [Status.OK]
    assert list(record_attempts(Scene(scene.start, None))) == []


def test_an_attempt_under_way_is_none(scene: Scene) -> None:
    with ledger_of(scene).held(Entry(ATTEMPT, "fix", scene.root, BEGUN)):
        assert [each.status for each in check_attempts(scene)] == [Status.OK]


def test_a_killed_run_is_named_and_its_attempt_recorded(scene: Scene) -> None:
    leave(scene, BEGUN)
    (seen,) = check_attempts(scene)
    assert (seen.status, seen.hint) == (Status.WRONG, None)
    assert seen.message == f"The attempt {ATTEMPT} at fix was cut short: its run was killed."
    (fixed,) = record_attempts(scene)
    assert (fixed.status, fixed.message) == (Status.FIXED, f"Recorded the attempt {ATTEMPT} at fix.")
    assert [each.entry.attempt_id for each in scene.recovered] == [ATTEMPT]
    assert scene.store is not None
    assert scene.store.get("fix").state == "ready"
    assert [each.status for each in check_attempts(scene)] == [Status.OK]


def test_a_run_that_was_killed_before_it_began_frees_its_task(scene: Scene) -> None:
    leave(scene, {})
    (fixed,) = record_attempts(scene)
    assert fixed.message == "fix is free again: its run was killed before it began."


def test_what_can_not_be_recorded_says_what_to_do(scene: Scene) -> None:
    leave(scene, BEGUN, task_id="gone")
    (problem,) = record_attempts(scene)
    assert problem.status is Status.INFO
    assert "gone" in problem.message
    (seen,) = check_attempts(scene)
    assert seen.message == f"The attempt {ATTEMPT} at gone could not be recorded."
    assert seen.hint is not None
    assert seen.hint.startswith("Where its task is gone, bring that back")
    assert "tasks undo" in say(seen.hint)


def test_a_file_that_is_no_attempt_is_for_people(scene: Scene, project: Project) -> None:
    leave(scene, BEGUN)
    (file,) = (project.root / ".git/tasks").rglob(f"{ATTEMPT}.json")
    file.write_text("{")
    (seen,) = check_attempts(scene)
    assert (seen.status, seen.by_hand, seen.path) == (
        Status.WRONG,
        True,
        file.relative_to(project.root).as_posix(),
    )
