"""What is going on now: who holds what, the attempts of today, what is stuck."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given

from support.backlogs import DONE, backlogs, make_task
from taskfiles import Task
from taskfiles.backlog.present import Present, find_present
from taskfiles.backlog.readiness import Backlog

NOON = datetime(2026, 1, 29, 12, tzinfo=UTC)


def claim(by: str, until: str) -> dict[str, Any]:
    return {"by": by, "since": "2026-01-29T10:00:00.000Z", "until": f"2026-01-29T{until}:00.000Z"}


def present_of(*tasks: Task, claims: dict[str, Any] | None = None, **more: Any) -> Present:
    return find_present(Backlog(tasks), claims=claims or {}, now=NOON, **more)


def attempt(end: str, status: str = "completed", **keys: Any) -> dict[str, Any]:
    times = {"started_at": "2026-01-01T00:00:00Z", "ended_at": end, "duration_seconds": 60}
    return {**times, "status": status, "executor": {"tool": "t", "model": "m"}, **keys}


def tried(task_id: str, *attempts: dict[str, Any], **keys: Any) -> Task:
    return make_task(task_id, execution={"attempts": list(attempts)}, **keys)


def test_who_holds_what_comes_by_the_end_of_the_claim() -> None:
    tasks = [make_task("a", state="in-progress"), make_task("b", state="in-progress")]
    present = present_of(*tasks, claims={"a": claim("ana", "14:00"), "b": claim("bob", "13:00")})
    assert [(each.task.id, each.by) for each in present.held] == [("b", "bob"), ("a", "ana")]
    assert present.held[0].until == NOON + timedelta(hours=1)
    assert present.stuck == []


def test_the_attempts_of_today_are_those_that_ended_on_this_day_of_the_zone() -> None:
    task = tried(
        "a",
        attempt("2026-01-29T01:00:00Z", cost={"actual_usd_micros": 250_000}),
        attempt("2026-01-28T23:30:00Z", "failed", error_type="timeout"),
        attempt("2026-01-29T13:00:00Z"),  # not yet
    )
    present = present_of(task)
    assert [(each.ended.hour, each.status, each.usd) for each in present.attempts] == [(1, "completed", 0.25)]
    assert (present.usd, present.unpriced) == (0.25, 0)
    berlin = present_of(task, zone=timezone(timedelta(hours=1)))
    assert [each.failure for each in berlin.attempts] == ["", "timeout"]
    assert (berlin.usd, berlin.unpriced) == (0.25, 1)


def test_each_stuck_task_is_told_once_by_what_is_worst() -> None:
    failed = [attempt(f"2026-01-{day:02}T00:00:00Z", "failed") for day in (1, 2, 3)]
    tasks = [
        make_task("left", state="in-progress", blocked="x", updated_at="2026-01-01T00:00:00Z"),
        tried("failing", *failed, due="2026-01-01"),
        tried("recovered", *failed, attempt("2026-01-04T00:00:00Z")),
        make_task("blocked", blocked="CI is\nred", due="2026-01-01"),
        make_task("late", due="2026-01-28"),
        make_task("waits", depends_on=["late"]),
        make_task("thought", state="idea", depends_on=["late"]),
        make_task("over", due="2026-01-01", blocked="x", **DONE),
    ]
    found = [(each.task.id, each.code, each.reason) for each in present_of(*tasks).stuck]
    assert found == [
        ("left", "unheld", "it is in progress and nobody holds it"),
        ("failing", "failing", "its last 3 attempts did not complete"),
        ("blocked", "blocked", "it is blocked: CI is red"),
        ("late", "overdue", "it was due 2026-01-28"),
        ("waits", "waiting", "it depends on late, which is not done but ready"),
    ]


def test_what_has_waited_longest_comes_first() -> None:
    times = {"a": "2026-01-20T00:00:00Z", "b": "2026-01-10T00:00:00Z"}
    tasks = [make_task(name, blocked="x", updated_at=time) for name, time in times.items()]
    assert [each.task.id for each in present_of(*tasks).stuck] == ["b", "a"]


def test_an_epic_in_progress_is_held_by_nobody_and_not_stuck() -> None:
    tasks = [make_task("top", kind="epic", state="in-progress", children=["a"]), make_task("a", state="idea")]
    assert present_of(*tasks).stuck == []


@given(backlogs(families=True, circles=True))
def test_nobody_is_told_twice_and_nothing_closed(tasks: list[Task]) -> None:
    found = [each.task.path for each in present_of(*tasks).stuck]
    assert len(set(found)) == len(found)
    assert not {task.path for task in tasks if task.state == "done"} & set(found)


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), -1, 10**400, True, "60"])
def test_a_duration_that_is_none_is_not_known(seconds: Any) -> None:
    task = tried("a", attempt("2026-01-29T01:00:00Z", duration_seconds=seconds))
    assert [each.seconds for each in present_of(task).attempts] == [None]


def test_a_cost_that_is_none_is_not_known() -> None:
    costs = [{"actual_usd_micros": value} for value in (-1, 10**400, True, "5", None)]
    task = tried("a", *(attempt("2026-01-29T01:00:00Z", cost=cost) for cost in [*costs, 5]))
    assert present_of(task).unpriced == 6


def test_a_state_that_is_no_word_harms_nobody() -> None:
    assert present_of(make_task("a", state=["ready"], depends_on=["b"])).stuck == []


def test_attempts_that_are_none_are_passed_over() -> None:
    odd = make_task(
        "a", execution={"attempts": [5, {}, {"ended_at": "soon"}, attempt("2026-01-29T01:00:00Z")]}
    )
    assert len(present_of(odd).attempts) == 1
