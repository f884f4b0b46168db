"""Placing a task in its column: one file, one number between two others, spaced anew where none is left."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from support.project import Project
from taskfiles import Store, Task, TaskfilesError, make_board, place
from taskfiles.backlog.readiness import Backlog
from taskfiles.operations.place import find_rank

RANKS = st.one_of(st.integers(-1000, 1000), st.floats(-1000, 1000).map(lambda number: round(number, 6)))


@given(st.one_of(st.none(), RANKS), st.one_of(st.none(), RANKS))
def test_a_rank_lies_between_its_neighbours_or_there_is_none(low: float | None, high: float | None) -> None:
    found = find_rank(low, high)
    if found is None:
        assert low is not None
        assert high is not None
        assert high - low <= 0.000_002
    else:
        assert low is None or low < found
        assert high is None or found < high
        assert found == round(found, 6)


def column(tasks: list[Task], state: str = "ready") -> list[str]:
    board = make_board(tasks, Backlog(tasks))
    return [task.id for each in board.columns if each.state == state for task in each.tasks]


def test_what_is_placed_comes_first_in_its_column() -> None:
    tasks = [
        make_task("urgent", priority="urgent"),
        make_task("second", rank=2),
        make_task("first", rank=-1.5, priority="low"),
        make_task("odd", rank="high"),
        make_task("closed", state="done", rank=1, completed_at="2025-11-02T12:00:00Z"),
    ]
    assert column(tasks) == ["first", "second", "urgent", "odd"]


def placed(project: Project) -> list[str]:
    return column(Store.find(project.root).snapshot().tasks)


def put(project: Project, task_id: str, above: str | None, below: str | None, **more: Any) -> float | None:
    return place(Store.find(project.root), task_id, above=above, below=below, **more).made


@pytest.fixture
def three(project: Project) -> Project:
    for name in ("a", "b", "c"):
        project.task(name)
    return project


def test_one_file_is_written_for_each_place(three: Project) -> None:
    assert put(three, "c", None, "a") == 1
    assert (placed(three), put(three, "b", None, "c")) == (["c", "a", "b"], 0)
    assert (placed(three), put(three, "a", "b", "c")) == (["b", "c", "a"], 0.5)
    assert placed(three) == ["b", "a", "c"]
    done = place(Store.find(three.root), "a", above="c", below=None)
    assert (done.made, [change.after.id for change in done.changes]) == (2, ["a"])
    assert three.get("a").get("rank") == 2


def test_below_what_nobody_placed_a_task_stands_by_urgency(three: Project) -> None:
    put(three, "c", None, "a")
    assert put(three, "c", "a", "b") is None
    assert "rank" not in three.get("c").values


def test_where_no_number_is_left_all_are_spaced_anew_in_one_change(three: Project) -> None:
    three.task("a", rank=1)
    three.task("b", rank=1)
    three.task("d", rank=3)
    three.task("e", state="idea", rank=1)
    done = place(Store.find(three.root), "c", above="a", below="b")
    assert (placed(three), done.made) == (["a", "c", "b", "d"], 20)
    assert [change.after.id for change in done.changes] == ["c", "a", "b", "d"]
    assert three.get("e").get("rank") == 1


def test_neighbours_that_have_changed_places_are_refused(three: Project) -> None:
    three.task("a", rank=2)
    three.task("b", rank=1)
    before = three.tree()
    with pytest.raises(TaskfilesError, match="the other way round"):
        put(three, "c", "a", "b")
    with pytest.raises(TaskfilesError, match="no task"):
        put(three, "c", "nobody", None)
    assert three.tree() == before


def test_another_version_and_a_dry_run_write_nothing(three: Project) -> None:
    before = three.tree()
    with pytest.raises(TaskfilesError):
        put(three, "c", None, "a", if_match="x")
    assert put(three, "c", None, "a", dry_run=True) == 1
    assert three.tree() == before
