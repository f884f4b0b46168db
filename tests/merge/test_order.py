"""One order for two lists that have gone apart: nothing is lost, and each side's order stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.merge.order import Token, merge_order, number_equals

LISTS = st.lists(st.sampled_from("abcdef"), max_size=5)
RANKED = LISTS.map(sorted)


def merged(base: str, ours: str, theirs: str) -> str:
    return "".join(str(key) for key, _ in merge_order(*map(number_equals, (base, ours, theirs))))


def is_within(part: list[Token], whole: list[Token]) -> bool:
    rest = iter(whole)
    return all(token in rest for token in part)


@given(LISTS)
def test_equals_are_numbered_as_they_come(keys: list[str]) -> None:
    tokens = number_equals(keys)
    assert [key for key, _ in tokens] == keys
    assert len({*tokens}) == len(tokens)
    assert all((key, number - 1) in tokens[:place] for place, (key, number) in enumerate(tokens) if number)


@given(LISTS, LISTS, LISTS)
def test_all_that_stands_in_either_list_stands_in_the_result_once(
    base: list[str], ours: list[str], theirs: list[str]
) -> None:
    names = [number_equals(side) for side in (base, ours, theirs)]
    order = merge_order(*names)
    assert sorted(map(str, order)) == sorted(map(str, {*names[1], *names[2]}))


@given(LISTS, LISTS)
def test_a_list_that_only_one_side_changed_is_that_side_s(base: list[str], changed: list[str]) -> None:
    old, new = number_equals(base), number_equals(changed)
    gone = [token for token in old if token not in new]
    for order in (merge_order(old, old, new), merge_order(old, new, old)):
        assert [token for token in order if token not in gone] == new


@given(RANKED, RANKED, RANKED)
def test_the_order_within_each_side_stays_where_they_agree(
    base: list[str], ours: list[str], theirs: list[str]
) -> None:
    names = [number_equals(side) for side in (base, ours, theirs)]
    order = merge_order(*names)
    assert is_within(names[1], order)
    assert is_within(names[2], order)


@given(RANKED, RANKED, RANKED)
def test_by_rank_two_sorted_lists_give_a_sorted_one(
    base: list[str], ours: list[str], theirs: list[str]
) -> None:
    names = [number_equals(side) for side in (base, ours, theirs)]
    order = merge_order(*names, rank=lambda token: token)
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("", "ab", "cd", "abcd"),  # ours first between the same neighbours
        ("ab", "axb", "ayb", "axyb"),
        ("ab", "xab", "aby", "xaby"),
        ("abc", "cab", "abc", "cab"),  # who moved something leads
        ("abc", "abc", "cab", "cab"),
        ("abc", "cab", "bca", "cab"),  # ours where both did
        ("abc", "cab", "abxc", "cabx"),  # what was added goes with the neighbour before it
    ],
)
def test_where_items_go(base: str, ours: str, theirs: str, expected: str) -> None:
    assert merged(base, ours, theirs) == expected
