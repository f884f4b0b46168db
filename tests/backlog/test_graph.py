"""Parents, children, dependencies and cycles: what the keys of several tasks say together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from taskfiles import Task
from taskfiles.backlog.graph import (
    dependency_edges,
    find_children,
    find_descendants,
    find_issue,
    find_nearest,
    find_parents,
    find_roots,
    words,
)

NODES = "abcdef"
PARENTS = st.dictionaries(st.sampled_from(NODES), st.sampled_from(NODES))


def reach(edges: dict[str, list[str]], start: str) -> set[str]:
    """All that can be reached from a node by one step or more."""
    found: set[str] = set()
    pending = list(edges.get(start, ()))
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending += edges.get(node, ())
    return found


# Roots and marked ancestors


@given(PARENTS)
def test_the_root_of_a_node_is_the_last_one_upwards(parents: dict[str, str]) -> None:
    above = {node: [parent] for node, parent in parents.items()}
    expected = {}
    for node in parents:
        ends = [other for other in reach(above, node) if other not in parents]
        if ends:  # none where the way up ends in a circle
            (expected[node],) = ends
    assert find_roots(parents) == expected


@given(PARENTS, st.sets(st.sampled_from(NODES)))
def test_the_nearest_marked_ancestor_is_the_first_one_upwards(
    parents: dict[str, str], marked: set[str]
) -> None:
    above = {node: [parent] for node, parent in parents.items()}
    expected = {}
    for node, parent in parents.items():
        way = [parent]
        while way[-1] in parents and len(way) < len(NODES) + 1:
            way.append(parents[way[-1]])
        circular = any(other in reach(above, other) for other in [node, *way])
        if not circular and (found := [other for other in way if other in marked]):
            expected[node] = found[0]
    assert find_nearest(parents, marked) == expected


def test_long_chains_are_walked() -> None:
    chain = {f"n{i}": [f"n{i + 1}"] for i in range(5000)}
    parents = {node: others[0] for node, others in chain.items()}
    assert {*find_roots(parents).values()} == {"n5000"}
    assert {*find_nearest(parents, {"n5000"}).values()} == {"n5000"}


# What tasks say


@pytest.mark.parametrize("value", [None, "b", 5, {"b": 1}, [], [5, None, ["b"]]])
def test_only_texts_of_a_list_count(value: Any) -> None:
    assert words(make_task("a", children=value), "children") == []
    assert words(make_task("a", children=["b", 5, "c"]), "children") == ["b", "c"]
    assert words(make_task("a"), "children") == []


HIERARCHY = [
    make_task("epic", children=["late", "story", "gone"]),
    make_task("story", parent="elsewhere"),
    make_task("early", parent="epic"),
    make_task("late"),
    make_task("other", children=["late"]),
    make_task("below", parent="story"),
    make_task("alone"),
]


def test_the_list_of_children_decides_and_the_first_list_wins() -> None:
    assert find_parents(HIERARCHY) == {
        "late": "epic",
        "story": "epic",
        "gone": "epic",
        "early": "epic",
        "below": "story",
    }


def test_children_come_as_listed_then_by_id() -> None:
    assert find_children(HIERARCHY) == {"epic": ["late", "story", "early"], "story": ["below"]}
    assert find_descendants(HIERARCHY, "epic") == ["late", "story", "below", "early"]
    assert find_descendants(HIERARCHY, "alone") == []


@given(st.permutations(HIERARCHY[:4] + HIERARCHY[5:]))
def test_the_order_of_the_files_says_nothing_where_no_two_claim_a_child(tasks: list[Task]) -> None:
    assert find_children(tasks) == find_children(HIERARCHY)


def test_a_circle_below_a_task_is_walked_once() -> None:
    tasks = [
        make_task("a", children=["b"]),
        make_task("b", children=["c", "a"]),
        make_task("c", children=["b"]),
    ]
    assert find_descendants(tasks, "a") == ["b", "c"]


def test_blocks_of_others_are_dependencies_too() -> None:
    tasks = [make_task("a", depends_on=["b", "gone"]), make_task("b"), make_task("c", blocks=["a", "new"])]
    assert dependency_edges(tasks) == {"a": ["b", "gone", "c"], "b": [], "c": [], "new": ["c"]}


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], None),
        ("none", None),
        ([{"type": "github_issue", "number": 7}], 7),
        ([{"type": "github_issue", "number": 7}] * 2, 7),
        ([{"type": "github_issue", "number": 7}, {"type": "github_issue", "number": 8}], None),
        ([{"type": "github_issue", "number": 7}, {"type": "github_issue", "repo": "a/b", "number": 7}], None),
        ([{"type": "linear", "key": "A-1", "number": 7}, {"type": "github_issue", "number": "7"}, "x"], None),
    ],
)
def test_the_one_issue_that_tasks_link_to(links: Any, expected: int | None) -> None:
    assert find_issue([make_task("a", links=links), make_task("b")]) == expected
