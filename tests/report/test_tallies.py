"""Counts that only the report has, from a handful of attempts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from support.attempt_rows import make_group, make_row
from taskfiles.report.material import BINS, BOUNDS
from taskfiles.report.tallies import attempts_to_success, duration_counts, gate_counts
from taskfiles.stats.rows import Ending


@given(st.lists(st.integers(0, 10**6) | st.sampled_from(BOUNDS)))
def test_each_attempt_is_in_the_bin_that_begins_at_or_below_its_duration(durations: list[int]) -> None:
    group = make_group(*(make_row(str(n), duration_seconds=each) for n, each in enumerate(durations)))
    counts = duration_counts(group)
    assert len(counts) == BINS
    assert sum(counts) == len(durations)
    for place, (low, high) in enumerate(zip((0, *BOUNDS), (*BOUNDS, 10**9), strict=True)):
        assert counts[place] == sum(low <= each < high for each in durations)


def test_tasks_are_counted_by_the_attempt_that_first_succeeded() -> None:
    rows = [make_row("a"), make_row("b", 1, ending=Ending.FAILED), make_row("b", 2), make_row("c")]
    late = [make_row("d", 2)]  # it began elsewhere
    never = [make_row("e", ending=Ending.FAILED)]
    assert attempts_to_success(make_group(*rows, *late, *never)) == {1: 2, 2: 1}


def test_gates_are_counted_by_name_over_the_attempts_that_know_of_any() -> None:
    rows = [
        make_row("a", gates={"lint": True, "build": False}),
        make_row("b", gates={"lint": False}),
        make_row("c", gates={}),
        make_row("d"),
    ]
    counts = gate_counts(rows)
    assert counts == {"build": (1, 0), "lint": (2, 1)}
    assert list(counts) == ["build", "lint"]
    assert gate_counts([]) == {}
