"""Where tasks stand: their order, their boxes, what is overdue and what they wait for."""

from __future__ import annotations

from collections import namedtuple
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from support.backlogs import backlogs, make_task
from taskfiles import Task
from taskfiles.backlog.dates import is_overdue
from taskfiles.backlog.readiness import Backlog, find_obstacles
from taskfiles.backlog.standing import Standings, describe_standings, find_waits, sort_by_urgency
from taskfiles.task.words import CLOSED

NOW = datetime(2025, 11, 2, 15, 3, tzinfo=UTC)


Row = namedtuple("Row", Standings._fields)  # one task's of each column


def stand(*tasks: Task) -> dict[str, Any]:
    rows = zip(*describe_standings(tasks, Backlog(tasks), NOW), strict=True)
    return {each.id: each for each in map(Row._make, rows)}


def test_what_is_under_way_comes_first_and_what_is_closed_last() -> None:
    made = [
        make_task("a", state="canceled"),
        make_task("b", state="done", completed_at="2025-11-01T10:00:00Z"),
        make_task("c", state="done", completed_at="2025-11-02"),
        make_task("d", state="done"),
        make_task("e", state="idea", priority="urgent"),
        make_task("f"),
        make_task("g", priority="high"),
        make_task("h", due="2025-12-24"),
        make_task("i", due="2025-12-02"),
        make_task("k", rank=2.5),
        make_task("l", rank=-1),
        make_task("j", state="in-progress", priority="none"),
    ]
    assert [task.id for task in sort_by_urgency(made)] == list("jgihlkfecbda")


@given(backlogs())
def test_the_order_is_the_same_whatever_it_was_before(tasks: list[Task]) -> None:
    found = sort_by_urgency(tasks)
    assert sort_by_urgency(tasks[::-1]) == found
    closed = [task.state in CLOSED for task in found]
    assert closed == sorted(closed)
    for one, other in pairwise(found):  # as each two of them are sorted, all are
        assert sort_by_urgency([other, one]) == [one, other]


@pytest.mark.parametrize(
    ("due", "overdue"),
    [
        ("2025-11-01", True),
        ("2025-11-02", False),  # the day is not over
        ("2025-11-02T15:02:59Z", True),
        ("2025-11-02T15:03:00Z", False),
        ("2025-11-02T16:02:59+01:00", True),
        ("soon", False),
        (None, False),
        ([1], False),
    ],
)
def test_a_day_is_due_at_its_end(due: Any, overdue: bool) -> None:
    task = make_task("a", due=due)
    assert is_overdue(task, NOW) is overdue
    assert stand(task)["a"].is_overdue is overdue


def test_days_are_those_of_the_zone() -> None:
    task = make_task("a", due="2025-11-02")
    assert is_overdue(task, NOW, ZoneInfo("Pacific/Kiritimati"))
    assert not is_overdue(task, NOW, ZoneInfo("Pacific/Honolulu"))


def test_what_is_closed_waits_for_nothing_and_is_never_overdue() -> None:
    found = stand(
        make_task("a"), make_task("b", state="done", depends_on=["a"], blocked="CI", due="2025-01-01")
    )
    assert found["b"][-5:] == ("2025-01-01", False, (), None, None)


def test_boxes_are_those_of_the_acceptance_criteria() -> None:
    body = "\n- [ ] no\n\n## Acceptance Criteria\n\n- [x] a\n- [X] b\n- [ ] c\n```\n- [ ] no\n```\n"
    found = stand(make_task("a", body=body), make_task("b", body="\n"))
    assert [(each.ticked, each.boxes) for each in found.values()] == [(2, 3), (0, 0)]


def test_reasons_are_one_line() -> None:
    assert stand(make_task("a", blocked="CI\n  is down"))["a"].blocked == "CI is down"
    assert stand(make_task("a", blocked=" "))["a"].blocked is None


def test_a_task_waits_for_its_own_and_for_what_is_above() -> None:
    backlog = Backlog(
        [
            make_task("epic", kind="epic", depends_on=["x", "done"], blocked="CI"),
            make_task("fix", parent="epic", depends_on=["y", "gone"]),
            make_task("x"),
            make_task("y"),
            make_task("done", state="done"),
        ]
    )
    assert find_waits("fix", backlog) == ["gone", "y", "x", "epic"]
    assert find_waits("y", backlog) == []


@given(backlogs(circles=True, families=True))
def test_waiting_is_what_the_queue_says(tasks: list[Task]) -> None:
    """A task waits for something exactly if there is an obstacle of that kind."""
    backlog = Backlog(tasks)
    codes = {"circle", "dependency", "ancestor-waits", "ancestor-closed", "ancestor-blocked"}
    for task in tasks:
        has_obstacle = any(each.code in codes for each in find_obstacles(task, backlog))
        assert bool(find_waits(task.id, backlog)) is has_obstacle
