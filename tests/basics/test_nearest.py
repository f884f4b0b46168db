"""The nearest known word."""

from __future__ import annotations

import pytest

from taskfiles.basics.nearest import find_nearest


@pytest.mark.parametrize(
    ("word", "near"),
    [("hihg", "high"), (" HIGH ", "high"), ("in progress", "in-progress"), ("human-reviev", "human_review")],
)
def test_a_slip_is_recognised(word: str, near: str) -> None:
    assert find_nearest(word, ["low", "high", "in-progress", "human_review"]) == near


@pytest.mark.parametrize("word", ["", "blue", "x" * 1000])
def test_what_is_like_none_has_none(word: str) -> None:
    assert find_nearest(word, ["low", "high"]) is None
    assert find_nearest(word, []) is None
