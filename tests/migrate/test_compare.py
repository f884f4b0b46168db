"""The three-way comparison: what changed there comes, what changed here stays."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from taskfiles.migrate.compare import describe, merge

KEYS = st.sampled_from(["title", "state", "priority", "x_old_rank"])
SCALARS = st.text(min_size=1, max_size=3) | st.integers(0, 3) | st.booleans()
LISTS = st.lists(st.sampled_from("abcd"), unique=True, max_size=3)
VALUES = st.dictionaries(KEYS, SCALARS, max_size=4) | st.fixed_dictionaries({"labels": LISTS})
BODIES = st.binary(max_size=4)


def clean(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", [])}


@given(VALUES, BODIES, VALUES, BODIES)
def test_without_a_change_here_the_source_is_taken(
    old: dict[str, Any], body: bytes, new: dict[str, Any], new_body: bytes
) -> None:
    merged = merge(clean(old), body, clean(new), new_body, describe(old, body))
    assert clean(merged.values).keys() == clean(new).keys()
    assert {key: value for key, value in merged.values.items() if not isinstance(value, list)} == {
        key: value for key, value in clean(new).items() if not isinstance(value, list)
    }
    assert sorted(merged.values.get("labels", [])) == sorted(clean(new).get("labels", []))
    assert merged.body == new_body
    assert merged.base == describe(new, new_body)
    assert merged.conflicts == []


@given(VALUES, BODIES, VALUES, BODIES)
def test_without_a_change_there_what_is_here_stays(
    old: dict[str, Any], body: bytes, here: dict[str, Any], here_body: bytes
) -> None:
    merged = merge(here, here_body, old, body, describe(old, body))
    assert (merged.values, merged.body, merged.conflicts) == (here, here_body, [])


@given(VALUES, VALUES, VALUES, BODIES)
def test_a_second_comparison_changes_nothing(
    old: dict[str, Any], here: dict[str, Any], new: dict[str, Any], body: bytes
) -> None:
    first = merge(here, b"mine", new, b"theirs", describe(old, body))
    second = merge(first.values, first.body, new, b"theirs", first.base)
    assert second == first


def test_lists_are_merged_by_their_items() -> None:
    base = describe({"labels": ["a", "b"]}, b"")
    merged = merge({"labels": ["b", "mine", "a"]}, b"", {"labels": ["b", "c"]}, b"", base)
    assert merged.values == {"labels": ["b", "mine", "c"]}
