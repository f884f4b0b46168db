"""Values compared by type, and nodes found by the path to them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.strategies import VALUES, at, paths
from taskfiles.text.nodes import Node, same
from taskfiles.text.yaml import read_yaml
from taskfiles.text.yaml_print import print_block

TEXT = "a: 1\nb:\n  - x\n  - {c: 2}\nd:\n"


@pytest.fixture
def root() -> Node:
    return read_yaml(TEXT)


def source(node: Node | None) -> str | None:
    return None if node is None else TEXT[node.start : node.end]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("a",), "1"),
        (("b", 0), "x"),
        (("b", 1), "{c: 2}"),
        (("b", 1, "c"), "2"),
        (("d",), ""),
        ((), TEXT.rstrip("\n")),
        (("gone",), None),
        (("gone", "deeper"), None),
        (("b", 2), None),
        (("b", -1), None),
        (("b", "x"), None),
        (("a", "deeper"), None),
        ((0,), None),
    ],
)
def test_a_path_leads_to_its_value_or_nowhere(root: Node, path: Any, expected: str | None) -> None:
    assert source(root.find(path)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("a",), "a"),
        (("b", 1, "c"), "c"),
        (("b", 0), "x"),
        (("gone",), None),
        (("gone", "deeper"), None),
        ((), TEXT.rstrip("\n")),
    ],
)
def test_a_path_leads_to_its_key(root: Node, path: Any, expected: str | None) -> None:
    """Where it ends with an index, or at the root, there is no key, but the item or the root."""
    assert source(root.find_key(path)) == expected


def test_entries_are_values_by_key(root: Node) -> None:
    assert root.entries() == {"a": 1, "b": ["x", {"c": 2}], "d": None}
    assert source(root.get("b")) == "- x\n  - {c: 2}"
    assert root.get("c") is None


@given(st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1, max_size=3))
def test_every_path_of_a_value_leads_to_a_node_of_that_value(value: dict[str, Any]) -> None:
    written = read_yaml("".join(print_block(value, 0)[1:]))
    for path in paths(value):
        node = written.find(path)
        assert node is not None
        assert same(node.value, at(value, path))


# Comparison


@given(VALUES)
def test_a_value_is_the_same_as_itself(value: Any) -> None:
    assert same(value, value)
    assert same([value], [value])
    assert not same(value, [value])


@given(VALUES, VALUES)
def test_the_same_values_are_equal_whichever_comes_first(left: Any, right: Any) -> None:
    assert same(left, right) == same(right, left)
    if same(left, right):
        assert left == right


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 1.0, False),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        (None, "", False),
        ([], {}, False),
        ([1, 2], [1, 2], True),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": None}, {}, False),
        ({"a": [1]}, {"a": [True]}, False),
        (float("nan"), float("nan"), True),
        (float("nan"), 1.0, False),
        (0.0, -0.0, True),
    ],
)
def test_types_count_and_the_order_of_keys_does_not(left: Any, right: Any, expected: bool) -> None:
    assert same(left, right) is expected
