"""Figures that follow from attempts, and how one attempt is compared, merged and completed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from taskfiles.task.attempts import (
    complete_times,
    derive,
    derive_spans,
    first_difference,
    measure_spans,
    merge_attempt,
)
from taskfiles.text.nodes import same

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)
SPANS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 20)).map(
        lambda pair: (NOON + timedelta(seconds=pair[0]), NOON + timedelta(seconds=sum(pair)))
    ),
    min_size=1,
    max_size=6,
)
FIELDS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.sampled_from([1, 2.5, "x", True, [1]]), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner | st.sampled_from([1, "x"]), max_size=3),
    max_leaves=5,
)


# Figures


@given(SPANS)
def test_active_time_is_the_time_in_which_an_attempt_ran(spans: list[tuple[datetime, datetime]]) -> None:
    wall, active = measure_spans(spans)
    running = {
        second
        for start, end in spans
        for second in range(int((start - NOON).total_seconds()), int((end - NOON).total_seconds()))
    }
    assert active == timedelta(seconds=len(running))
    assert wall == max(end for _, end in spans) - min(start for start, _ in spans)
    assert measure_spans(spans[::-1]) == (wall, active)


@given(SPANS)
def test_idle_time_is_what_is_left_of_the_wall_clock(spans: list[tuple[datetime, datetime]]) -> None:
    derived = derive_spans([(start, end, int((end - start).total_seconds())) for start, end in spans])
    assert derived.attempts == derived.retry_count + 1 == len(spans)
    assert derived.idle_seconds == derived.wall_clock_seconds - derived.active_seconds >= 0
    if derived.total_execution_seconds == derived.active_seconds:  # no two overlap
        assert derived.idle_seconds == derived.wall_clock_seconds - derived.total_execution_seconds


def test_figures_of_a_task_are_whole_where_its_instants_are() -> None:
    """The total counts what the attempts say they took; the rest goes by their instants."""
    given = [
        ("2025-11-02T12:00:00Z", "2025-11-02T12:02:00Z", 119),
        ("2025-11-02T13:03:00+01:00", "2025-11-02T12:04:30Z", 90),
    ]
    attempts = [
        {
            "started_at": start,
            "ended_at": end,
            "duration_seconds": seconds,
            "status": "failed",
            "executor": {"tool": "t"},
        }
        for start, end, seconds in given
    ]
    execution = make_task("fix", execution={"attempts": attempts}).execution
    assert execution is not None
    derived = derive(execution.attempts)
    assert derived == (2, 1, 209, 270, 210, 60)
    assert all(isinstance(figure, int) for figure in derived)


def test_a_fraction_of_a_second_stays() -> None:
    derived = derive_spans([(NOON, NOON + timedelta(milliseconds=1500), 1)])
    assert (derived.wall_clock_seconds, derived.active_seconds, derived.idle_seconds) == (1.5, 1.5, 0)


# Comparing and merging


@pytest.mark.parametrize(
    ("recorded", "given", "field"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, None),
        ({"a": 1}, {"a": 1, "b": 2}, "b"),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, "a.b.c"),
        ({"a": {"b": 1}}, {"a": {}}, None),
        ({"a": {"b": 1}}, {"a": 1}, "a"),
        ({"a": 1}, {"a": 1.0}, None),
        ({"a": 1}, {"a": True}, "a"),
        ({"a": "1"}, {"a": 1}, "a"),
        ({"a": [1, 2]}, {"a": [2, 1]}, "a"),
        ({"id": "ABC"}, {"id": "abc"}, None),
        ({"notes": "ABC"}, {"notes": "abc"}, "notes"),
        ({"ended_at": "2025-11-02T12:00:00Z"}, {"ended_at": "2025-11-02T13:00:00.000+01:00"}, None),
        ({"ended_at": "2025-11-02T12:00:00Z"}, {"ended_at": "2025-11-02T12:00:01Z"}, "ended_at"),
        ({"ended_at": "soon"}, {"ended_at": "later"}, "ended_at"),
        (
            {"reviewer": {"reviewed_at": "2025-11-02T12:00:00Z"}},
            {"reviewer": {"reviewed_at": "2025-11-02 12:00:00Z"}},
            None,
        ),
        ({"notes": "2025-11-02T12:00:00Z"}, {"notes": "2025-11-02 12:00:00Z"}, "notes"),
    ],
)
def test_the_first_field_that_differs_in_meaning(recorded: Any, given: Any, field: str | None) -> None:
    assert first_difference(recorded, given) == field


@given(FIELDS, FIELDS)
def test_what_is_merged_in_is_there_and_the_rest_stays(recorded: Any, given: Any) -> None:
    merged = merge_attempt(recorded, given)
    assert first_difference(merged, given) is None
    assert all(same(merged[key], recorded[key]) for key in recorded.keys() - given.keys())
    assert same(merge_attempt(merged, given), merged)


def test_a_value_that_is_equal_stays_as_it_is_written() -> None:
    recorded = {"ended_at": "2025-11-02 13:00:00+01:00", "usage": {"input_tokens": 5, "x": 1}}
    given = {"ended_at": "2025-11-02T12:00:00Z", "usage": {"input_tokens": 6}}
    assert merge_attempt(recorded, given) == recorded | {"usage": {"input_tokens": 6, "x": 1}}


# Completing

NOW = "2025-11-02T12:00:00.000Z"


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        ({}, {"ended_at": NOW}),
        ({"duration_seconds": 90}, {"ended_at": NOW, "started_at": "2025-11-02T11:58:30.000Z"}),
        ({"started_at": "2025-11-02T11:59:59.100Z"}, {"ended_at": NOW, "duration_seconds": 0}),
        ({"started_at": "2025-11-02T12:00:30+01:00"}, {"ended_at": NOW, "duration_seconds": 3570}),
        ({"started_at": "2025-11-02T13:00:00Z"}, {"ended_at": NOW, "duration_seconds": 0}),
        (
            {"ended_at": "2025-11-02T10:00:00Z", "duration_seconds": 0},
            {"started_at": "2025-11-02T10:00:00.000Z"},
        ),
        (
            {"started_at": "2025-11-02T11:00:00Z", "duration_seconds": 1},
            {"ended_at": "2025-11-02T11:00:01.000Z"},
        ),
        ({"started_at": "soon", "duration_seconds": 1}, {"ended_at": NOW}),
        # what is wrong is left for validation to name
        ({"ended_at": "soon", "duration_seconds": 1}, {}),
        ({"started_at": "soon"}, {"ended_at": NOW}),
        ({"duration_seconds": -1}, {"ended_at": NOW}),
        ({"duration_seconds": True}, {"ended_at": NOW}),
        ({"duration_seconds": "90"}, {"ended_at": NOW}),
        ({"duration_seconds": 10**15}, {"ended_at": NOW}),
        ({"started_at": "2025-11-02T11:00:00Z", "duration_seconds": None}, {"ended_at": NOW}),
    ],
)
def test_missing_times_follow_from_those_given(given: dict[str, Any], filled: dict[str, Any]) -> None:
    assert complete_times(given, NOW) == given | filled
