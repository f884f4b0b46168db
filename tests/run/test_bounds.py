"""What ends a loop or a plan: a number of tasks, what was spent, a cost that nobody knows."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from taskfiles.run.bounds import Bounds


def costing(micros: int | None, **more: Any) -> dict[str, Any]:
    return ({} if micros is None else {"cost": {"actual_usd_micros": micros}}) | more


def test_without_bounds_nothing_ends() -> None:
    bounds = Bounds()
    assert [bounds.begin(), bounds.add("a", costing(None)), bounds.add("a", costing(10**12))] == ["", "", ""]
    assert bounds.find_end() == ""


def test_a_task_that_was_refused_is_not_counted() -> None:
    bounds = Bounds(tasks=1)
    assert bounds.begin() == ""
    bounds.discount()
    assert bounds.begin() == ""
    assert bounds.begin() == "no more than 1 task may be run"


def test_what_never_began_has_cost_nothing() -> None:
    bounds = Bounds(cost_usd_micros=5)
    assert bounds.add("a", costing(None, outcome="blocked", error_type="precondition")) == ""
    assert bounds.add("a", costing(None, outcome="blocked", error_type="permission")) != ""


@given(st.lists(st.integers(0, 10**6)), st.integers(1, 10**6))
def test_the_cost_ends_it_as_soon_as_it_is_reached(costs: list[int], most: int) -> None:
    bounds = Bounds(cost_usd_micros=most)
    for number, cost in enumerate(costs, 1):
        assert bool(bounds.add("a", costing(cost))) == (sum(costs[:number]) >= most)
