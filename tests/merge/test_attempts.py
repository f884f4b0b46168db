"""Which recorded attempts of three files are one and the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.merge.attempts import name_attempts, start_rank

ID = "0199c6f2-0000-7000-8000-00000000000A"


def tried(start: int = 0, **more: Any) -> dict[str, Any]:
    return {"started_at": f"2025-11-02T12:00:{start:02}Z", "executor": {"tool": "t"}, **more}


ATTEMPTS = st.lists(
    st.builds(
        lambda start, more: tried(start, **more),
        st.integers(0, 2),
        st.sampled_from([{}, {"id": ID}, {"id": ID.lower()}, {"notes": "a"}, {"notes": "b"}]),
    )
    | st.sampled_from(["odd", 5, {}]),
    max_size=3,
)


def groups(base: list[Any], ours: list[Any], theirs: list[Any]) -> list[list[int]]:
    """Each side's attempts as numbers: equal ones are taken for the same."""
    names = name_attempts(base, ours, theirs)
    known = list(dict.fromkeys(name for side in names for name in side))
    return [[known.index(name) for name in side] for side in names]


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ([tried()], [tried()], [tried()], [[0], [0], [0]]),
        # an id decides, in any case, whatever else has changed
        ([tried(id=ID)], [tried(1, id=ID.lower())], [tried(2, id=ID)], [[0], [0], [0]]),
        ([], [tried(id=ID)], [tried(id=ID.lower(), notes="x")], [[], [0], [0]]),
        # without one the content does, and equals are counted
        ([], [tried()], [tried()], [[], [0], [0]]),
        ([], [tried(), tried()], [tried()], [[], [0, 1], [0]]),
        ([], [tried(notes="a")], [tried(notes="b")], [[], [0], [1]]),
        # one that a side has amended is known by its start and tool
        ([tried()], [tried(notes="a")], [tried()], [[0], [0], [0]]),
        ([tried()], [tried(notes="a")], [tried(notes="b")], [[0], [0], [0]]),
        ([tried()], [tried(notes="a")], [tried(notes="a")], [[0], [0], [0]]),
        ([tried(1)], [tried(1, notes="a"), tried(2)], [tried(1)], [[0], [0, 1], [0]]),
        # but only where no other one could be meant
        ([tried()], [tried(notes="a"), tried(notes="b")], [tried()], [[0], [1, 2], [0]]),
        ([tried()], [tried(1)], [tried()], [[0], [1], [0]]),
        ([tried()], [tried(executor={"tool": "u"})], [tried()], [[0], [1], [0]]),
        ([tried()], [], [tried()], [[0], [], [0]]),
        (["odd"], ["odd"], [{"executor": "odd"}], [[0], [0], [1]]),
    ],
)
def test_attempts_are_recognised(base: list[Any], ours: list[Any], theirs: list[Any], expected: Any) -> None:
    assert groups(base, ours, theirs) == expected


@given(ATTEMPTS, ATTEMPTS, ATTEMPTS)
def test_no_two_attempts_of_one_side_are_taken_for_one(
    base: list[Any], ours: list[Any], theirs: list[Any]
) -> None:
    for names, side in zip(name_attempts(base, ours, theirs), (base, ours, theirs), strict=True):
        assert len({*names}) == len(names) == len(side)


@given(ATTEMPTS, ATTEMPTS, ATTEMPTS)
def test_it_is_the_same_from_either_side(base: list[Any], ours: list[Any], theirs: list[Any]) -> None:
    def pairs(left: Any, right: Any) -> set[tuple[int, int]]:
        return {(i, j) for i, one in enumerate(left) for j, other in enumerate(right) if one == other}

    _, mine, yours = name_attempts(base, ours, theirs)
    _, yours_first, mine_second = name_attempts(base, theirs, ours)
    assert pairs(mine, yours) == pairs(mine_second, yours_first)


def test_attempts_are_ordered_by_their_start_and_those_without_one_come_last() -> None:
    later_text = tried(started_at="2025-11-02T13:00:01+01:00")
    attempts = [{}, tried(2), "odd", later_text, {"started_at": "soon"}, tried(0)]
    assert sorted(attempts, key=start_rank)[:3] == [tried(0), later_text, tried(2)]
    assert start_rank(tried(1)) == start_rank({**tried(1)})
