"""Tasks as a board: every task once, in an order that does not depend on where files lie."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import DONE, backlogs, make_task
from taskfiles import Task, TaskfilesError
from taskfiles.backlog.board import LANES, Board, Tries, Wait, make_board, make_card, order_key
from taskfiles.backlog.readiness import Backlog
from taskfiles.task.words import State

NOON = datetime(2026, 1, 29, 12, tzinfo=UTC)
CLAIM = {"by": "ana", "since": "2026-01-29T11:00:00.000Z", "until": "2026-01-29T13:00:00.000Z"}
STATES = [state.value for state in State]


def board_of(*tasks: Task, lanes: str = "none", claims: dict[str, Any] | None = None) -> Board:
    return make_board(tasks, Backlog(tasks), lanes=lanes, claims=claims)


def ids(board: Board) -> dict[str, list[str]]:
    return {column.state: [task.id for task in column.tasks] for column in board.columns if column.tasks}


# Columns


def test_every_state_has_a_column_and_an_unknown_word_one_of_its_own() -> None:
    board = board_of(make_task("a"), make_task("b", state="later"))
    assert [column.state for column in board.columns] == [*STATES, "later"]
    assert board.counts == {**dict.fromkeys(STATES, 0), "ready": 1, "later": 1}
    assert board.total == 2


def test_who_is_held_comes_first_then_the_more_urgent_then_the_older() -> None:
    tasks = [
        make_task("low", priority="low"),
        make_task("new", created_at="2026-01-02T00:00:00Z"),
        make_task("old", created_at="2026-01-01T00:00:00Z"),
        make_task("undated"),
        make_task("urgent", priority="urgent"),
        make_task("held", priority="low"),
        make_task("odd", priority="hihg"),
    ]
    board = board_of(*tasks, claims={"held": CLAIM})
    assert ids(board)["ready"] == ["held", "urgent", "old", "new", "undated", "low", "odd"]


def test_what_is_done_last_comes_first() -> None:
    times = {"a": "2026-01-01T00:00:00Z", "c": "2026-01-03T00:00:00Z", "b": "2026-01-02T00:00:00Z"}
    tasks = [make_task(name, **(DONE | {"completed_at": time})) for name, time in times.items()]
    assert ids(board_of(*tasks))["done"] == ["c", "b", "a"]


@given(backlogs(families=True, circles=True), st.sampled_from(LANES), st.randoms())
def test_every_task_is_in_one_column_and_one_lane(tasks: list[Task], lanes: str, random: Any) -> None:
    board = board_of(*tasks, lanes=lanes)
    wanted = Counter(task.path for task in tasks)
    assert Counter(task.path for column in board.columns for task in column.tasks) == wanted
    inside = [task for lane in board.lanes for column in lane.columns for task in column.tasks]
    assert Counter(task.path for task in inside) == wanted
    assert sum(lane.total for lane in board.lanes) == board.total
    for lane in board.lanes:
        assert [column.state for column in lane.columns] == [column.state for column in board.columns]
        for part, whole in zip(lane.columns, board.columns, strict=True):
            chosen = [task for task in whole.tasks if task in part.tasks]
            assert chosen == list(part.tasks)
    mixed = random.sample(tasks, len(tasks))
    assert ids(board_of(*mixed, lanes=lanes)) == ids(board)


@given(backlogs(families=True, circles=True))
def test_known_keys_change_nothing(tasks: list[Task]) -> None:
    keys = {task.path: order_key(task, {}) for task in tasks}
    assert make_board(tasks, Backlog(tasks), keys=keys) == make_board(tasks, Backlog(tasks))


# Lanes


def test_lanes_by_epic_reach_through_stories_and_one_is_of_what_has_none() -> None:
    tasks = [
        make_task("top", kind="epic", children=["mid"], title="The top"),
        make_task("mid", kind="story", children=["low"]),
        make_task("low"),
        make_task("alone"),
    ]
    board = board_of(*tasks, lanes="epic")
    assert [(lane.key, lane.title, lane.total) for lane in board.lanes] == [
        ("top", "The top", 3),
        ("", "", 1),
    ]


def test_lanes_by_assignee_take_the_first_and_know_one_person_by_both_names() -> None:
    tasks = [
        make_task("a", assignees=["@bob", "ana"]),
        make_task("b", assignees=["bob"]),
        make_task("c"),
    ]
    board = board_of(*tasks, lanes="assignee")
    assert [(lane.key, lane.total) for lane in board.lanes] == [("bob", 2), ("", 1)]


@pytest.mark.parametrize("key", ["milestone", "track"])
def test_lanes_by_a_key_of_the_file(key: str) -> None:
    board = board_of(make_task("a", **{key: "v2"}), make_task("b"), lanes=key)
    assert [(lane.key, lane.title, lane.total) for lane in board.lanes] == [("v2", "v2", 1), ("", "", 1)]


def test_unknown_lanes_are_refused() -> None:
    with pytest.raises(TaskfilesError, match="lanes can't be “epics”"):
        board_of(lanes="epics")


# Cards


def test_a_card_tells_what_stands_in_the_way() -> None:
    tasks = [make_task("a", depends_on=["b", "gone"], blocked="CI is\nred"), make_task("b")]
    card = make_card(tasks[0], Backlog(tasks), claims={"a": CLAIM}, now=NOON)
    assert card.blocked == "CI is red"
    assert card.waits == (
        Wait("it depends on b, which is not done but ready", "b"),
        Wait("it depends on gone, which does not exist", "gone"),
    )
    assert card.claim == CLAIM
    done = make_task("a", depends_on=["b"], **DONE)
    assert make_card(done, Backlog([done, tasks[1]]), now=NOON).waits == ()


def test_a_card_counts_the_children_that_are_done() -> None:
    tasks = [make_task("top", kind="epic", children=["a", "b", "c"]), make_task("a", **DONE), make_task("b")]
    assert make_card(tasks[0], Backlog(tasks), now=NOON).children == (1, 2)
    assert make_card(tasks[1], Backlog(tasks), now=NOON).parent == "top"


@pytest.mark.parametrize(
    ("due", "state", "overdue"),
    [
        ("2026-01-28", "ready", True),
        ("2026-01-29", "ready", False),  # a day counts to its end
        ("2026-01-29T11:59:59Z", "ready", True),
        ("2026-01-28", "canceled", False),
        ("soon", "ready", False),
    ],
)
def test_a_card_is_overdue_after_its_day(due: str, state: str, overdue: bool) -> None:
    task = make_task("a", due=due, state=state)
    card = make_card(task, Backlog([task]), now=NOON)
    assert (card.due, card.overdue) == (due, overdue)


def test_a_card_and_a_lane_have_the_day_of_a_milestone_and_links_are_counted() -> None:
    dues = {"v1": "2026-01-28", "v2": "2026-02-01"}
    tasks = [
        make_task("a", milestone="v1", links=[{"type": "file", "path": "a"}]),
        make_task("b", milestone="v3"),
    ]
    card = make_card(tasks[0], Backlog(tasks), now=NOON, milestones=dues)
    assert (card.milestone, card.links) == (("v1", "2026-01-28", True), 1)
    other = make_card(tasks[1], Backlog(tasks), now=NOON, milestones=dues)
    assert (other.milestone, other.links) == (None, 0)
    closed = make_task("a", milestone="v1", **DONE)
    assert make_card(closed, Backlog([closed]), now=NOON, milestones=dues).milestone is None
    board = make_board(tasks, Backlog(tasks), lanes="milestone", milestones=dues)
    assert [(lane.key, lane.due) for lane in board.lanes] == [("v1", "2026-01-28"), ("v3", None)]
    epics = make_board(tasks, Backlog(tasks), lanes="epic", milestones=dues)
    assert [lane.due for lane in epics.lanes] == [None]


def attempt(day: int, **keys: Any) -> dict[str, Any]:
    start = f"2026-01-{day:02}T00:00:00Z"
    times = {"started_at": start, "ended_at": start, "duration_seconds": 0}
    return {**times, "status": "completed", "executor": {"tool": "t"}, **keys}


def test_a_card_sums_up_attempts_and_an_unknown_cost_is_no_0() -> None:
    attempts = [
        attempt(3, status="failed", error_type="gate_failed", cost={"actual_usd_micros": 1_500_000}),
        attempt(2, cost={"estimated_usd_micros": 340_000}),
        attempt(1),
    ]
    task = make_task("a", execution={"attempts": attempts})
    tries = make_card(task, Backlog([task]), now=NOON).tries
    assert tries == Tries(3, "failed", "gate_failed", 1.84, 1)
    fine = make_task("a", execution={"attempts": attempts[1:]})
    assert make_card(fine, Backlog([fine]), now=NOON).tries == Tries(2, "completed", None, 0.34, 1)


@pytest.mark.parametrize("execution", [None, 5, {"attempts": []}, {"attempts": [7]}, {"attempts": [{}]}])
def test_a_card_of_a_file_with_errors_shows_what_is_there(execution: Any) -> None:
    task = make_task("a", priority=5, title=["x"], labels="no list", state="later", execution=execution)
    card = make_card(task, Backlog([task]), now=NOON)
    assert (card.priority, card.state, card.labels) == ("5", "later", ())
    assert card.errors == len(task.errors) > 0
