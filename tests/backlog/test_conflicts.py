"""What a task needs for itself, and by which keys two tasks conflict."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import GLOBS, ISOLATIONS, conflict, make_task
from taskfiles.backlog.conflicts import ALONE, Needs, conflict_key, find_rivals, read_needs

NEEDS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "touches": st.lists(st.sampled_from(GLOBS), max_size=3),
        "deliverables": st.lists(st.sampled_from(["report", "site"]), max_size=2),
        "isolation": st.sampled_from(ISOLATIONS),
    }
)


@pytest.mark.parametrize(
    ("keys", "resources", "alone"),
    [
        ({}, (), False),
        ({"touches": ["src", "docs", "src"]}, ("touches:docs", "touches:src"), False),
        ({"deliverables": ["site"], "touches": ["b"]}, ("deliverable:site", "touches:b"), False),
        ({"isolation": "shared"}, ("isolation:shared",), False),
        ({"isolation": "isolated"}, (), False),
        ({"isolation": "global", "touches": ["b"]}, ("touches:b",), True),
        ({"touches": "b", "deliverables": [5], "isolation": ["global"]}, (), False),
    ],
)
def test_needs_are_read_from_three_keys(
    keys: dict[str, Any], resources: tuple[str, ...], alone: bool
) -> None:
    assert read_needs(make_task("a", **keys)) == Needs("a", resources, alone)


@given(NEEDS, NEEDS)
def test_two_tasks_conflict_by_the_keys_of_the_contract(left: dict[str, Any], right: dict[str, Any]) -> None:
    tasks = [make_task("a", **left), make_task("b", **right)]
    one, other = map(read_needs, tasks)
    rivals = find_rivals([one, other])
    keys = {
        conflict_key(mine, theirs)
        for mine in one.resources
        for theirs in rivals[mine]
        if theirs in other.resources
    }
    keys |= {ALONE} if one.alone or other.alone else set()
    assert sorted(keys) == conflict(*tasks)


@given(st.lists(NEEDS, max_size=4))
def test_rivals_are_mutual_and_each_is_its_own(given: list[dict[str, Any]]) -> None:
    needs = [read_needs(make_task(f"t{n}", **keys)) for n, keys in enumerate(given)]
    rivals = find_rivals(needs)
    assert rivals.keys() == {resource for each in needs for resource in each.resources}
    for resource, others in rivals.items():
        assert resource in others
        for other in others:
            assert resource in rivals[other]
            assert conflict_key(resource, other) == conflict_key(other, resource)
