"""Criteria counted in the usual form of a body are those that are found line by line."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.strategies import markdown_bodies, mutate
from taskfiles.text.criteria import count_criteria
from taskfiles.text.sections import find_checkboxes, split_lines

USUAL = (
    "# A\n\n- [ ] a\n\n## Acceptance Criteria\n\n- [ ] b\n  * [x] c\n1. [X] d\n\n### E\n\n+ [ ] e\n"
    "\n## Acceptance Criteria\n\n- [x] f\n"
)


def count_by_lines(body: str) -> tuple[int, int]:
    """Count as the definition does."""
    boxes = find_checkboxes(split_lines(body))
    return sum(box.checked for box in boxes), len(boxes)


def test_the_usual_form_is_counted() -> None:
    assert count_criteria(USUAL) == (2, 4) == count_by_lines(USUAL)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "- [x] a",
        "## Acceptance Criteria",
        "## Acceptance Criteria\n- [x] a",
        "## Acceptance Criteria\n- [x]\n- [ ]",
        "## acceptance criteria ##\n\n- [x] a\n",
        "## acceptance_criteria:\n- [x] a\n## Acceptance Criteria\n- [ ] b\n- [ ] c\n",
        "Acceptance Criteria\n---\n- [x] a\n",
        "## Acceptance Criteria\n- [x] a\nB\n===\n- [x] b\n",
        "## Acceptance Criteria\n- [x] a\n\n---\n\n- [x] b\n",
        "## Acceptance Criteria\n```\n- [x] a\n```\n- [x] b\n",
        "## Acceptance Criteria\n<!--\n- [x] a\n-->\n- [x] b\n",
        "## Acceptance Criteria\r\n- [x] a\r\n- [ ] b\r",
        "####### Acceptance Criteria\n- [x] a\n",
        "    ## Acceptance Criteria\n- [x] a\n",
        "##Acceptance Criteria\n- [x] a\n",
        "## Acceptance Criteria\n- [x] a\n#\n- [x] b\n",
        "## Acceptance Criteria\n- [x] a\n#b\n- [x] b\n",
        "## Acceptance Criteria\n\x0c- [x] a\n\u2028- [x] b\n-\u00a0[x] c\n- [x]\u00a0d\n- [x]e\n",
    ],
)
def test_odd_bodies_are_counted_alike(body: str) -> None:
    assert count_criteria(body) == count_by_lines(body)


@given(st.randoms(use_true_random=False))
def test_mutated_bodies_are_counted_alike(chance: random.Random) -> None:
    for _ in range(20):
        body = mutate(USUAL, chance)
        assert count_criteria(body) == count_by_lines(body), body


@given(markdown_bodies())
def test_any_bodies_are_counted_alike(made: tuple[str, str]) -> None:
    body = f"## Acceptance Criteria{made[1]}{made[1]}- [ ] first{made[1]}" + made[0]
    assert count_criteria(body) == count_by_lines(body)


@given(
    st.lists(
        st.sampled_from([*"\n\n\n# -=x\t[]", "- [x] ", "## Acceptance Criteria", "\n#", "\n---"]), max_size=14
    )
)
def test_short_bodies_are_counted_alike(parts: list[str]) -> None:
    body = "".join(parts)
    assert count_criteria(body) == count_by_lines(body)
