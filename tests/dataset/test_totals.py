"""The row of a task in a dataset tells what its attempts add up to, and engines may rely on it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.attempts import BARE, DONE, FAILED, task
from taskfiles.dataset.flatten import Flat, flatten_tasks
from taskfiles.dataset.rows import Row, list_rows
from taskfiles.dataset.totals import add_up
from taskfiles.stats.dimensions import OF_ATTEMPT

TOTALS = (
    "model", "tool", "provider", "planner", "error_type", "month", "uniform",
    "started_at", "ended_at", "elapsed_micros",
    "work_seconds", "cost_usd_micros", "first_success", "succeeded", "approved",
)  # fmt: skip
MOST = 2**63 - 1


def flatten(*attempts: dict[str, Any]) -> Flat:
    return flatten_tasks([task(*attempts)], "ada/app")


def total(*attempts: dict[str, Any]) -> Row:
    flat = flatten(*attempts)
    (row,) = list_rows(flat.tasks)
    assert {*flat.attempts["uniform"]} <= {row["uniform"]}
    return {name: row[name] for name in TOTALS}


def priced(cost: int, **told: Any) -> dict[str, Any]:
    return BARE | {"cost": {"actual_usd_micros": cost}} | told


def test_attempts_of_two_agents_are_added_up() -> None:
    assert total(FAILED, DONE) == {
        "model": None,
        "tool": None,
        "provider": None,
        "planner": None,
        "error_type": None,
        "month": "2025-11",
        "uniform": False,
        "started_at": "2025-11-02T15:03:00.000000Z",
        "ended_at": "2025-11-02T16:10:00.500000Z",
        "elapsed_micros": 4_020_500_000,
        "work_seconds": 720,
        "cost_usd_micros": None,
        "first_success": 2,
        "succeeded": True,
        "approved": None,
    }


def test_attempts_of_one_agent_have_its_name() -> None:
    reviewer = {"name": "Ada", "approved": False, "reviewed_at": "2025-11-03T10:00:00Z"}
    row = total(priced(3), priced(4, executor={"tool": "t"}, reviewer=reviewer))
    assert (row["tool"], row["model"], row["uniform"]) == ("t", None, True)
    assert (row["cost_usd_micros"], row["work_seconds"]) == (7, 240)
    assert (row["first_success"], row["succeeded"], row["approved"]) == (1, False, False)


def test_the_order_of_the_file_is_not_that_of_the_clock() -> None:
    early = BARE | {"started_at": "2025-11-01T10:00:00Z", "ended_at": "2025-11-02T20:00:00+01:00"}
    row = total(DONE, early)
    assert (row["started_at"], row["ended_at"]) == (
        "2025-11-01T10:00:00.000000Z",
        "2025-11-02T19:00:00.000000Z",
    )
    assert row["first_success"] == 1


@pytest.mark.parametrize(
    "other",
    [
        {"executor": {"tool": "t", "model": "m"}},
        {"executor": {"tool": "u"}},
        {"executor": {"tool": "t", "provider": "p"}},
        {"executor": {"tool": "t", "planner": {"tool": "p"}}},
        {"ended_at": "2025-12-01T00:00:00Z"},
    ],
)
def test_attempts_that_differ_in_a_dimension_are_not_uniform(other: dict[str, Any]) -> None:
    assert total(BARE, BARE)["uniform"] is True
    assert total(BARE, BARE | other)["uniform"] is False


@pytest.mark.parametrize(
    "attempts", [(), (priced(MOST), priced(1)), (BARE | {"duration_seconds": MOST}, BARE)]
)
def test_nothing_is_told_where_there_is_none_or_more_than_fits(attempts: tuple[dict[str, Any], ...]) -> None:
    assert total(*attempts) == dict.fromkeys(TOTALS)


def test_what_just_fits_is_told() -> None:
    row = total(priced(MOST - 1, duration_seconds=MOST - 120), priced(1))
    assert (row["cost_usd_micros"], row["work_seconds"]) == (MOST, MOST)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9), st.booleans()), min_size=1, max_size=5
    )
)
def test_sums_are_over_all_attempts_or_unknown(rows: list[tuple[int, int | None, bool]]) -> None:
    attempts = [
        {
            **dict.fromkeys(OF_ATTEMPT),
            "position": position,
            "duration_seconds": seconds,
            "cost_usd_micros": cost,
            "succeeded": succeeded,
            "approved": None,
            "started_at": f"2025-11-02T10:0{seconds}:00.000000Z",
            "ended_at": "2025-11-02T11:00:00.000000Z",
            "elapsed_micros": (60 - seconds) * 60_000_000,
        }
        for position, (seconds, cost, succeeded) in enumerate(rows, 1)
    ]
    columns = {name: [attempt[name] for attempt in attempts] for name in attempts[0]}
    row = {name: values[0] for name, values in add_up(columns, [slice(0, len(rows))]).items()}
    costs = [cost for _, cost, _ in rows if cost is not None]
    assert row["work_seconds"] == sum(seconds for seconds, _, _ in rows)
    assert row["cost_usd_micros"] == (sum(costs) if len(costs) == len(rows) else None)
    assert row["succeeded"] == rows[-1][2]
    earliest = min(seconds for seconds, _, _ in rows)
    assert row["elapsed_micros"] == (60 - earliest) * 60_000_000
