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
    find_cycles,
    find_descendants,
    find_issue,
    find_parents,
    find_roots,
    words,
)

NODES = "abcdef"
EDGES = st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=3, unique=True))
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


# Cycles and roots


@given(EDGES)
def test_cycles_are_closed_paths_each_given_once(edges: dict[str, list[str]]) -> None:
    cycles = list(find_cycles(edges))
    for cycle in cycles:
        assert cycle[0] == min(cycle)
        assert len({*cycle}) == len(cycle)
        assert all(after in edges[node] for node, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    assert len({tuple(cycle) for cycle in cycles}) == len(cycles)


@given(EDGES)
def test_every_knot_has_a_cycle(edges: dict[str, list[str]]) -> None:
    knotted = {node for node in edges if node in reach(edges, node)}
    named = {node for cycle in find_cycles(edges) for node in cycle}
    assert named <= knotted
    for node in knotted:
        assert named & {other for other in reach(edges, node) if node in reach(edges, other)}


@given(PARENTS)
def test_the_root_of_a_node_is_the_last_one_upwards(parents: dict[str, str]) -> None:
    above = {node: [parent] for node, parent in parents.items()}
    expected = {}
    for node in parents:
        ends = [other for other in reach(above, node) if other not in parents]
        if ends:  # none where the way up ends in a circle
            (expected[node],) = ends
    assert find_roots(parents) == expected


def test_long_chains_are_walked() -> None:
    chain = {f"n{i}": [f"n{i + 1}"] for i in range(5000)}
    assert list(find_cycles(chain)) == []
    (cycle,) = find_cycles(chain | {"n4999": ["n0"]})
    assert len(cycle) == 5000
    assert {*find_roots({node: others[0] for node, others in chain.items()}).values()} == {"n5000"}


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
