"""What a task gives typed although its file has errors: its instants, its attempts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from support.backlogs import make_task
from support.project import Project
from taskfiles import ExecutionAttempt, ExecutionStatus, Store, Task, TaskfilesError

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)
INSTANTS = ["created_at", "updated_at", "completed_at"]


def attempt(**keys: Any) -> dict[str, Any]:
    times = {"started_at": "2025-11-02T12:00:00Z", "ended_at": "2025-11-02T12:01:00Z", "duration_seconds": 60}
    return {**times, "status": "failed", "executor": {"tool": "t"}, **keys}


def tried(*attempts: Any, **keys: Any) -> Task:
    return make_task("fix", execution={"attempts": list(attempts)}, **keys)


@pytest.mark.parametrize("key", INSTANTS)
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-11-02T12:00:00Z", NOON),
        ("2025-11-02 13:00:00+01:00", NOON),
        ("2025-11-02T12:00:00.5", NOON + timedelta(milliseconds=500)),
    ],
)
def test_an_instant_is_an_aware_datetime(key: str, text: str, instant: datetime) -> None:
    task = make_task("fix", **{key: text})
    assert getattr(task, key) == instant
    assert getattr(task, key).tzinfo is not None


def test_an_instant_keeps_its_zone() -> None:
    created = make_task("fix", created_at="2025-11-02T13:00:00+01:00").created_at
    assert created is not None
    assert created.utcoffset() == timedelta(hours=1)
    assert created == NOON.astimezone(timezone(timedelta(hours=1)))


@pytest.mark.parametrize("key", INSTANTS)
@pytest.mark.parametrize("value", [None, "soon", "", 5, True, ["2025-11-02T12:00:00Z"], {"a": 1}])
def test_what_is_no_instant_is_none(key: str, value: object) -> None:
    assert getattr(make_task("fix", **{key: value}), key) is None
    assert getattr(make_task("fix"), key) is None


def test_attempts_are_typed() -> None:
    (one, other) = tried(attempt(), attempt(status="completed", notes="Better.")).attempts
    assert isinstance(one, ExecutionAttempt)
    assert (one.started_at, one.status, one.executor.tool) == (NOON, ExecutionStatus.FAILED, "t")
    assert (other.status, other.notes) == (ExecutionStatus.COMPLETED, "Better.")


def test_without_attempts_there_are_none() -> None:
    assert make_task("fix").attempts == ()


def test_other_errors_of_the_file_hide_nothing() -> None:
    task = tried(attempt(), priority="hihg", created_at="2025-11-02T12:00:00Z", updated_at="soon", labels="a")
    assert not task.valid
    assert (task.created_at, task.updated_at, len(task.attempts)) == (NOON, None, 1)
    with pytest.raises(TaskfilesError):
        assert task.meta


@pytest.mark.parametrize(
    ("task", "line", "message"),
    [
        (tried(attempt(), attempt(status="fine")), 16, "`fine` is not one of"),
        (tried(attempt(created_files=["/etc/passwd"])), 14, "`/etc/passwd`"),
        (tried(), 6, "`attempts` is empty"),
        (make_task("fix", execution="once"), 5, "Expected a mapping, found text"),
        (make_task("fix", execution=None), 5, "The value is null"),
    ],
    ids=["word", "path", "no attempts", "text", "null"],
)
def test_attempts_own_errors_are_raised(task: Task, line: int, message: str) -> None:
    """A sum over those that are left would be wrong, and nothing would say so."""
    with pytest.raises(TaskfilesError, match=message) as caught:
        assert task.attempts
    assert (caught.value.code, caught.value.path, caught.value.line) == ("unreadable-task", task.path, line)


def test_the_first_error_among_the_attempts_is_raised() -> None:
    """Not the first of the file, and the same that `meta` gives where there is no other."""
    execution = {"attempts": [attempt(status="fine")]}
    with pytest.raises(TaskfilesError) as alone:
        assert make_task("fix", execution=execution).meta
    with pytest.raises(TaskfilesError) as caught:
        assert make_task("fix", size="huge", execution=execution).attempts
    assert caught.value.message == alone.value.message
    assert (caught.value.line, alone.value.line) == (11, 10)


def test_a_task_of_the_index_gives_the_same(project: Project) -> None:
    project.write(
        "tasks/10-ready/task-fix.md", tried(attempt(), size="huge", created_at="2025-11-02T12:00:00Z").data
    )
    for _ in range(2):  # read, then remembered
        (task,) = Store(project.root, index=True).snapshot().tasks
        assert (task.created_at, task.completed_at) == (NOON, None)
        assert [each.started_at for each in task.attempts] == [NOON]
