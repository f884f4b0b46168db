"""Prose, code and comments of a text: all of it, in order, whatever it says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.text.prose import split_prose

SIGNS = st.sampled_from(
    [
        "`",
        "``",
        "```",
        "~~~",
        "<!--",
        "-->",
        "<!-- a -->",
        "\n",
        "\n\n",
        "\r\n",
        "    ",
        "- ",
        "> ",
        "# ",
        "\\",
        "a",
        " ",
    ]
)


def show(text: str) -> list[tuple[str, str]]:
    return [(piece.sort, text[piece.start : piece.end]) for piece in split_prose(text)]


def list_code(text: str) -> list[str]:
    return [part for sort, part in show(text) if sort == "code"]


@given(st.lists(SIGNS, max_size=25).map("".join))
def test_the_parts_are_the_whole_text(text: str) -> None:
    found = list(split_prose(text))
    assert "".join(text[piece.start : piece.end] for piece in found) == text
    assert all(piece.start < piece.end for piece in found)
    assert all(not (a.sort == b.sort == "prose") for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a `b` c", ["`b`"]),
        ("a ``b ` c`` d", ["``b ` c``"]),
        ("a `b c", []),
        ("`a\nb`", ["`a\nb`"]),
        ("`a\n\nb`", []),
        ("- `a\n- b`", []),
        (r"\`a` b", []),
        ("```\na\n", ["```\na\n"]),
        ("~~~\n```\n~~~\nb\n", ["~~~\n```\n~~~\n"]),
        ("> ```\n> a\n> ```\nb", ["> ```\n> a\n> ```\n"]),
        ("- ```sh\n  a\n  ```\n- b", ["- ```sh\n  a\n  ```\n"]),
        ("1. x\n\n    ```\n    a\n    ```\nb", ["    ```\n    a\n    ```\n"]),
        ("a\n\n    b\n", ["    b\n"]),
        ("a\n    b\n", []),
        ("- a\n\n    b\n", []),
        ("- a\n\nb\n\n    c\n", ["    c\n"]),
        ("# a\n    b\n", ["    b\n"]),
        ("```js a`b\n", []),
        ("<!-- `a` -->", []),
        ("`<!-- a -->`", ["`<!-- a -->`"]),
    ],
)
def test_code_is_what_a_page_shows_as_code(text: str, code: list[str]) -> None:
    assert list_code(text) == code


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("a <!-- b\n\n``` c --> `d`", ["<!-- b\n\n``` c -->"]),
        ("<!-- a\nb", ["<!-- a\nb"]),
        ("a <!-- b", []),
        ("<!-- a <!-- b --> c -->", ["<!-- a <!-- b -->"]),
        (r"\<!-- a -->", []),
    ],
)
def test_a_comment_ends_where_a_page_ends_it(text: str, comments: list[str]) -> None:
    assert [part for sort, part in show(text) if sort == "comment"] == comments


@pytest.mark.parametrize(
    "sign", ["`", "<!--", "<!-- ", "x <!--", "> ", "- ", "\\", "<!-->", "a\n", "`a\n", "```\n"]
)
def test_a_long_text_of_one_sign_takes_no_longer_than_it_is_long(sign: str) -> None:
    text = sign * 20_000
    assert sum(piece.end - piece.start for piece in split_prose(text)) == len(text)
