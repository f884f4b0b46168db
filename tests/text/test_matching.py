"""Equal lines of two texts: found as difflib finds them, and in bounded work where lines repeat."""

from __future__ import annotations

import difflib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.call_counts import count_calls
from support.effort import Effort
from taskfiles.text.diff import text_diff
from taskfiles.text.matching import match_lines

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "- [ ] d\n"]), max_size=12)


@given(LINES, LINES)
def test_texts_of_usual_size_are_compared_as_difflib_does(old: list[str], new: list[str]) -> None:
    assert match_lines(old, new).get_opcodes() == difflib.SequenceMatcher(None, old, new).get_opcodes()
    diff = text_diff("".join(old).encode(), "".join(new).encode(), "a/x", "b/x")
    assert diff == "".join(difflib.unified_diff(old, new, "a/x", "b/x"))


def repeated(lines: int, seed: int) -> list[str]:
    """Lines of some hundred kinds, in an order of chance."""
    chance = random.Random(seed)
    return [f"line {chance.randrange(120)}\n" for _ in range(lines)]


@pytest.mark.slow
def test_repeated_lines_take_linear_work(effort: Effort) -> None:
    calls, times = [], effort.pick(short=2, deep=4)
    for lines in (8_000, 8_000 * times):
        old, new = repeated(lines, 1), repeated(lines, 2)
        matcher = match_lines(old, new)
        calls.append(count_calls(matcher.get_matching_blocks))
        for start, to, size in matcher.get_matching_blocks():
            assert old[start : start + size] == new[to : to + size]
    assert calls[1] < 1.5 * times * calls[0]


def test_a_line_that_is_changed_among_repeated_ones_is_found() -> None:
    old = repeated(20_000, 1)
    new = [*old[:9_000], "new\n", *old[9_001:]]
    changed = [code for code in match_lines(old, new).get_opcodes() if code[0] != "equal"]
    assert sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in changed) < 500
