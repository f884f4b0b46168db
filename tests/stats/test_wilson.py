"""The arithmetic under all figures: intervals against published values, percentiles by their definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.stats.wilson import add_known, nearest_rank, wilson

NUMBERS = st.lists(st.integers(0, 50), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("successes", "cases", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(successes: int, cases: int, low: float, high: float) -> None:
    made = wilson(successes, cases)
    assert (made.low, made.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_the_ends_are_exact() -> None:
    assert wilson(0, 3).low == 0.0
    assert wilson(3, 3).high == 1.0
    assert wilson(0, 0) == (None, None, None)


@given(st.integers(1, 10**5), st.integers(2, 9))
def test_more_cases_make_the_interval_narrower(cases: int, times: int) -> None:
    few, many = wilson(cases, 2 * cases), wilson(times * cases, 2 * times * cases)
    assert few.low is not None
    assert many.low is not None
    assert many.low > few.low


@given(NUMBERS, st.integers(0, 100))
def test_a_percentile_is_the_least_value_that_so_many_percent_do_not_exceed(
    values: list[int], percent: int
) -> None:
    found = nearest_rank(values, percent)
    assert found in values
    assert 100 * sum(value <= found for value in values) >= percent * len(values)
    assert all(
        100 * sum(value <= less for value in values) < percent * len(values)
        for less in values
        if less < found
    )


def test_nothing_has_no_percentile_and_no_sum() -> None:
    assert nearest_rank([], 50) is None
    assert add_known([]) is None
    assert add_known([0, None]) == 0
