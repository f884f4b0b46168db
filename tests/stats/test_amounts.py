"""Time, effort, tokens and cost of one group; what is unknown stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.attempt_rows import make_group, make_row
from taskfiles.stats import amounts
from taskfiles.stats.amounts import FULL, seconds_of
from taskfiles.stats.groups import SizeNorm
from taskfiles.stats.rows import Ending


def test_work_is_what_attempts_say_and_wall_clock_what_their_instants_say() -> None:
    group = make_group(make_row("a", start=0, minutes=10, duration_seconds=7))
    assert (amounts.work_seconds(group), amounts.wall_seconds(group)) == (7, 600)


def test_idle_is_the_time_between_attempts_of_one_task() -> None:
    a, again = make_row("a", 1, start=0, minutes=10), make_row("a", 2, start=30, minutes=5)
    elsewhere = make_row("b", start=12, minutes=3)  # another task's attempt fills no gap
    group = make_group(a, again, elsewhere)
    assert (amounts.wall_seconds(group), amounts.idle_seconds(group)) == (38 * 60, 20 * 60)


def test_attempts_that_overlap_are_under_way_once() -> None:
    group = make_group(make_row("a", 1, start=0, minutes=10), make_row("a", 2, start=5, minutes=10))
    assert (amounts.wall_seconds(group), amounts.idle_seconds(group)) == (15 * 60, 0)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=5))
def test_idle_time_is_part_of_the_wall_clock_whatever_the_order(spans: list[tuple[int, int]]) -> None:
    rows = [make_row("a", n, start=start, minutes=length) for n, (start, length) in enumerate(spans, 1)]
    group, turned = make_group(*rows), make_group(*reversed(rows))
    assert 0 <= amounts.idle_seconds(group) <= amounts.wall_seconds(group)
    assert amounts.idle_seconds(group) == amounts.idle_seconds(turned)
    assert amounts.wall_seconds(group) - amounts.idle_seconds(group) <= amounts.work_seconds(group)


@pytest.mark.parametrize(("micros", "seconds"), [(0, 0), (2_000_000, 2), (1_500_000, 1.5), (1, 0.000001)])
def test_seconds_are_whole_where_they_can_be(micros: int, seconds: float) -> None:
    assert (seconds_of(micros), type(seconds_of(micros))) == (seconds, type(seconds))


def test_durations_are_by_nearest_rank() -> None:
    group = make_group(*(make_row(str(minutes), minutes=minutes) for minutes in (40, 10, 30, 20)))
    assert (amounts.duration_p50(group), amounts.duration_p95(group)) == (20 * 60, 40 * 60)
    assert amounts.duration_p50(make_group()) is amounts.duration_p95(make_group()) is None


@pytest.mark.parametrize(("attempts", "longest"), [(FULL - 1, FULL - 1), (FULL, FULL - 1)])
def test_below_20_attempts_the_95th_percentile_is_the_maximum(attempts: int, longest: int) -> None:
    group = make_group(*(make_row(str(n), minutes=n) for n in range(1, attempts + 1)))
    assert amounts.duration_p95(group) == longest * 60


def test_effort_is_over_tasks_of_sizes_that_are_common_enough() -> None:
    norms = {"medium": SizeNorm(5, 900), "xl": SizeNorm(4, 7200)}
    rows = [make_row("a", 1, minutes=10), make_row("a", 2, minutes=5), make_row("b", minutes=20)]
    group = make_group(*rows, make_row("c", minutes=99, size="xl"), norms=norms)
    assert amounts.effort_tasks(group) == 2
    assert amounts.effort_work_seconds(group) == 35 * 60
    assert amounts.effort_expected_seconds(group) == 2 * 900


@pytest.mark.parametrize("name", ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"])
def test_tokens_add_up_over_the_attempts_that_know_them(name: str) -> None:
    total, known = getattr(amounts, name), getattr(amounts, f"{name}_known_attempts")
    group = make_group(make_row("a", **{name: 3}), make_row("b"), make_row("c", **{name: 0}))
    assert (total(group), known(group)) == (3, 2)
    assert (total(make_group(make_row())), known(make_group(make_row()))) == (None, 0)


def test_an_estimate_is_no_cost() -> None:
    group = make_group(make_row(estimated_cost_usd_micros=5))
    assert (amounts.cost_usd_micros(group), amounts.cost_known_attempts(group)) == (None, 0)
    assert amounts.cost_known_tasks_usd_micros(group) is None


def test_a_task_s_cost_is_known_where_that_of_all_its_attempts_is() -> None:
    group = make_group(
        make_row("a", 1, ending=Ending.FAILED, cost_usd_micros=100),
        make_row("a", 2, cost_usd_micros=200),
        make_row("b", 1, cost_usd_micros=50),
        make_row("b", 2),
        make_row("c", 1, ending=Ending.FAILED, cost_usd_micros=7),
    )
    assert (amounts.cost_usd_micros(group), amounts.cost_known_attempts(group)) == (357, 4)
    assert (amounts.cost_known_tasks(group), amounts.cost_known_successes(group)) == (2, 1)
    assert amounts.cost_known_tasks_usd_micros(group) == 307  # what failed is paid for, too


@pytest.mark.parametrize(
    ("figure", "unit", "estimated", "actual"),
    [
        ("cost", "usd_micros", "estimated_cost_usd_micros", "cost_usd_micros"),
        ("input", "tokens", "estimated_input_tokens", "input_tokens"),
        ("output", "tokens", "estimated_output_tokens", "output_tokens"),
    ],
)
def test_estimates_are_compared_where_both_are_known(
    figure: str, unit: str, estimated: str, actual: str
) -> None:
    compared = getattr(amounts, f"{figure}_compared_tasks")
    sums = [getattr(amounts, f"{figure}_compared_{side}_{unit}") for side in ("estimated", "actual")]
    both, free = make_row("a", **{estimated: 4, actual: 6}), make_row("b", **{estimated: 0, actual: 1})
    halves = [make_row("c", **{estimated: 100}), make_row("d", **{actual: 100})]
    assert compared(make_group(both, free, *halves)) == 2
    assert [each(make_group(both, free, *halves)) for each in sums] == [4, 7]
    assert [each(make_group(*halves)) for each in sums] == [None, None]


def test_the_time_of_attempts_is_compared_with_the_estimated_minutes() -> None:
    rows = [make_row("a", minutes=10, estimated_seconds=1200), make_row("b", minutes=3)]
    parts = [make_row("c", estimated_seconds=60, task_attempts=2)]
    group = make_group(*rows, *parts)
    assert amounts.time_compared_tasks(group) == 1
    assert amounts.time_compared_estimated_seconds(group) == 1200
    assert amounts.time_compared_actual_seconds(group) == 600
    assert amounts.time_compared_actual_seconds(make_group(*parts)) is None


def test_an_estimate_is_the_task_s_whose_attempts_all_lie_in_the_group() -> None:
    """The task was estimated at 150,000 and cost 50,000 and 123,400: 16 % more, not 42 % less."""
    first = make_row("a", 1, estimated_cost_usd_micros=150_000, cost_usd_micros=50_000, task_attempts=2)
    second = make_row("a", 2, cost_usd_micros=123_400, task_attempts=2)
    group = make_group(first, second)
    assert amounts.cost_compared_tasks(group) == 1
    assert amounts.cost_compared_estimated_usd_micros(group) == 150_000
    assert amounts.cost_compared_actual_usd_micros(group) == 173_400
    assert amounts.cost_compared_tasks(make_group(first)) == 0
