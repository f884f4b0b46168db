"""Figures that follow from counts alone: rates with their bounds, ratios, remarks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.stats import rates

RATES = {
    "success": ("successes", "tasks"),
    "first_attempt": ("first_attempt_successes", "first_attempts"),
    "acceptance": ("accepted", "reviewed"),
}
RATIOS = {
    "effort": ("effort_work_seconds", "effort_expected_seconds"),
    "cost_per_task_usd_micros": ("cost_known_tasks_usd_micros", "cost_known_tasks"),
    "cost_per_success_usd_micros": ("cost_known_tasks_usd_micros", "cost_known_successes"),
    "cost_actual_to_estimated": (
        "cost_compared_actual_usd_micros",
        "cost_compared_estimated_usd_micros",
    ),
    "input_actual_to_estimated": ("input_compared_actual_tokens", "input_compared_estimated_tokens"),
    "output_actual_to_estimated": ("output_compared_actual_tokens", "output_compared_estimated_tokens"),
    "time_actual_to_estimated": ("time_compared_actual_seconds", "time_compared_estimated_seconds"),
}
CASES = st.integers(1, 1000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def figures_of(name: str, good: int, cases: int) -> list[float | None]:
    """The lower bound, the rate and the upper bound of one of the rates."""
    counted = dict(zip(RATES[name], (good, cases), strict=True))
    return [getattr(rates, f"{name}_rate{end}")(counted) for end in ("_low", "", "_high")]


@pytest.mark.parametrize("name", RATES)
@given(case=CASES)
def test_a_rate_is_the_good_cases_over_all_and_lies_within_its_bounds(
    name: str, case: tuple[int, int]
) -> None:
    low, rate, high = figures_of(name, *case)
    assert rate == case[0] / case[1]
    assert low is not None
    assert high is not None
    assert 0 <= low <= rate <= high <= 1


@pytest.mark.parametrize("name", RATES)
def test_without_a_case_there_is_no_rate(name: str) -> None:
    assert figures_of(name, 0, 0) == [None, None, None]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("insufficient", "tasks"),
        ("first_attempt_insufficient", "first_attempts"),
        ("acceptance_insufficient", "reviewed"),
    ],
)
def test_fewer_than_5_cases_are_too_few(name: str, count: str) -> None:
    judged = [getattr(rates, name)({count: cases}) for cases in (0, 4, 5, 6)]
    assert judged == [True, True, False, False]


@pytest.mark.parametrize("name", RATIOS)
def test_a_ratio_needs_both_sides_and_something_to_divide_by(name: str) -> None:
    part, whole = RATIOS[name]

    def ratio(over: Any, under: Any) -> Any:
        return getattr(rates, name)({part: over, whole: under})

    assert (ratio(1100, 3), ratio(0, 4)) == (1100 / 3, 0)
    assert ratio(None, None) is ratio(None, 3) is ratio(5, None) is ratio(5, 0) is None


@pytest.mark.parametrize(("attempts", "measure"), [(19, "maximum"), (20, "percentile")])
def test_the_longest_durations_say_what_they_are(attempts: int, measure: str) -> None:
    assert rates.duration_p95_measure({"attempts": attempts}) == measure
