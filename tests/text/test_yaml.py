"""Reading YAML and writing its values: the form that is chosen for each, by example."""

from __future__ import annotations

import math
import re
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.effort import some
from support.slow_path import slow_path
from taskfiles.basics.instants import INSTANT_NAMES
from taskfiles.text.nodes import Value, YamlProblem, same
from taskfiles.text.splice import edit_yaml
from taskfiles.text.yaml import read_yaml
from taskfiles.text.yaml_print import (
    is_literal,
    print_block,
    print_item,
    print_literal,
    print_scalar,
)


@pytest.mark.parametrize("text", ["a: 1\nb: [x, y]\n", "a: &x {b: 1}\nc: *x\n", "a: 'b\n  c'\n", "- a\n", ""])
def test_either_reader_gives_the_same(text: str) -> None:
    """The choice between them is one of speed."""
    quick = read_yaml(text)
    with slow_path():
        slow = read_yaml(text)
    assert same(quick.value, slow.value)
    assert (quick.start, quick.end) == (slow.start, slow.end)


FILLERS = {
    "comments": "# a comment: of no meaning\n" * 12_000,
    "plain words": "x_fill:\n" + "  - word\n" * 34_000,
    "one long text": f"x_fill: {'word ' * 60_000}end\n",
}
ODD = [
    "x: [2025-11-02T15:06:00Z]\n",
    "x: [12:30, http://a.b/c]\n",
    "x:\n-\ta\n",
    'x: "\\ud83d\\ude00"\n',
    'x: "\\ud83d"\n',
    "x: {a:b}\n",
    ": x\n",
    "x: [a?b]\n",
    "x: a\u2028b\n",
    "? x\n",
    "? [x]\n",
    "x: @b\n",
    "x: [a\n",
    "\tx: a\n",
    "x: &a [b]\ny: *a\n",
    "x: a # b\n",
    "x: a b\n",
]


@pytest.mark.parametrize(("text", "filler"), some([pytest.param(*pair) for pair in product(ODD, FILLERS)], 8))
def test_what_is_read_does_not_depend_on_the_size(text: str, filler: str) -> None:
    """Above 256 KiB a second parser was left out, and what it alone reads was refused."""
    long = text + FILLERS[filler]
    assert len(long) > 256 * 1024
    assert same(meaning(long), meaning(text))


def meaning(text: str) -> Value:
    """The values that are read, without the filler; the code of the finding where there are none."""
    try:
        return {**read_yaml(text).entries(), "x_fill": None}
    except YamlProblem as problem:
        return problem.code


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[
            (word, f'"{word}"')
            for word in ("", "no", "Yes", "null", "~", "5", "1_0", "1:30", ".inf", "0b1", "=")
        ],
        *[
            (text, f'"{text}"')
            for text in ("- a", "# a", "a: b", "a #b", "a:", " a", "a ", "---", "@a", "*a")
        ],
        *[(word, word) for word in ("word", "two words", "a#b", "a:b", "2025-W11", "naïve", "a/b.c")],
        *[("a\tb", '"a\\tb"'), ("a\nb", '"a\\nb"'), ("\x07", '"\\x07"'), ("\u2028", '"\\u2028"')],
        *[
            ('say "a"', 'say "a"'),
            ('"a"', '"\\"a\\""'),
            ("a\\b: ", '"a\\\\b: "'),
            ("\U0010ffff", "\U0010ffff"),
        ],
        *[(None, "null"), (True, "true"), (False, "false"), (5, "5"), (1.5, "1.5"), (1e300, "1e+300")],
        *[(math.inf, ".inf"), (-math.inf, "-.inf"), (math.nan, ".nan")],
        *[([], "[]"), ({}, "{}"), ([1, "a, b", None], '[1, "a, b", null]'), ({"a": ["b"]}, "{a: [b]}")],
    ],
)
def test_a_value_on_one_line(value: Any, text: str) -> None:
    assert print_scalar(value) == text
    assert same(read_yaml(text).value, value)


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        ("a", "'", "'a'"),
        ("it's", "'", "'it''s'"),
        ("a\nb", "'", '"a\\nb"'),
        ("\x07", "'", '"\\x07"'),
        ("a", '"', '"a"'),
        ("a", "|", "a"),
        (5, '"', "5"),
    ],
)
def test_the_wanted_quotes_are_used_where_they_can_be(value: Any, style: str, text: str) -> None:
    assert print_scalar(value, style=style) == text


def test_more_is_quoted_inside_brackets() -> None:
    assert [print_scalar(text, flow=True) for text in ("a", "a,b", "a[", "a:b", "a?")] == [
        *("a", '"a,b"', '"a["', '"a:b"', '"a?"')
    ]


def test_blocks_of_lines() -> None:
    value = {"a": 1, "b": [{"c": [2]}, []], "d": "x\ny\n"}
    assert "".join(print_block(value, 0)) == "a: 1\nb:\n  - c:\n      - 2\n  - []\nd: |\n  x\n  y\n"
    assert "".join(print_block(value, 0, literal=False)).endswith('d: "x\\ny\\n"\n')
    assert print_block([1], 4, newline="\r\n") == ["", "    - 1\r\n"]
    assert print_item({"a": 1, "b": 2}, 2, gap=3) == ["  -   a: 1\n", "      b: 2\n"]
    assert print_item([1], 0, step=4) == ["-\n", "    - 1\n"]
    assert print_block("word", 2) == ["word"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", True),
        ("a\n\n  b\n", True),
        ("a\n", True),
        ("a", False),
        ("a\n\n", False),
        (" a\nb", False),
        ("\na", False),
        ("a\n \nb", False),
        ("a\x07\nb", False),
    ],
)
def test_which_texts_can_stand_as_a_literal_block(text: str, expected: bool) -> None:
    assert is_literal(text) is expected
    if expected:
        header, *lines = print_literal(text, 2)
        assert read_yaml(f"key: {header}\n{''.join(lines)}after: 1\n").value == {"key": text, "after": 1}


# What readers of YAML 1.1 take for a date: PyYAML, gray-matter, Go's yaml.v2.
DATES = (
    "2026-12-01",
    "2026-1-5",
    "2026-12-01T15:03:00Z",
    "2026-12-01t15:03:00.123+01:00",
    "2026-12-01 15:03:00",
    "2026-12-01 15:03:00 -5",
    "2026-12-01T15:03Z",
)


@pytest.mark.parametrize("text", DATES)
def test_text_that_an_older_reader_takes_for_a_date_is_quoted(text: str) -> None:
    """In a value, an item and a key alike, whatever writes it; instants of the format stay plain."""
    wanted = {"a": 1, "milestone": text, "x_list": [text], text: 1, "x_in": {"created_at": 5, "at": text}}
    for printed in ("".join(print_block(wanted, 0)[1:]), edit_yaml("a: 1\n", wanted, lambda _: ())):
        plain = printed.replace(f'"{text}"', "")
        assert text not in plain
        assert same(read_yaml(printed).value, wanted)
    for name in INSTANT_NAMES:
        assert print_block({name: text}, 0) == ["", f"{name}: {text}\n"]
        assert edit_yaml(f"{name}: x\n", {name: text}, lambda _: ()) == f"{name}: {text}\n"
    assert edit_yaml("at: x\n", {"at": text}, lambda _: ()) == f'at: "{text}"\n'
    assert print_scalar({"created_at": "2026-12-01", "at": "2026-12-01"}) == (
        '{created_at: 2026-12-01, at: "2026-12-01"}'
    )


# Of scalars without quotes, those that YAML 1.1 reads as no text; its types' own expressions, widened.
NO_TEXT = re.compile(
    r"(?:y|n|yes|no|on|off|true|false|null|~)|[-+]?[0-9][0-9_,]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|[-+]?(?:0b[01_]+|0x[0-9a-f_]+|0o?[0-7_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?"
    r"|\.[0-9_]+(?:e[-+]?[0-9]+)?)|[-+]?\.(?:inf|nan)|=|<<|-{3}|\.{3}",
    re.IGNORECASE | re.ASCII,
)
A_DATE = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:T|[ \t]+)[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:\.[0-9]*)?)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?",
    re.IGNORECASE | re.ASCII,
)


@given(
    st.from_regex(NO_TEXT, fullmatch=True)
    | st.from_regex(A_DATE, fullmatch=True)
    | st.text("0123456789+-._:,eExXbBaAfFnNyYtTzZ~=<\u0665\u212a", min_size=1, max_size=12)
    | st.uuids().map(str),
    st.sampled_from(["", "due"]),
)
@example("2026-11-30T10:00:00-01:00", "")
@example("2026-11-30", "due")
@example("12345678-1234-1234-1234-123456789012", "")
def test_what_an_older_reader_takes_for_no_text_is_quoted(text: str, key: str) -> None:
    is_other = NO_TEXT.fullmatch(text) is not None or (A_DATE.fullmatch(text) is not None and key != "due")
    is_other |= text.startswith((*"-?:,[]{}#&*!|>'\"%@` \t", "...")) or text.endswith((" ", "\t", ":"))
    printed = print_scalar(text, key=key)
    assert (printed != text) == (is_other or "\n" in text or "\t" in text)
    assert read_yaml(f"k: {printed}\n").value == {"k": text}
