"""Any YAML 1.2 text: what its scalars mean, where its nodes stand, and why it is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from taskfiles.text.nodes import MAX_DEPTH, YamlProblem, same
from taskfiles.text.yaml_any import read_any

# Meaning: YAML 1.2's core schema


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, None) for word in ("null", "Null", "NULL", "~", "")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[(word, word) for word in ("no", "on", "y", "tRUE", "nil", "<<", ".", "2025-11-02", "12:30", "0b1")],
        *[("017", 17), ("+5", 5), ("-5", -5), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000")],
        *[(".5", 0.5), ("5.", 5.0), ("-1.5e3", -1500.0), (".inf", math.inf), ("-.INF", -math.inf)],
        *[("'5'", "5"), ('"true"', "true"), ("|-\n  5", "5"), (">-\n  a\n  b", "a b")],
        *[
            ("!!str 5", "5"),
            ("!!int '5'", 5),
            ("!!float 5", 5.0),
            ("!!null x", None),
            ("!!bool 'true'", True),
        ],
        *[("!own 5", "5"), ("!!binary aGk=", "aGk="), ("!!int x", "x"), ("!!set {x}", {"x": None})],
        ("[12:30, http://a.b/c]", ["12:30", "http://a.b/c"]),  # what libyaml alone would refuse
    ],
)
def test_the_value_of_a_scalar(text: str, value: Any) -> None:
    assert same(read_any(f"key: {text}\n").value, {"key": value})


def test_not_a_number_is_one_value() -> None:
    assert same(read_any("key: .nan").value, {"key": math.nan})


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 3001])
def test_a_number_that_can_not_be_kept_stays_text(number: str) -> None:
    assert read_any(f"key: {number}").value == {"key": number}


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
def test_the_old_line_breaks_are_ordinary_characters(char: str) -> None:
    text = f"key: a{char}b\nother: 'c{char}d'\n"
    root = read_any(text)
    assert root.value == {"key": f"a{char}b", "other": f"c{char}d"}
    node = root.find(("other",))
    assert node is not None
    assert text[node.start : node.end] == f"'c{char}d'"


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
def test_an_empty_document_is_null(text: str) -> None:
    root = read_any(text)
    assert (root.kind, root.value) == ("scalar", None)


# Keys, merges and aliases


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<<: {a: 1, b: 1}\na: 2\n", {"a": 2, "b": 1}),
        ("<<: [{a: 1}, {a: 2, b: 3}]\n", {"a": 1, "b": 3}),
        ("'<<': {a: 1}\n", {"<<": {"a": 1}}),
        ("? [1, x]\n: 2\n", {'[1, "x"]': 2}),
        ("x: &x {a: [1]}\ny: *x\n", {"x": {"a": [1]}, "y": {"a": [1]}}),
    ],
)
def test_the_value_of_a_mapping(text: str, value: Any) -> None:
    assert same(read_any(text).value, value)


def test_an_alias_knows_that_it_is_one() -> None:
    alias = read_any("x: &x [1, 2]\ny: *x\n").find(("y",))
    assert alias is not None
    assert (alias.alias, alias.kind, alias.size, alias.depth) == (True, "sequence", 3, 1)


# Places


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("key: |\n  a\n\n\nafter: 1\n", "|\n  a"),
        ("key: |+ # note\n  a\n\nafter: 1\n", "|+ # note\n  a\n"),
        ("key: >-\r\n  a\r\nafter: 1\r\n", ">-\r\n  a"),
        ("key: |+\r\n  a\r\n\r\nafter: 1\r\n", "|+\r\n  a\r\n"),
        ("key: &x !own 'a' # note\n", "&x !own 'a'"),
        ("key: [a, {b: c}] # note\n", "[a, {b: c}]"),
        ("key:\n  - a\n  - b: c # note\n\nafter: 1\n", "- a\n  - b: c"),
    ],
)
def test_a_node_stands_where_its_text_does(text: str, source: str) -> None:
    node = read_any(text).find(("key",))
    assert node is not None
    assert text[node.start : node.end] == source


# Refusals: the mark ‸ stands where the problem is reported


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: b‸: c", "a second `: ` stands in this value"),
        ("a: ‸'x\nb: c\n", "the quote that opens here is never closed"),
        ("a: ‸[x\nb: c\n", "the bracket that opens here is not closed, or a comma is missing"),
        ("a: ‸{x: 1 y: 2}", "the bracket that opens here is not closed, or a comma is missing"),
        ("a: [x,\n‸", "a value is missing here, or a bracket before this is never closed"),
        ("a: [‸}\n", "a value is missing here, or a bracket before this is never closed"),
        ("a: [x, ‸, y]\n", "a value is missing here, or a bracket before this is never closed"),
        ("a: ‸@b", "a value begins here with a character that needs quotes"),
        ("a:\n  - b\n ‸c\n", "the indentation does not fit the lines above"),
        ("a: ‸*gone", "*gone names no anchor"),
        ("a: &x [‸*x]", "*x stands inside the value it names"),
        ("a: b‸\x07", "the control character 0x07 is not allowed"),
        ("a: b\n‸---\nc: d\n", "a second document begins here"),
        ("<<: ‸5", "<< takes a mapping or a list of mappings"),
        ("<<: ‸[{a: 1}, 5]", "<< takes a mapping or a list of mappings"),
    ],
)
def test_bad_syntax_is_refused_where_it_is(text: str, problem: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        read_any(text.replace("‸", ""))
    assert (caught.value.code, caught.value.params) == ("yaml-syntax", {"problem": problem})
    assert caught.value.index == text.index("‸")


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(YamlProblem) as caught:
        read_any("a: \ud800")
    assert (caught.value.code, caught.value.index) == ("yaml-syntax", 3)


@pytest.mark.parametrize(
    "text", ["a: 1\n‸a: 2\n", "a: 1\n‸'a': 2\n", "b: {a: 1, ‸a: 1}\n", "? {a: 1}\n: 1\n? ‸{a: 1}\n: 2\n"]
)
def test_a_key_stands_once(text: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        read_any(text.replace("‸", ""))
    assert (caught.value.code, caught.value.index) == ("duplicate-key", text.index("‸"))


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("[" * MAX_DEPTH + "‸[]" + "]" * MAX_DEPTH, "[" * MAX_DEPTH + "]" * MAX_DEPTH),
        (f"x: &x {'[' * 98}{']' * 98}\ny: [[‸*x]]\n", f"x: &x {'[' * 98}{']' * 98}\ny: [*x]\n"),
    ],
)
def test_depth_has_a_limit_and_aliases_count(text: str, within: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        read_any(text.replace("‸", ""))
    assert (caught.value.code, caught.value.index) == ("too-deep", text.index("‸"))
    assert caught.value.params == {"limit": MAX_DEPTH}
    assert read_any(within).depth == MAX_DEPTH


def test_what_aliases_stand_for_has_a_limit() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for name, inner in zip("bcdef", "abcde", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{inner}'] * 10)}]\n"
    with pytest.raises(YamlProblem) as caught:
        read_any(bomb)
    assert caught.value.code == "alias-expansion"
