"""Where things stand in YAML text, and which places are refused."""

from __future__ import annotations

import pytest

from taskfiles.text.nodes import Node, Path
from taskfiles.text.positions import Positions, UnsafeEdit
from taskfiles.text.yaml import read_yaml


def collection(text: str, path: Path) -> Node:
    node = read_yaml(text).find(path)
    assert node is not None
    return node


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_begin_and_end_around_any_line_end(newline: str) -> None:
    text = f"ab{newline}cd{newline}"
    places = Positions(text)
    second = text.index("d")
    assert text[places.line_start(second) : places.line_end(second)] == "cd"
    assert places.column(second) == 1
    assert places.next_line(0) == places.line_start(second)
    assert places.next_line(second) == places.line_end(len(text)) == len(text)


def test_a_key_stands_at_its_number() -> None:
    root = read_yaml("a: 1\nb: 2\n")
    assert [Positions.index_of(root, key) for key in "abc"] == [0, 1, None]


@pytest.mark.parametrize("rest", ["", "  ", " # note", "\t#", "\r"])
def test_blanks_and_a_comment_may_follow_a_value(rest: str) -> None:
    Positions(f"a: 1{rest}\n").check_rest(4)


def test_other_values_may_not_follow_a_value() -> None:
    places = Positions("{a: 1, b: 2}\n")
    places.path = ("a",)
    with pytest.raises(UnsafeEdit, match="other values follow") as caught:
        places.check_rest(5)
    assert (caught.value.path, caught.value.problem) == (("a",), "other values follow on the same line")


@pytest.mark.parametrize(
    ("text", "indent", "rest"),
    [
        ("a: 1\nb: 2\n", 0, "b: 2\n"),
        ("a: 1 # one\nb: 2\n", 0, "b: 2\n"),
        ("a: 1\n  # in a\nb: 2\n", 0, "b: 2\n"),
        ("a: 1\n\n  # in a\n  # too\n\nb: 2\n", 0, "\nb: 2\n"),
        ("a: 1\n# of b\nb: 2\n", 0, "# of b\nb: 2\n"),
        ("a: 1\n  # of b\nb: 2\n", 2, "  # of b\nb: 2\n"),
        ("a: 1", 0, ""),
    ],
)
def test_comments_that_are_indented_into_a_value_come_before_what_follows(
    text: str, indent: int, rest: str
) -> None:
    assert text[Positions(text).after(4, indent) :] == rest


@pytest.mark.parametrize(
    "text",
    [
        "key:\n- a\n- b\n",
        "key:\n  - a\n  # - no\n  - b\n",
        "key:\n  -\n    a\n  -\n    b\n",
        "key:\n  - &x a\n\n  -  b\n",
        "key:\n  - - a\n  - - b\n",
        "key: &x\n  - a\n  - b\n",
    ],
)
def test_each_item_has_its_dash(text: str) -> None:
    node = collection(text, ("key",))
    dashes = [Positions(text).dash(node, index) for index in (0, 1)]
    column = Positions(text).column(text.index("-"))
    assert [Positions(text).column(dash) for dash in dashes] == [column, column]
    assert text[dashes[0]] == text[dashes[1]] == "-"
    assert [Positions(text).lead(node, index) for index in (0, 1)] == [dash + 1 for dash in dashes]
    assert dashes[0] < text.index("a") < dashes[1] < text.index("b", dashes[1])


@pytest.mark.parametrize(
    ("text", "lead"),
    [("a: 1\n", "a:"), ("a : 1\n", "a :"), ('"a": 1\n', '"a":'), ("a:\n  b: 1\n", "a:"), ("a:\n", "a:")],
)
def test_a_key_ends_with_its_colon(text: str, lead: str) -> None:
    assert text[: Positions(text).lead(read_yaml(text), 0)] == lead


def test_a_key_of_the_explicit_form_has_a_mark_and_no_lead() -> None:
    text = "b:\n  ? a\n  : 1\n"
    key, value = collection(text, ("b",)).children[0]
    places = Positions(text)
    assert places.question_mark(key) == places.entry_start(key) == text.index("?")
    assert places.entry_end(key, value) == text.index("1") + 1
    with pytest.raises(UnsafeEdit, match="explicit form"):
        places.lead(collection(text, ("b",)), 0)


def test_an_explicit_key_without_a_value_ends_where_it_stands() -> None:
    text = "? a\nb: 1\n"
    key, value = read_yaml(text).children[0]
    assert Positions(text).entry_end(key, value) == len("? a")
    usual, one = read_yaml(text).children[1]
    assert Positions(text).entry_start(usual) == text.index("b")
    assert Positions(text).entry_end(usual, one) == text.index("1") + 1
