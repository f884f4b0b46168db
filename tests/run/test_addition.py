"""What an agent records of the attempt that it is making is kept until that ends."""

from __future__ import annotations

from typing import Any

import pytest

from support.project import Project, store
from taskfiles import TaskfilesError
from taskfiles.run.addition import add_to_attempt
from taskfiles.run.ledger import Entry, Ledger

ATTEMPT = "0199c6f2-0000-7000-8000-000000000001"


@pytest.fixture
def ledger(project: Project) -> Ledger:
    """A clone in which an attempt at `fix` is under way."""
    project.task("fix")
    journal = store(project).journal
    assert journal is not None
    ledger = Ledger(journal)
    with ledger.held(entry(project)):
        pass
    return ledger


def entry(project: Project, **more: Any) -> Entry:
    known = {"id": ATTEMPT, "started_at": "2025-11-02T11:00:00Z", "executor": {"tool": "codex"}}
    return Entry(ATTEMPT, "fix", str(project.root), known)._replace(**more)


def test_fields_are_kept_for_the_attempt_that_is_under_way(project: Project, ledger: Ledger) -> None:
    before = project.tree()
    assert add_to_attempt(store(project), "fix", ATTEMPT, {"turns": 3})
    assert add_to_attempt(store(project), "fix", ATTEMPT.upper(), {"usage": {"input_tokens": 9}})
    assert ledger.added(ATTEMPT) == [{"turns": 3}, {"usage": {"input_tokens": 9}}]
    assert project.tree() == before


@pytest.mark.parametrize(
    ("task_id", "attempt_id"),
    [("other", ATTEMPT), ("fix", "0199c6f2-0000-7000-8000-000000000002"), ("fix", "no id"), ("fix", "")],
)
def test_what_is_not_under_way_takes_nothing(
    task_id: str, attempt_id: str, project: Project, ledger: Ledger
) -> None:
    assert not add_to_attempt(store(project), task_id, attempt_id, {"turns": 3})
    assert ledger.added(ATTEMPT) == []


def test_an_attempt_that_has_ended_takes_nothing(project: Project, ledger: Ledger) -> None:
    ledger.put(entry(project, is_whole=True))
    assert not add_to_attempt(store(project), "fix", ATTEMPT, {"turns": 3})


@pytest.mark.parametrize("fields", [{"turns": "three"}, {"executor": {"tool": ""}}, {"status": "done"}])
def test_what_is_no_part_of_an_attempt_is_refused(
    fields: dict[str, object], project: Project, ledger: Ledger
) -> None:
    with pytest.raises(TaskfilesError) as refused:
        add_to_attempt(store(project), "fix", ATTEMPT, fields)
    assert refused.value.code == "bad-attempt"
    assert ledger.added(ATTEMPT) == []
