"""Own figures of attempts of one session: never counted twice, in whatever order and task they stand."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.task.sessions import Own, Place, apply_own, differs, find_own


def attempt(hour: int, tokens: int | None, session: str = "s", **more: Any) -> dict[str, Any]:
    totals = {} if tokens is None else {"session_totals": {"usage": {"input_tokens": tokens}}}
    return {
        "id": f"{hour}",
        "executor": {"tool": "codex"},
        "session_id": session,
        "started_at": f"2025-11-02T{hour:02}:00:00Z",
        **totals,
        **more,
    }


def own_of(*attempts: dict[str, Any]) -> list[Own | None]:
    places = [Place("a", number) for number, _ in enumerate(attempts)]
    found = find_own(zip(places, attempts, strict=True))
    return [found.get(place) for place in places]


def tokens_of(*attempts: dict[str, Any]) -> list[int | None]:
    return [None if own is None or not own.usage else own.usage["input_tokens"] for own in own_of(*attempts)]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_own_figures_add_up_to_the_session_s(parts: list[int], random: Any) -> None:
    """Whatever order they stand in, and in whatever tasks."""
    totals = list(itertools.accumulate(parts))
    attempts = [attempt(hour, total) for hour, total in enumerate(totals)]
    members = [(Place(random.choice("ab"), number), each) for number, each in enumerate(attempts)]
    random.shuffle(members)
    found = find_own(members)
    assert sum(own.usage["input_tokens"] for own in found.values() if own.usage) == totals[-1]


def test_each_session_and_tool_is_its_own() -> None:
    other = attempt(2, 90, executor={"tool": "claude-code"})
    assert tokens_of(attempt(1, 100), attempt(2, 130), attempt(3, 50, "t"), other) == [100, 30, 50, 90]


def test_the_same_recorded_twice_counts_once() -> None:
    assert tokens_of(attempt(1, 100), attempt(2, 100)) == [100, 0]


@pytest.mark.parametrize("hidden", [attempt(1, None), attempt(1, 200)])
def test_what_can_not_be_told_apart_stays_out(hidden: dict[str, Any]) -> None:
    """An earlier attempt without totals, or with greater ones."""
    (_, own) = own_of(hidden, attempt(2, 130))
    assert own is not None
    assert (own.usage, own.cost) == ({}, None)
    assert own.problem is not None


def test_after_an_attempt_with_totals_what_was_before_does_not_matter() -> None:
    assert tokens_of(attempt(1, None), attempt(2, 130), attempt(3, 150)) == [None, None, 20]


def test_figures_that_were_printed_beside_totals_are_not_computed() -> None:
    printed = attempt(2, 130)
    printed["session_totals"]["own_printed"] = True
    assert own_of(attempt(1, None), printed, attempt(3, 150)) == [None, None, Own({"input_tokens": 20}, None)]


def test_a_cost_of_the_session_is_apportioned_and_estimates_stay() -> None:
    cost = {"actual_usd_micros": 500, "estimated_usd_micros": 9, "source": "reported"}
    second = attempt(2, None, cost=cost, usage={"input_tokens": 7})
    second["session_totals"] = {"cost": {"actual_usd_micros": 500, "source": "reported"}}
    first = attempt(1, None)
    first["session_totals"] = {"cost": {"actual_usd_micros": 300, "source": "reported"}}
    (_, own) = own_of(first, second)
    assert own is not None
    assert differs(second, own)
    applied = apply_own(second, own)
    assert applied["cost"] == {"actual_usd_micros": 200, "estimated_usd_micros": 9, "source": "reported"}
    assert applied["usage"] == {"input_tokens": 7}  # its totals say nothing of these
    assert not differs(applied, own)
