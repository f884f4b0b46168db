"""Values as people type them: text as it stands, unless it is plainly something else."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from taskfiles.text.nodes import YamlProblem, same
from taskfiles.text.typed import read_typed, read_value
from taskfiles.text.yaml_print import print_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("true", True), ("false", False), ("null", None), ('"null"', "null")],
        *[("5", 5), ("-5", -5), ("0", 0), ("1.5", 1.5), ("-0.25", -0.25), ("1e+300", 1e300)],
        *[("[a, 1, no]", ["a", 1, "no"]), ("{a: [true, null]}", {"a": [True, None]}), ("[]", []), ("{}", {})],
        *[("[1.10, 007, 2026-12-01]", ["1.10", "007", "2026-12-01"]), ("[\"5\", 'a']", ["5", "a"])],
        *[('{"a": 1}', {"a": 1}), ("[[1], {b: 1e3}]", [[1], {"b": "1e3"}]), ("[a,\n b]", ["a", "b"])],
    ],
)
def test_what_is_plainly_a_value_is_one(text: str, value: Any) -> None:
    assert same(read_typed(text), value)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "a",
            "fix #12 in the parser",
            "# all",
            "a: b",
            "key: [a]",
            "- a",
            "*a",
            "&a b",
            "!t a",
            "@a",
        ),
        *("True", "NULL", "~", "yes", "no", '"true"', "'a'", '"a"', "`x`", "%a", "| a", "> b"),
        *(
            "1.10",
            "1e3",
            "007",
            "0x1f",
            "0o17",
            "+5",
            "1_000",
            "-0",
            "5.",
            ".5",
            "12:30",
            "2026-12-01",
            "1.0e3",
        ),
        *("9" * 5000, "[WIP] fix it", "[a", "{a: b", "[a] # why", "{a: b} c", "[a]\n---\n", "{x}}", "[*a]"),
        *("[" * 3000, "[ ] a box", "5 # five", "null and void", "-", "...", "---"),
    ],
)
def test_all_else_is_text_as_it_was_typed(text: str) -> None:
    assert same(read_typed(text), text)


@given(st.text() | st.text("[]{},:#\"'019.eE+- ant\n", max_size=12) | st.from_regex(r"-?[0-9.e+]{1,9}"))
@example("1.10")
def test_a_value_keeps_what_was_typed(text: str) -> None:
    """Text is the whole text; a word or number is written in the same characters."""
    value = read_typed(text)
    if isinstance(value, str):
        assert text in {value, '"null"'}
    elif not isinstance(value, (list, dict)):
        assert print_scalar(value) == text


# Filters compare with what YAML makes of a text, too


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", "a"),
        ("[a, 1, no]", ["a", 1, "no"]),
        ("{a: 1}", {"a": 1}),
        ("", None),
        ("'5'", "5"),
        ("a # b", "a"),
        (".inf", math.inf),
    ],
)
def test_a_value_is_read_as_yaml(text: str, value: Any) -> None:
    assert same(read_value(text), value)


@pytest.mark.parametrize("text", ["[a", "a: b: c", "a\n...", "a\n---\nb"])
def test_what_is_no_yaml_value_is_refused(text: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        read_value(text)
    assert caught.value.code == "yaml-syntax"
