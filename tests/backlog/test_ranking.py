"""Which ready task comes first, and why: the points of each part, by docs/reference/ranking.md."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given

from support.backlogs import PRIORITIES, backlogs, make_task
from taskfiles import Task
from taskfiles.backlog.next import choose_next
from taskfiles.backlog.ranking import LEVELS, WEIGHTS, can_execute, rank_tasks
from taskfiles.backlog.readiness import Backlog, find_obstacles
from taskfiles.task.words import Ambiguity, ExecutorLevel, Isolation, Priority, Size

NOON = datetime(2026, 1, 29, 12, tzinfo=UTC)


def order(*tasks: Task, **settings: Any) -> list[str]:
    return [each.task.id for each in rank_tasks(tasks, Backlog(tasks), **settings)]


def test_the_table_has_every_word() -> None:
    words = {"priority": Priority, "size": Size, "ambiguity": Ambiguity, "isolation": Isolation}
    for part, kind in words.items():
        assert WEIGHTS[part].keys() == {word.value for word in kind}
    assert len(WEIGHTS["executor"]) == len(LEVELS) == len(ExecutorLevel)


def test_a_step_of_priority_outweighs_all_else() -> None:
    steps = [low - high for high, low in pairwise(WEIGHTS["priority"].values())]
    below = WEIGHTS.keys() - {"priority", "due"}
    others = sum(max(WEIGHTS[part].values()) for part in below)
    assert all(-step > others for step in steps)
    assert {*WEIGHTS["due"].values()} == {-step for step in steps}
    assert -sum(WEIGHTS["criteria"].values()) > max(WEIGHTS["priority"].values()) - steps[0] + others


def test_what_is_overdue_counts_as_a_step_of_priority() -> None:
    late = make_task("late", due="2026-01-28")
    today = make_task("today", due="2026-01-29")
    assert order(make_task("a"), today, late, now=NOON) == ["late", "a", "today"]
    assert order(make_task("high", priority="high", size="tiny"), late, now=NOON) == ["high", "late"]
    assert reasons(late, now=NOON)["due"] == (100, "overdue since 2026-01-28")
    assert "due" not in reasons(today, now=NOON) | reasons(late)


def test_equals_come_in_the_order_in_which_people_placed_them() -> None:
    tasks = [make_task("a"), make_task("b", rank=2), make_task("c", rank=-1.5), make_task("d", rank=2)]
    assert order(*tasks) == ["c", "b", "d", "a"]
    assert order(*tasks, make_task("e", priority="high")) == ["e", "c", "b", "d", "a"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"priority": "urgent", "size": "xl"}, {"priority": "high", "size": "tiny"}),
        ({"size": "small"}, {"size": "medium"}),
        ({"ambiguity": "low"}, {"ambiguity": "medium"}),
        ({"isolation": "isolated"}, {"isolation": "module"}),
        ({"updated_at": "2026-01-01T00:00:00Z"}, {"updated_at": "2026-01-22T00:00:00Z"}),
        ({"executor": "expert"}, {"executor": "standard"}),
        ({"executor": "standard"}, {"executor": "simple"}),
    ],
)
def test_each_part_decides_where_the_others_are_equal(first: dict[str, str], second: dict[str, str]) -> None:
    settings: dict[str, Any] = {"now": NOON, "executor": "expert"}
    assert order(make_task("b", **first), make_task("a", **second), **settings) == ["b", "a"]


def test_an_epic_in_flight_goes_on_first() -> None:
    tasks = [
        make_task("moving", kind="epic", children=["story"]),
        make_task("story", kind="story", children=["b", "c"]),
        make_task("still", kind="epic", children=["a"]),
        make_task("a"),
        make_task("b"),
        make_task("c", state="in-progress"),
    ]
    choice = choose_next(tasks)
    assert [each.task.id for each in choice.candidates] == ["b", "a"]
    found = {each.task.id: each.reasons[1] for each in choice.candidates}
    assert found["b"] == ("epic", 30, "epic moving is in flight")
    assert found["a"] == ("epic", 0, "epic still has not been started")


def test_a_circle_of_parents_is_no_epic() -> None:
    tasks = [make_task("a", parent="x"), make_task("x", parent="y"), make_task("y", parent="x")]
    assert [each.task.id for each in choose_next(tasks).candidates] == ["a"]


@pytest.mark.slow
def test_a_deep_hierarchy_is_walked() -> None:
    tasks = [make_task(f"t{n}", parent=f"t{n + 1}") for n in range(5000)]
    assert [each.task.id for each in choose_next(tasks).candidates] == ["t0"]


@given(backlogs())
def test_ranks_are_a_total_order(tasks: list[Task]) -> None:
    choice = choose_next(tasks, now=NOON, count=100)
    ranked = [(each.score, each.task.id) for each in choice.candidates]
    assert ranked == sorted(ranked, key=lambda pair: (-pair[0], pair[1]))
    assert [each.rank for each in choice.candidates] == list(range(1, len(ranked) + 1))
    levels = [
        (each.task.boxes > 0, PRIORITIES.index(each.task.get("priority"))) for each in choice.candidates
    ]
    assert levels == sorted(levels, reverse=True)
    for each in choice.candidates:
        assert [reason.part for reason in each.reasons] == [
            part for part in WEIGHTS if part != "due" and (part != "criteria" or not each.task.boxes)
        ]
        assert sum(reason.points for reason in each.reasons) == each.score
    assert choose_next(tasks[::-1], now=NOON, count=100) == choice
    assert {each.task.id for each in choice.candidates} == {
        task.id for task in tasks if not find_obstacles(task, Backlog(tasks))
    }


def reasons(task: Task, **settings: Any) -> dict[str, tuple[int, str]]:
    (candidate,) = rank_tasks([task], Backlog([task]), **settings)
    return {part: (points, reason) for part, points, reason in candidate.reasons}


@pytest.mark.parametrize(
    ("updated", "points", "reason"),
    [
        ("2026-01-29T12:00:00Z", 0, "unchanged for 0 weeks"),
        ("2026-01-22T12:00:01Z", 0, "unchanged for 0 weeks"),
        ("2026-01-22T12:00:00Z", 1, "unchanged for 1 week"),
        ("2025-01-29T12:00:00Z", 10, "unchanged for 52 weeks"),
        ("2026-03-01T00:00:00Z", 0, "unchanged for 0 weeks"),  # a clock that was ahead
    ],
)
def test_full_weeks_without_a_change_count_up_to_ten(updated: str, points: int, reason: str) -> None:
    task = make_task("a", updated_at=updated)
    assert reasons(task, now=NOON)["staleness"] == (points, reason)
    assert reasons(task)["staleness"] == (0, "unchanged for 0 weeks")


@pytest.mark.parametrize(
    ("level", "points", "distance"),
    [
        ("human_review", 15, "the level that was named"),
        ("expert", 10, "one level below"),
        ("standard", 5, "two levels below"),
        ("simple", 0, "three levels below"),
    ],
)
def test_the_fit_of_an_executor(level: str, points: int, distance: str) -> None:
    task = make_task("a", executor=level)
    assert reasons(task, executor="human_review")["executor"] == (points, f"executor {level}, {distance}")
    assert reasons(task)["executor"] == (0, f"executor {level}")
    assert [can_execute(task, other) for other in LEVELS] == [
        LEVELS.index(other) >= LEVELS.index(ExecutorLevel(level)) for other in LEVELS
    ]
