"""Lines on their way out: one item is one line, and nothing in it steers a terminal or a build's log."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles_cli.render.lines import (
    Painted,
    compose,
    compose_all,
    compose_row,
    diff_lines,
    escape,
    escape_json,
    is_printable,
    split_lines,
)

ANY = st.text(st.characters(exclude_categories=[]))
FORGED = "a\n::error file=a::b\r\x85\u2028\u2029\x0b\x0c\x1c\x1b]0;x\x07\x9b31m\u202e\u2066\ud800\t::debug::x"


def is_quiet(text: str) -> bool:
    """Whether a text breaks no line and steers nothing, tabs aside."""
    return all(
        char in "\t\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        for char in text
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\n", "a\\tb\\n"),
        ("\x1b[31m\x07\x9b", "\\x1b[31m\\x07\\x9b"),
        ("\u202e\u2028\ufeff", "\\u202e\\u2028\\ufeff"),
        ("👩\u200d🔬 ❤\ufe0f", "👩\u200d🔬 ❤\ufe0f"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_could_steer_the_terminal_is_made_visible(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(ANY, ANY)
def test_an_item_is_a_line(first: str, second: str) -> None:
    for colours in (False, True):
        for item in (first, Painted(first, "error", second, first)):
            line = compose(item, colours=colours)
            assert is_quiet(line.replace("\x1b[1;31m", "").replace("\x1b[0m", ""))
            assert line.count("\x1b") in ({0, 2} if colours else {0})
    text = "".join(compose_all([first, second], colours=False))
    assert text.count("\n") == len(text.splitlines()) == 2
    assert compose_row([first, second]).count("\t") == 1
    assert "\t" not in compose_row(first)


@given(ANY)
def test_what_is_escaped_stays(text: str) -> None:
    assert escape(escape(text)) == escape(text)


@pytest.mark.parametrize("start", ["", "  ", "\u00a0"])
@pytest.mark.parametrize("command", ["::error file=a::b", "::add-mask::x", "::set-output name=a::"])
def test_no_line_is_a_command_of_a_build_s_log(start: str, command: str) -> None:
    for line in (
        compose(start + command, colours=False),
        compose(Painted(start, "error", command), colours=True),
        compose_row([start + command, "x"]),
    ):
        assert not line.strip().startswith("::")
    assert "##[error]" not in compose(f"x ##[error]{command}", colours=False)


@pytest.mark.parametrize("around", ["", "plain", "caf\u00e9"])
def test_what_is_printable_is_what_python_says(around: str) -> None:
    assert is_printable(around)
    for code in range(0x300):
        assert is_printable(around + chr(code)) is chr(code).isprintable()


def test_hostile_text_forges_nothing() -> None:
    lines = "".join(compose_all([FORGED, f"{FORGED}x"], colours=False)).splitlines()
    assert [line[:1] for line in lines] == ["a", "a"]


def test_texts_of_several_lines_are_split_where_they_say() -> None:
    assert split_lines("a\r\n\nb\u2028c") == ["a", "", "b\u2028c"]
    assert diff_lines("-a\r\n+a\n") == ["-a\r", "+a"]
    assert split_lines("") == diff_lines("") == []


@given(ANY)
def test_json_keeps_its_value_and_is_quiet(text: str) -> None:
    written = escape_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(written) == text
    assert is_quiet(written)
