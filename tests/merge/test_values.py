"""A three-way merge of frontmatter values: what one side changed holds, and a real conflict is one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.strategies import VALUES, merge_patches, patched
from taskfiles.merge.values import merge_frontmatter
from taskfiles.text.nodes import same

MAPPINGS = st.dictionaries(st.sampled_from(["a", "b", "labels", "updated_at"]), VALUES, max_size=4)
TRIPLES = MAPPINGS.flatmap(
    lambda base: st.tuples(
        st.just(base), *[merge_patches(base).map(lambda patch: patched(base, patch)) for _ in range(2)]
    )
)


# Laws


@given(MAPPINGS, MAPPINGS)
def test_an_unchanged_side_gives_the_other(base: dict[str, Any], changed: dict[str, Any]) -> None:
    for sides in ((base, changed), (changed, base), (changed, changed)):
        ours, theirs, conflicts = merge_frontmatter(base, *sides)
        assert same(ours, changed)
        assert same(theirs, changed)
        assert conflicts == []


@given(TRIPLES)
def test_both_results_are_equal_but_for_conflicts(triple: tuple[Any, Any, Any]) -> None:
    ours, theirs, conflicts = merge_frontmatter(*triple)
    assert same(ours, theirs) is (conflicts == [])
    assert len({*conflicts}) == len(conflicts)


@given(TRIPLES)
def test_from_the_other_side_the_results_change_places(triple: tuple[Any, Any, Any]) -> None:
    base, left, right = triple
    ours, theirs, conflicts = merge_frontmatter(base, left, right)
    mine, yours, swapped = merge_frontmatter(base, right, left)
    assert {*swapped} == {*conflicts}
    plain = [key for key in {*ours, *theirs} if not isinstance(ours.get(key), list | dict)]
    assert all(same(ours.get(key), yours.get(key)) and same(theirs.get(key), mine.get(key)) for key in plain)


# Rules


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "settled"),
    [
        (1, 2, 3, None),
        (1, 2, None, None),
        (1, 2, 1, 2),
        (None, {"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ("x", {"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 1}, {"a": 1}, {"a": 1, "b": 1, "c": 1}, {"a": 1, "c": 1}),
        ([1], [1, 2], [1, 3], [1, 2, 3]),
        ([1, 2], [1], [1, 2, 3], [1, 3]),
        (["a", "c"], ["a", "c", "d"], ["a", "b", "c"], ["a", "b", "c", "d"]),
        ("x", [1], [2], [1, 2]),
        ([1], [1, 2], 5, None),
    ],
)
def test_values_of_any_key(base: Any, ours: Any, theirs: Any, settled: Any) -> None:
    mine, yours, conflicts = merge_frontmatter({"x": base}, {"x": ours}, {"x": theirs})
    if settled is None:
        assert (mine, yours, conflicts) == ({"x": ours}, {"x": theirs}, [("x",)])
    else:
        assert (mine, yours, conflicts) == ({"x": settled}, {"x": settled}, [])


NOTHING: list[dict[str, Any]] = [{}, {"x": None}]


@pytest.mark.parametrize("gone", NOTHING)
@pytest.mark.parametrize(
    ("base", "kept", "left"),
    [([1], [1, 2], [2]), ([1, 2], [2, 3], [3]), ([1, 2], [1], None), ([1], [], None), ([], [1], [1])],
)
def test_a_list_that_was_removed_reads_as_empty(
    gone: dict[str, Any], base: list[int], kept: list[int], left: list[int] | None
) -> None:
    expected = gone if left is None else {"x": left}
    for sides in ((gone, {"x": kept}), ({"x": kept}, gone)):
        ours, theirs, conflicts = merge_frontmatter({"x": base}, *sides)
        assert (ours, theirs, conflicts) == (expected, expected, [])


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_a_list_removed_and_one_emptied_leave_the_same(base: list[int], kept: list[int]) -> None:
    removed, _, conflicts = merge_frontmatter({"x": base}, {}, {"x": kept})
    emptied, _, _ = merge_frontmatter({"x": base}, {"x": []}, {"x": kept})
    assert conflicts == []
    assert removed.get("x", []) == emptied["x"]


def test_a_key_that_is_gone_here_and_changed_there_is_a_conflict() -> None:
    assert merge_frontmatter({"x": 1, "y": 1}, {"y": 1}, {"x": 2}) == ({}, {"x": 2}, [("x",)])
    assert merge_frontmatter({"x": {"a": 1}}, {"x": {}}, {"x": {"a": 2}}) == (
        {"x": {}},
        {"x": {"a": 2}},
        [("x", "a")],
    )


EARLY, LATE = "2025-11-02T13:00:00+01:00", "2025-11-02T12:30:00Z"


@pytest.mark.parametrize(
    ("key", "ours", "theirs", "settled"),
    [
        ("updated_at", EARLY, LATE, LATE),
        ("last_activity_at", LATE, EARLY, LATE),
        ("completed_at", EARLY, LATE, LATE),
        ("updated_at", EARLY, None, EARLY),
        ("completed_at", EARLY, None, None),
        ("updated_at", EARLY, "soon", None),
        ("updated_at", EARLY, 5, None),
        ("created_at", EARLY, LATE, None),
    ],
)
def test_of_two_notes_of_the_last_change_the_later_holds(
    key: str, ours: Any, theirs: Any, settled: Any
) -> None:
    mine, yours, conflicts = merge_frontmatter({key: "2025-11-01T00:00:00Z"}, {key: ours}, {key: theirs})
    if settled is None:
        assert (mine, yours, conflicts) == ({key: ours}, {key: theirs}, [(key,)])
    else:
        assert (mine, yours, conflicts) == ({key: settled}, {key: settled}, [])


# Attempts


def tried(second: int, **more: Any) -> dict[str, Any]:
    return {"started_at": f"2025-11-02T12:00:{second:02}Z", "executor": {"tool": "t"}, **more}


def attempts(*given: Any) -> dict[str, Any]:
    return {"execution": {"attempts": list(given)}}


@pytest.mark.parametrize(
    "nothing", [{}, {"execution": None}, {"execution": {}}, {"execution": {"attempts": None}}, attempts()]
)
def test_no_attempt_is_ever_dropped(nothing: dict[str, Any]) -> None:
    whole = attempts(tried(1))
    for sides in ((nothing, whole), (whole, nothing)):
        ours, theirs, conflicts = merge_frontmatter(whole, *sides)
        assert (ours, theirs, conflicts) == (whole, whole, [])


RECORDED = st.lists(
    st.sampled_from([tried(1), tried(2), tried(1, id="a"), tried(1, notes="x"), tried(1, notes="y")])
)


@given(RECORDED, RECORDED, RECORDED)
def test_of_attempts_that_look_alike_none_is_dropped_either(
    base: list[Any], ours: list[Any], theirs: list[Any]
) -> None:
    merged, _, _ = merge_frontmatter(attempts(*base), attempts(*ours), attempts(*theirs))
    execution: Any = merged["execution"]
    assert len(execution["attempts"]) >= max(len(ours), len(theirs))


def test_attempts_of_both_sides_stand_in_order_and_shared_ones_merge_by_field() -> None:
    base = attempts(tried(1, id="a", notes="x"))
    ours = attempts(tried(1, id="a", notes="y"), tried(9, id="c"))
    theirs = attempts(tried(1, id="a", notes="x", turns=4), tried(5, id="b"))
    merged, _, conflicts = merge_frontmatter(base, ours, theirs)
    assert merged == attempts(tried(1, id="a", notes="y", turns=4), tried(5, id="b"), tried(9, id="c"))
    assert conflicts == []


def test_a_field_that_both_sides_amended_is_the_conflict() -> None:
    sides = [attempts(tried(1, id="a", notes=note)) for note in "xyz"]
    ours, theirs, conflicts = merge_frontmatter(*sides)
    assert (ours, theirs) == (sides[1], sides[2])
    assert conflicts == [("execution", "attempts", 0, "notes")]
