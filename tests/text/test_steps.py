"""The few steps from one value to another, and what changed in the words of people and events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.strategies import VALUES
from taskfiles.text.nodes import field_name, same
from taskfiles.text.steps import Step, content_key, find_steps, list_changes


@pytest.mark.parametrize(
    ("old", "new", "steps"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": True}, [Step("set", ("a",), True)]),
        ({"a": 1, "b": 2}, {"b": 2}, [Step("remove", ("a",))]),
        ({"a": 1}, {"a": 1, "b": {"c": 2}}, [Step("insert", ("b",), {"c": 2})]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3, "c": 2}}, [Step("set", ("a", "b"), 3)]),
        ({"a": {"b": 1}}, {"a": {"c": 1}}, [Step("set", ("a",), {"c": 1})]),
        ({"a": [1, 2, 3]}, {"a": [1, 3]}, [Step("remove", ("a", 1))]),
        ({"a": [1, 3]}, {"a": [1, 2, 3]}, [Step("extend", ("a", 1), [2])]),
        ({"a": [1]}, {"a": [1, 2, 3]}, [Step("extend", ("a", 1), [2, 3])]),
        ({"a": []}, {"a": [1]}, [Step("extend", ("a", 0), [1])]),
        ({"a": []}, {"a": [{"b": 1}]}, [Step("set", ("a",), [{"b": 1}])]),
        ({"a": [1]}, {"a": []}, [Step("set", ("a",), [])]),
        ({"a": [{"b": 1}, 2]}, {"a": [{"b": 3}, 2]}, [Step("set", ("a", 0, "b"), 3)]),
        (
            {"a": [1, 2, 3, 4]},
            {"a": [0, 2, 4, 5]},
            [Step("extend", ("a", 4), [5]), Step("remove", ("a", 2)), Step("set", ("a", 0), 0)],
        ),
    ],
)
def test_steps_are_few_and_go_from_the_end_of_a_list(old: Any, new: Any, steps: list[Step]) -> None:
    assert list(find_steps(old, new)) == steps


DISTINCT = [
    None,
    False,
    True,
    0,
    1,
    1.0,
    "",
    "1",
    "null",
    [],
    [1],
    [[1]],
    [1, 2],
    [2, 1],
    {},
    {"a": 1},
    {"a": "1"},
]


def test_equal_values_and_only_those_have_equal_texts() -> None:
    assert len({content_key(value) for value in DISTINCT}) == len(DISTINCT)
    assert content_key({"a": 1, "b": [{"c": 2, "d": 3}]}) == content_key({"b": [{"d": 3, "c": 2}], "a": 1})


# What changed


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 1.0}, [("a", 1, 1.0)]),
        ({"a": 1}, {"b": 2}, [("a", 1, None), ("b", None, 2)]),
        ({"a": ["x"]}, {"a": ["x", "y"]}, [("a", ["x"], ["x", "y"])]),
        ({}, {"a": {"b": 1}}, [("a", None, {"b": 1})]),
        ({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, [("a.b", 1, 2), ("a.c", None, 3)]),
        (
            {"a": [{"b": 1}]},
            {"a": [{"b": 2}, {"b": 3}]},
            [("a[0].b", 1, 2), ("a[1]", None, {"b": 3})],
        ),
        ({"a": [{"b": 1}]}, {"a": []}, [("a[0]", {"b": 1}, None)]),
    ],
)
def test_what_changed_has_a_field_and_both_values(old: Any, new: Any, changes: list[Any]) -> None:
    assert list_changes(old, new) == [
        {"field": field, "from": before, "to": after} for field, before, after in changes
    ]


@given(st.dictionaries(st.sampled_from("abc"), VALUES), st.dictionaries(st.sampled_from("abc"), VALUES))
def test_a_change_backwards_has_the_same_fields(old: Any, new: Any) -> None:
    there, back = list_changes(old, new), list_changes(new, old)
    assert {each["field"] for each in there} == {each["field"] for each in back}
    assert all(not same(each["from"], each["to"]) for each in there)


def test_a_field_is_a_dotted_path_with_indices() -> None:
    assert field_name(("links", 0, "number")) == "links[0].number"
    assert field_name(("a", 1, 2)) == "a[1][2]"
    assert field_name(()) == ""
