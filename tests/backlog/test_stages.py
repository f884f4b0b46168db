"""Stages and parallel choices, from needs alone: first come, first served, and no conflict inside."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.backlog.conflicts import ALONE, Needs
from taskfiles.backlog.stages import choose_parallel, stage_tasks

RESOURCES = ["deliverable:x", "deliverable:y", "isolation:shared", "touches:src", "touches:src/*.py"]


@st.composite
def needs(draw: st.DrawFn) -> list[Needs]:
    count = draw(st.integers(0, 8))
    some = st.lists(st.sampled_from(RESOURCES), max_size=2, unique=True)
    return [
        Needs(f"t{n}", tuple(sorted(draw(some))), draw(st.integers(0, 6)) == 0)
        for n in draw(st.permutations(range(count)))
    ]


def rival(one: Needs, other: Needs) -> bool:
    def kinds(each: Needs) -> set[str]:  # the two globs of RESOURCES overlap
        return {resource.removesuffix("/*.py") for resource in each.resources}

    return one.alone or other.alone or bool(kinds(one) & kinds(other))


@given(needs(), st.integers(0, 5))
def test_a_choice_takes_the_first_that_go_together(given: list[Needs], count: int) -> None:
    taken, skipped = choose_parallel(given, count)
    by_id = {each.id: each for each in given}
    expected: list[str] = []
    passed: list[str] = []
    for each in given:
        if len(expected) == count:
            break
        fits = not any(rival(each, by_id[other]) for other in expected)
        (expected if fits else passed).append(each.id)
    assert (taken, [each[0] for each in skipped]) == (expected, passed)
    assert all(other in taken and rival(by_id[each], by_id[other]) for each, _, other in skipped)


def test_who_is_passed_over_is_named_with_the_key() -> None:
    a, b = Needs("a", ("touches:src",), False), Needs("b", ("touches:src/*.py",), False)
    alone, shared = Needs("g", (), True), Needs("s", ("isolation:shared",), False)
    assert choose_parallel([a, b], 2) == (["a"], [("b", "touches:src|src/*.py", "a")])
    assert choose_parallel([a, alone], 2) == (["a"], [("g", ALONE, "a")])
    assert choose_parallel([alone, a], 2) == (["g"], [("a", ALONE, "g")])
    assert choose_parallel([shared, shared._replace(id="t")], 2) == (["s"], [("t", "isolation:shared", "s")])


@given(needs(), st.sampled_from([None, 1, 2]))
def test_without_dependencies_each_task_takes_the_first_stage_that_it_fits(
    given: list[Needs], most: int | None
) -> None:
    expected: list[list[Needs]] = []
    for each in given:
        fitting = (
            stage
            for stage in expected
            if len(stage) != most and not any(rival(each, other) for other in stage)
        )
        stage = next(fitting, None)
        if stage is None:
            expected.append([each])
        else:
            stage.append(each)
    staging = stage_tasks(given, {}, most)
    assert staging.stages == [sorted(each.id for each in stage) for stage in expected]


@pytest.mark.parametrize(
    ("dependencies", "stages", "waits"),
    [
        ({}, [["a", "b", "c"]], {}),
        ({"b": {"a"}}, [["a", "c"], ["b"]], {"b": ["depends_on:a"]}),
        (
            {"b": {"a"}, "c": {"a", "b"}},
            [["a"], ["b"], ["c"]],
            {"b": ["depends_on:a"], "c": ["depends_on:b"]},
        ),
    ],
)
def test_dependencies_stand_in_earlier_stages(
    dependencies: dict[str, Any], stages: list[list[str]], waits: dict[str, list[str]]
) -> None:
    given = [Needs(name, (), False) for name in "cba"]
    staging = stage_tasks(given, dependencies)
    assert (staging.stages, staging.waits) == (stages, waits)


def test_keys_stand_between_a_stage_and_all_later_ones() -> None:
    given = [
        Needs("a", ("deliverable:x",), False),
        Needs("g", (), True),
        Needs("b", ("deliverable:x",), False),
    ]
    staging = stage_tasks(given, {"b": {"g"}})
    assert staging.stages == [["a"], ["g"], ["b"]]
    assert staging.conflicts == [["deliverable:x", ALONE], ["depends_on:g", ALONE], []]
    assert staging.waits == {"g": [ALONE], "b": ["depends_on:g", ALONE]}


def test_a_full_stage_is_no_conflict() -> None:
    staging = stage_tasks([Needs(name, (), False) for name in "ab"], {}, 1)
    assert (staging.stages, staging.conflicts, staging.waits) == ([["a"], ["b"]], [[], []], {"b": []})
