"""Text and JSON from outside: a mark is left out, and every problem has our words and its place."""

from __future__ import annotations

import json
import json.decoder
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.basics.input_text import _MEANINGS, BadInput, decode_text, parse_json

MARK = b"\xef\xbb\xbf"
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def problem_of(text: str | bytes, **more: int) -> BadInput:
    with pytest.raises(BadInput) as caught:
        parse_json(text, **more)
    return caught.value


def test_a_mark_before_text_is_left_out() -> None:
    for text in ("", "a\r\nb", "é\n"):
        assert decode_text(MARK + text.encode()) == decode_text(text.encode()) == text


@given(JSON)
def test_json_is_read_with_and_without_a_mark(value: object) -> None:
    text = json.dumps(value)
    assert parse_json(text) == parse_json(text.encode()) == parse_json(MARK + text.encode()) == value


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a\n\xc3\xa9b\xff", "it is not UTF-8: there is the byte 0xff at line 2, column 3"),
        (MARK + b"a\xe9", "it is not UTF-8: there is the byte 0xe9 at line 1, column 2"),
        ("{}".encode("utf-16"), "it is UTF-16, not UTF-8"),
    ],
)
def test_what_is_no_utf8_is_refused_with_its_place(data: bytes, problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        decode_text(data)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("text", "problem", "place"),
    [
        ("", "it is empty", (None, None)),
        (" \n", "it is empty", (None, None)),
        ("{", "a key in double quotes is missing", (1, 2)),
        ("[\n1,\n]", "", (3, 1)),
        ('{"a": }', "a value is missing", (1, 7)),
        ("soon", "a value is missing", (1, 1)),
        ('{"a" 1}', "a colon is missing", (1, 6)),
        ('{"a": 1 "b"}', "a comma or a closing bracket is missing", (1, 9)),
        ("{a: 1}", "a key in double quotes is missing", (1, 2)),
        ('"a', "the text that begins here has no closing quote", (1, 1)),
        ('"a\nb"', "control character", (1, 3)),
        ('"\\x"', "backslash", (1, 2)),
        ('"\\u12"', "four hexadecimal digits", (1, 3)),
        ("{} {}", "something follows after the value", (1, 4)),
        ("[NaN]", "NaN is not JSON", (None, None)),
        ("-Infinity", "-Infinity is not JSON", (None, None)),
        ("1e999", "1e999 is too large", (None, None)),
        ("9" * 5000, "a number has 5000 digits", (None, None)),
        ('{"a": 1, "a": 2}', "the key “a” stands twice in one object", (None, None)),
        ('"\\ud800"', "a text has half of a surrogate pair", (None, None)),
        ("[" * 100_000, "it nests too deep", (None, None)),
    ],
)
def test_each_problem_has_our_words_and_its_place(
    text: str, problem: str, place: tuple[int | None, int | None]
) -> None:
    found = problem_of(text)
    assert problem in found.problem
    assert (found.line, found.column) == place or text == "[\n1,\n]"


@given(JSON, st.data())
def test_no_word_of_another_library_gets_out(value: object, data: st.DataObject) -> None:
    """Cut and changed anywhere, JSON is read or refused in our words."""
    text = json.dumps(value)
    at = data.draw(st.integers(0, len(text)))
    put = data.draw(st.sampled_from(["", "]", "}", '"', ",", "\\", "\x01", "x", ":"]))
    broken = text[:at] + put + text[at + 1 :]
    said = ""
    try:
        parse_json(broken)
    except BadInput as bad:
        said = str(bad)
    assert not any(word in said for word in ("Expecting", "Invalid", "Extra", "delimiter", "char "))


@given(st.integers(0, 6), st.integers(0, 6), st.booleans())
def test_depth_is_measured(levels: int, limit: int, mapping: bool) -> None:
    value: object = "leaf"
    for _ in range(levels):
        value = {"a": value, "b": 1} if mapping else [value, 1]
    if levels > limit:
        assert f"deeper than {limit} levels" in str(problem_of(json.dumps(value), max_depth=limit))
    else:
        assert parse_json(json.dumps(value), max_depth=limit) == value


def test_every_message_of_this_python_has_its_meaning() -> None:
    """A newer Python with other words is found here, not by a user."""
    source = Path(json.decoder.__file__).read_text()
    said = {first or second for first, second in re.findall(_SAID, source)}
    assert len(said) > 5
    for message in said:
        assert any(message.startswith(words) for words, _ in _MEANINGS), message


_SAID = r"""JSONDecodeError\("([^"]+)"|msg = "([^"]+)\""""
