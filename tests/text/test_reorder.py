"""Entries put into canonical order, by example: what moves with a key, and what can't be moved."""

from __future__ import annotations

import pytest

from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.reorder import reorder_yaml

ORDER = ["id", "title", "state"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id: a\ntitle: b\nx: 1\n", "id: a\ntitle: b\nx: 1\n"),
        ("title: b\nid: a\n", "id: a\ntitle: b\n"),
        ("z: 1\nstate: c\ny: 2\nid: a\n", "id: a\nstate: c\nz: 1\ny: 2\n"),
        ("title: # b\n  - 1\n\n  - 2\nid: a\n", "id: a\ntitle: # b\n  - 1\n\n  - 2\n"),
        ("? title\n: b\nid: a\n", "id: a\n? title\n: b\n"),
        ("title: b\r\nid: a", "id: a\r\ntitle: b\r\n"),
        # comments: directly above a key with it, indented ones with the entry above, others on top or below
        ("title: b\n# of id\nid: a # too\n", "# of id\nid: a # too\ntitle: b\n"),
        ("title: b\n  # in title\nid: a\n", "id: a\ntitle: b\n  # in title\n"),
        ("# top\n\n# of title\ntitle: b\nid: a\n# last\n", "# top\n\nid: a\n# of title\ntitle: b\n# last\n"),
        ("title: b\n\n# of id\nid: a\n", "\n# of id\nid: a\ntitle: b\n"),
        ("title: b\nid: a\n  # in id\n# last\n", "id: a\n  # in id\ntitle: b\n# last\n"),
    ],
)
def test_entries_move_with_what_belongs_to_them(text: str, expected: str) -> None:
    newline = "\r\n" if "\r\n" in text else "\n"
    assert reorder_yaml(text, ORDER, newline) == expected
    assert reorder_yaml(expected, ORDER, newline) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{title: b, id: a}\n", "the frontmatter is written on one line, in braces"),
        ("title: &x b\nid: *x\n", "an anchor would come after its alias"),
        ("x: 1\n\nstate: c\ntitle: |+\n  b\n", "a comment would become part of a value"),
    ],
)
def test_what_can_not_be_moved_on_its_own_is_refused(text: str, problem: str) -> None:
    with pytest.raises(UnsafeEdit) as caught:
        reorder_yaml(text, ORDER)
    assert (caught.value.path, caught.value.problem) == ((), problem)
