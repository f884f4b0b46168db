"""How work flows: the example of docs/reference/metrics.md, and what is not known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from taskfiles import Task
from taskfiles.stats.flow import Flow, Transition, flow_object, measure_flow
from taskfiles.stats.rows import Scope

NOW = datetime(2025, 11, 24, 12, tzinfo=UTC)
DAY = 86_400


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2025, 11, day, hour, tzinfo=UTC)


def task(task_id: str, state: str = "done", **keys: Any) -> Task:
    return make_task(task_id, state=state, **{name: value for name, value in keys.items() if value})


def moved(task_id: str, day: int, before: str | None, after: str | None) -> Transition:
    return Transition(at(day), task_id, before, after)


EXAMPLE = [
    task("parse", created_at="2025-11-03T12:00:00Z", completed_at="2025-11-07T12:00:00Z"),
    task("rename", created_at="2025-11-04T12:00:00Z", completed_at="2025-11-14T12:00:00Z"),
    task("search", created_at="2025-11-10T12:00:00Z", completed_at="2025-11-17T12:00:00Z"),
    task("queue", "ready", created_at="2025-11-04T12:00:00Z"),
    task("login", "in-progress", created_at="2025-11-14T12:00:00Z"),
    task("cache", "canceled", created_at="2025-11-05T12:00:00Z"),
]
HISTORY = [
    moved("parse", 5, "ready", "in-progress"),
    moved("parse", 7, "in-progress", "done"),
    moved("rename", 12, "ready", "in-progress"),
    moved("login", 20, "ready", "in-progress"),
]


def measure(tasks: list[Task], history: list[Transition] | None = None, **scope: Any) -> Flow:
    return measure_flow(tasks, history or [], Scope(**scope), NOW)


def test_the_example_of_the_page() -> None:
    flow = measure(EXAMPLE, HISTORY)
    assert (flow.completed, flow.lead_known, flow.cycle_known) == (3, 3, 2)
    assert (flow.lead_p50_seconds, flow.lead_p85_seconds) == (7 * DAY, 10 * DAY)
    assert (flow.cycle_p50_seconds, flow.cycle_p85_seconds) == (2 * DAY, 2 * DAY)
    assert flow.throughput_per_week == 3 / (17 / 7)
    assert (flow.open, flow.age_p50_seconds, flow.age_p85_seconds) == (2, 10 * DAY, 20 * DAY)
    assert [each.id for each in flow.oldest] == ["queue", "login"]
    assert [tuple(week) for week in flow.weeks] == [
        ("2025-W45", 1, 4),
        ("2025-W46", 1, 2),
        ("2025-W47", 1, 0),
    ]
    assert flow_object(flow)["weeks"][0] == {"week": "2025-W45", "completed": 1, "created": 4}


def test_the_span_is_that_of_the_completion() -> None:
    flow = measure(EXAMPLE, HISTORY, since=at(10), until=at(17))
    assert flow.completed == 1
    assert flow.lead_p50_seconds == 10 * DAY
    assert flow.throughput_per_week == 1.0
    assert flow.age_p50_seconds == 3 * DAY  # at the span's end
    assert measure(EXAMPLE, ids=frozenset({"parse"})).completed == 1
    assert measure(EXAMPLE, states=frozenset({"ready"})).open == 1


def test_what_the_file_does_not_say_the_history_does() -> None:
    history = [
        moved("old", 1, None, "ready"),
        moved("old", 2, "ready", "in-progress"),
        moved("old", 4, "in-progress", "done"),
        moved("old", 5, "done", "ready"),
        moved("old", 9, "ready", "done"),
    ]
    flow = measure([task("old", created_at=None)], history)
    assert (flow.lead_p50_seconds, flow.cycle_p50_seconds) == (8 * DAY, 7 * DAY)


def test_work_begins_with_the_first_attempt_where_no_change_tells_earlier() -> None:
    attempt = {
        "started_at": "2025-11-06T12:00:00Z",
        "ended_at": "2025-11-06T13:00:00Z",
        "duration_seconds": 3600,
        "status": "completed",
        "executor": {"tool": "t"},
    }
    stamps = {"created_at": "2025-11-05T12:00:00Z", "completed_at": "2025-11-07T12:00:00Z"}
    begun = make_task("x", state="done", **stamps, execution={"attempts": [attempt]})
    assert measure([begun]).cycle_p50_seconds == DAY
    sound = task("y", created_at="2025-11-05T12:00:00Z", completed_at="2025-11-07T12:00:00Z")
    assert measure([sound]).cycle_known == 0


def test_nothing_is_nothing_and_never_0() -> None:
    flow = measure([])
    assert (flow.lead_p50_seconds, flow.throughput_per_week, flow.age_p50_seconds) == (None, None, None)
    assert (flow.completed, flow.open, flow.oldest, flow.weeks) == (0, 0, [], [])
    backwards = task("x", created_at="2025-11-09T12:00:00Z", completed_at="2025-11-07T12:00:00Z")
    assert measure([backwards]).lead_known == 0


days = st.integers(0, 400)


@given(st.lists(st.tuples(days, days, st.sampled_from(["done", "ready", "canceled"])), max_size=8))
def test_sums_add_up(lives: list[tuple[int, int, str]]) -> None:
    start = datetime(2024, 10, 20, tzinfo=UTC)
    tasks = [
        task(
            f"t-{number}",
            state,
            created_at=(start + timedelta(created)).isoformat(),
            completed_at=(start + timedelta(created + took)).isoformat() if state == "done" else None,
        )
        for number, (created, took, state) in enumerate(lives)
    ]
    flow = measure_flow(tasks, [], Scope(), start + timedelta(900))
    assert sum(week.completed for week in flow.weeks) == flow.completed == flow.lead_known
    assert sum(week.created for week in flow.weeks) == len(tasks)
    assert flow.completed + flow.open == sum(state != "canceled" for *_, state in lives)
    assert flow.lead_p50_seconds in {None, *(took * DAY for _, took, state in lives if state == "done")}
