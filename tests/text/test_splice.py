"""Edits of YAML text, by example: the lines that change, and the places where an edit is refused."""

from __future__ import annotations

from typing import Any

import pytest

from taskfiles.text.nodes import Path
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.splice import edit_yaml
from taskfiles.text.yaml import read_yaml


def order(path: Path) -> tuple[str, ...]:
    return ("id", "title", "state", "labels") if path == () else ()


def edit(text: str, wanted: dict[str, Any]) -> str:
    return edit_yaml(text, wanted, order, "\r\n" if "\r\n" in text else "\n")


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        # a value keeps its quotes and its comment
        ("id: a # note\n", {"id": "b"}, "id: b # note\n"),
        ("id: 'a'\n", {"id": "it's"}, "id: 'it''s'\n"),
        ('id: "a"\n', {"id": "b"}, 'id: "b"\n'),
        ("id: a\n", {"id": "no"}, 'id: "no"\n'),
        ("id: !!str a\n", {"id": "b"}, "id: b\n"),
        ("id:  # note\n", {"id": "b"}, "id: b  # note\n"),
        # texts of several lines
        ("id: a\n", {"id": "b\nc\n"}, "id: |\n  b\n  c\n"),
        ("id: 'a'\n", {"id": "b\nc\n"}, 'id: "b\\nc\\n"\n'),
        ("id: | # note\n  a\n  b\ntitle: c\n", {"id": "d\ne\n", "title": "c"}, None),
        ("id: |\n  a\n  b\ntitle: c\n", {"id": "d", "title": "c"}, "id: d\ntitle: c\n"),
        # a collection in place of a scalar, and the reverse
        ("id: a # note\ntitle: b\n", {"id": {"x": 1}, "title": "b"}, "id: # note\n  x: 1\ntitle: b\n"),
        ("id: # note\n  x: 1\ntitle: b\n", {"id": "a", "title": "b"}, "id: a # note\ntitle: b\n"),
        ("id: {}\n", {"id": {"x": 1}}, "id:\n  x: 1\n"),
        ("id:\n  x: 1\n", {"id": {}}, "id: {}\n"),
        # new keys: a canonical one at its place, an unknown one at the end, with the file's line ends
        ("id: a\nstate: c\n", {"id": "a", "state": "c", "title": "b"}, "id: a\ntitle: b\nstate: c\n"),
        ("title: b\n", {"title": "b", "id": "a"}, "id: a\ntitle: b\n"),
        ("x: 1\n", {"x": 1, "id": "a"}, "x: 1\nid: a\n"),
        ("x: 1\ntitle: b\n", {"x": 1, "title": "b", "id": "a"}, "x: 1\nid: a\ntitle: b\n"),
        ("id: a\r\nx: 1", {"id": "a", "x": 1, "z": [2]}, "id: a\r\nx: 1\r\nz:\r\n  - 2\r\n"),
        ("x:\n- 1\n", {"x": [1], "z": [2]}, "x:\n- 1\nz:\n- 2\n"),
        ("x: {y: 1}\n", {"x": {"y": 1, "z": 2}}, "x: {y: 1, z: 2}\n"),
        ("? id\n: a\n", {"id": "a", "title": "b"}, "? id\n: a\ntitle: b\n"),
        # items of lists
        ("x: [1, 2] # note\n", {"x": [1, 3, 2]}, "x: [1, 3, 2] # note\n"),
        ("x: [1, 2]\n", {"x": [0, 1, 2]}, "x: [0, 1, 2]\n"),
        ("x: []\n", {"x": [1]}, "x: [1]\n"),
        ("x: [1, 2]\n", {"x": [1]}, "x: [1]\n"),
        ("x: [1, 2]\n", {"x": [2]}, "x: [2]\n"),
        ("x: [\n  1, # one\n  2, # two\n]\n", {"x": [1]}, "x: [\n  1, # one\n  # two\n]\n"),
        ("x: [\n  # one\n  1,\n  # two\n  2\n]\n", {"x": [1]}, "x: [\n  # one\n  1\n  # two\n]\n"),
        ("x:\n  -   z: 1\n", {"x": [{"z": 1}, {"z": 2}]}, "x:\n  -   z: 1\n  -   z: 2\n"),
        ("x:\n  - 1\n  - 2\n", {"x": [[1], 2]}, "x:\n  -\n    - 1\n  - 2\n"),
        ("x:\n- - 1\n  - 2\n", {"x": [[2]]}, "x:\n- - 2\n"),
        ("x:\n- - 2\n", {"x": [[1, 2]]}, "x:\n- - 1\n  - 2\n"),
        ("x:\n- y: 1\n  z: 2\n", {"x": [{"z": 2}]}, "x:\n- z: 2\n"),
        # flow mappings, with and without braces of their own
        ("{id: a, x: 1}\n", {"id": "a"}, "{id: a}\n"),
        ("x: {y, z: 2}\n", {"x": {"y": 1, "z": 2}}, "x: {y: 1, z: 2}\n"),
        ("x: [y: 1, z]\n", {"x": [{"y": 2}, "z"]}, "x: [y: 2, z]\n"),
    ],
)
def test_only_what_must_change_does(before: str, wanted: dict[str, Any], after: str | None) -> None:
    new = edit(before, wanted)
    assert read_yaml(new).value == wanted
    assert after is None or new == after


@pytest.mark.parametrize(
    ("text", "wanted", "path", "problem"),
    [
        ("x: &a 1\ny: *a\n", {"x": 2, "y": 1}, ("x",), "its value carries the anchor &a"),
        ("x: &a 1\ny: *a\n", {"x": 1, "y": 2}, ("y",), "its value is an alias (*name)"),
        (
            "x: &a [1, 2]\ny: *a\n",
            {"x": [1], "y": [1, 2]},
            ("x", 1),
            "the value around it carries the anchor &a",
        ),
        (
            "x: &a {z: 1}\ny: *a\n",
            {"x": {"z": 1}, "y": {"z": 2}},
            ("y", "z"),
            "it is reached through an alias",
        ),
        (
            "x: &a {z: 1}\ny:\n  <<: *a\n  w: 1\n",
            {"x": {"z": 1}, "y": {"w": 1}},
            ("y", "z"),
            "it comes from a merge key (<<)",
        ),
        ("x: !own a\n", {"x": "b"}, ("x",), "its value carries the tag !own"),
        ("? x\n: 1\ny: 2\n", {"x": 2, "y": 2}, ("x",), "its key is written in the explicit form (`? key`)"),
        ("{? x : 1, y: 2}\n", {"y": 2}, ("x",), "its key is written in the explicit form (`? key`)"),
        (
            "x:\n- - 1\n  # why\n  - 2\n",
            {"x": [[2]]},
            ("x", 0, 0),
            "a comment stands between it and the next item",
        ),
        (
            "x: [y: 1, z]\n",
            {"x": [{"y": 1, "w": 2}, "z"]},
            ("x", 0, "w"),
            "it stands in a pair without braces",
        ),
        ("- 1\n", {"x": 1}, (), "it stands in no mapping of the frontmatter"),
        ("", {"x": 1}, (), "it stands in no mapping of the frontmatter"),
    ],
)
def test_an_edit_that_would_touch_what_surrounds_it_is_refused(
    text: str, wanted: dict[str, Any], path: Path, problem: str
) -> None:
    with pytest.raises(UnsafeEdit) as caught:
        edit(text, wanted)
    assert (caught.value.path, caught.value.problem) == (path, problem)


def test_a_merged_value_is_overridden_by_a_key_of_its_own() -> None:
    text = "x: &a {z: 1}\ny:\n  <<: *a\n  w: 1\n"
    new = edit(text, {"x": {"z": 1}, "y": {"z": 2, "w": 1}})
    assert new == text + "  z: 2\n"
