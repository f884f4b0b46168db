"""Comments that one side added stand above their key again, or are left out."""

from __future__ import annotations

import pytest

from taskfiles.merge.comments import keep_comments
from taskfiles.text.yaml import read_yaml


@pytest.mark.parametrize(
    ("text", "base", "theirs", "expected"),
    [
        ("a: 2\n", "a: 1\n", "a: 1\n", "a: 2\n"),
        ("a: 2\n", "a: 1\n", "# why\na: 1\n", "# why\na: 2\n"),
        ("a: 2\nb: 1\n", "a: 1\nb: 1\n", "a: 1\nb: 1 # why\n", "a: 2\n# why\nb: 1\n"),
        ("a: 2\nb: 1\n", "a: 1\nb: 1\n", "a: 1\nb: 1\n# last\n", "a: 2\nb: 1\n# last\n"),
        ("b: 1\n", "a: 1\nb: 1\n", "a: 1 # gone\nb: 1\n", "b: 1\n# gone\n"),  # its key is no more
        ("a: 2\n", "# why\na: 1\n", "# why\na: 1\n", "a: 2\n"),  # ours took it out
        ("# why\na: 2\n", "a: 1\n", "# why\na: 1\n", "# why\na: 2\n"),
        ("a: 2\nb: 1\n", "a: 1\nb: 1\n", "# x\na: 1\n# x\nb: 1\n", "# x\na: 2\nb: 1\n"),
        ("a: [1]\n", "a: [1]\n", "a: [ # why\n  1]\n", "# why\na: [1]\n"),
        ("a: 'x'\n", "a: 'x'\n", "a: '#x # y'\nb: &n c#d\nc: *n\n", "a: 'x'\n"),  # no comments at all
    ],
)
def test_a_comment_stands_with_its_key(text: str, base: str, theirs: str, expected: str) -> None:
    found = keep_comments(text, base, theirs)
    assert found == expected
    assert read_yaml(found).value == read_yaml(text).value


def test_lines_end_as_the_text_does() -> None:
    assert keep_comments("a: 2\r\n", "a: 1\r\n", "# why\r\na: 1\r\n", "\r\n") == "# why\r\na: 2\r\n"


@pytest.mark.parametrize("text", ["x: |\n  text", "x: |+\n  text\n\n", "{a: 1, b: 1}"])
def test_a_comment_that_would_become_part_of_a_value_is_left_out(text: str) -> None:
    kept = keep_comments(text, "a: 1\n", "a: 1\n# why\n")
    assert read_yaml(kept).value == read_yaml(text).value
