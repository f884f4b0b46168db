"""Figures as people read them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.stats.texts import dollars_text, duration_text, percent_text

SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@pytest.mark.parametrize(("rate", "text"), [(0, "0.0"), (1, "100.0"), (2 / 3, "66.7"), (0.0004, "0.0")])
def test_a_rate_has_one_digit_after_the_point(rate: float, text: str) -> None:
    assert percent_text(rate) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.9, "0s"), (60, "1m"), (61, "1m 1s"), (3_605, "1h"), (86_399, "23h 59m"), (90_061, "1d 1h")],
)
def test_a_duration_is_in_its_two_largest_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@given(st.integers(0, 10**9))
def test_a_duration_is_cut_by_less_than_its_smallest_unit(seconds: int) -> None:
    text = duration_text(seconds)
    parts = re.findall(r"(\d+)([dhms])", text)
    shown = sum(int(number) * SECONDS[unit] for number, unit in parts)
    units = list(SECONDS)
    smallest = SECONDS[units[min(units.index(parts[0][1]) + 1, 3)]]
    assert 0 <= seconds - shown < smallest


@pytest.mark.parametrize(
    ("micros", "text"), [(0, "0.00"), (4_999, "0.00"), (5_000, "0.01"), (999_999, "1.00"), (70_000, "0.07")]
)
def test_dollars_are_rounded_to_cents(micros: int, text: str) -> None:
    assert dollars_text(micros) == text
