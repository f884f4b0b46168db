"""Rows put into groups, and what tasks of a size usually take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.attempt_rows import make_group, make_row
from taskfiles.stats.groups import SizeNorm, find_norms, make_groups


def test_a_group_keeps_each_task_s_attempts_in_the_order_of_the_file() -> None:
    rows = [make_row("a", 1), make_row("b", 2), make_row("a", 2)]
    group = make_group(*rows)
    assert group.attempts == rows
    assert [[row.position for row in each] for each in group.tasks] == [[1, 2], [2]]


def test_the_tasks_that_began_here_are_those_whose_first_attempt_is_here() -> None:
    group = make_group(make_row("a", 2), make_row("b", 1), make_row("b", 2))
    assert [each[0].task for each in group.begun] == ["b"]


def test_several_values_in_a_dimension_put_a_row_into_several_groups() -> None:
    row = make_row(values=(("opus",), ("api", "ui")))
    groups = make_groups([row, make_row("b", values=((None,), ("ui",)))], {})
    assert {key: [each.task for each in group.attempts] for key, group in groups.items()} == {
        ("opus", "api"): ["a"],
        ("opus", "ui"): ["a"],
        (None, "ui"): ["b"],
    }


def test_no_row_makes_no_group() -> None:
    assert make_groups([], {}) == {}
    assert find_norms([]) == {}


def test_what_is_usual_is_the_median_of_whole_tasks() -> None:
    rows = [make_row("a", 1, minutes=1), make_row("a", 2, minutes=2), make_row("b", minutes=10)]
    rows += [make_row("c", minutes=20, size="xl")]
    assert find_norms(rows) == {"medium": SizeNorm(2, 180), "xl": SizeNorm(1, 1200)}


@pytest.mark.parametrize(("tasks", "insufficient"), [(4, True), (5, False)])
def test_fewer_than_5_tasks_of_a_size_make_nothing_usual(tasks: int, insufficient: bool) -> None:
    norms = find_norms(make_row(f"t-{number}") for number in range(tasks))
    assert norms["medium"].is_insufficient is insufficient


VALUES = st.lists(st.sampled_from(["x", "y", None]), min_size=1, max_size=2, unique=True).map(tuple)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=6))
def test_each_row_is_in_as_many_groups_as_it_has_pairs_of_values(
    values: list[tuple[tuple[str | None, ...], tuple[str | None, ...]]],
) -> None:
    groups = make_groups([make_row(str(n), values=each) for n, each in enumerate(values)], {})
    held = sum(len(group.attempts) for group in groups.values())
    assert held == sum(len(first) * len(second) for first, second in values)
    for (first, second), group in groups.items():
        assert all(first in row.values[0] and second in row.values[1] for row in group.attempts)
