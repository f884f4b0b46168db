"""A task's text on a terminal: it reads well, fits the width, and keeps every word."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles_cli.render.cells import text_width
from taskfiles_cli.render.flow import read_inline, wrap
from taskfiles_cli.render.lines import Parts, compose
from taskfiles_cli.render.markdown import render_body
from taskfiles_cli.render.signs import Icons


def shown(body: str, width: int = 40, icons: Icons = "icon", *, colours: bool = False) -> list[str]:
    return [compose(line, colours=colours) for line in render_body(body, width, icons)]


def test_headings_have_a_line_below_them() -> None:
    body = "## Overview\n\nText.\n\n### Part\nMore.\n\nOld style\n---\n"
    assert shown(body) == [
        "Overview",
        "────────",
        "Text.",
        "",
        "Part",
        "┄┄┄┄",
        "More.",
        "",
        "Old style",
        "─" * 9,
    ]
    assert shown(body, icons="ascii")[:2] == ["Overview", "--------"]
    assert shown("# A", colours=True) == ["\x1b[1mA\x1b[0m", "\x1b[2m─\x1b[0m"]


def test_boxes_have_the_number_by_which_they_are_ticked() -> None:
    body = "## Acceptance Criteria\n- [ ] one\n- [x] two\n  - [X] three\n\n## Notes\n- [ ] four\n"
    lines = shown(body)
    assert lines[2:5] == ["☐ one #1", "☑ two #2", "  ☑ three #3"]
    assert lines[-1] == "☐ four #Notes:1"
    assert shown(body, icons="ascii")[2:4] == ["[ ] one #1", "[x] two #2"]
    assert "\x1b[32m☑\x1b[0m two" in shown(body, colours=True)[3]


def test_text_flows_and_items_hang() -> None:
    body = "One\ntwo three\nfour.\n\n- alpha beta gamma delta\n  epsilon\n1. first\n"
    body += "\n> quoted words that\n> go on\n"
    assert shown(body, 20) == [
        "One two three four.",
        "",
        "• alpha beta gamma",
        "  delta epsilon",
        "1. first",
        "",
        "│ quoted words that",
        "│ go on",
    ]


def test_what_ends_a_line_on_purpose_ends_it() -> None:
    assert shown("one  \ntwo\\\nthree\n") == ["one", "two", "three"]


def test_tables_are_aligned_and_fold_where_they_must() -> None:
    body = "| a | long name |\n|---|:-:|\n| 1 | `x` \\| y |\n| 22 | some words that need room |\n"
    assert shown(body) == ["a   long name", "1   `x` | y", "22  some words that need room"]
    assert shown(body, 16) == ["a   long name", "1   `x` | y", "22  some words", "    that need", "    room"]
    assert shown("a | b\nno delimiter\n") == ["a | b no delimiter"]


def test_code_and_comments_stay_as_they_are() -> None:
    body = "```python\nif  x:\n    # [ ] no box\n```\n\n<!-- hidden -->\n\n    indented   code\n"
    assert shown(body) == body.splitlines()


def test_marks_within_a_line() -> None:
    assert read_inline("**a b** `c` [d](e) <https://f>") == [
        ("bold", "a b"),
        ("plain", " "),
        ("code", "`c`"),
        ("plain", " "),
        ("plain", "d "),
        ("dim", "(e)"),
        ("plain", " "),
        ("plain", "https://f"),
    ]
    for text in ("2 ** 3 ** 4", "a `b", "[d] (e)", "snake_case *", "``", "**", ""):
        assert "".join(part for _, part in read_inline(text)) == text


def test_long_words_are_broken_and_nothing_else() -> None:
    lines = wrap(
        [("plain", "ab "), ("bold", "c" * 7), ("plain", "d e")], 5, [("dim", "- ")], [("plain", "  ")]
    )
    assert [compose(line, colours=False) for line in lines] == ["- ab", "  ccc", "  ccc", "  cd", "  e"]


WORDS = st.lists(
    st.sampled_from(["alpha", "日本語", "`code`", "**bold**", "[label](target)", "a|b"]), min_size=1
)
TEXTS = WORDS.map(" ".join)
BLOCKS = st.one_of(
    TEXTS,
    TEXTS.map(lambda text: f"## {text}"),
    TEXTS.map(lambda text: f"- [ ] {text}"),
    TEXTS.map(lambda text: f"1. {text}\n   {text}"),
    TEXTS.map(lambda text: f"> {text}"),
    TEXTS.map(lambda text: f"| {text} | b |\n| --- | --- |\n| {text} | c |"),
    TEXTS.map(lambda text: f"```\n{text}\n```"),
    st.just("---"),
    st.just("<!-- note -->"),
)


@given(st.lists(st.tuples(BLOCKS, st.sampled_from(["\n", "\n\n"])), max_size=8), st.integers(20, 120))
def test_every_letter_is_kept(blocks: list[tuple[str, str]], width: int) -> None:
    body = "".join(block + end for block, end in blocks)

    def letters(text: str) -> Counter[str]:
        return Counter(char for char in text if char.isalpha())

    assert letters("".join(shown(body, width))) >= letters(body)


ANY = st.text(st.sampled_from(list("ab #-*`|>[]()\\!<x\n\t日é_~=1.:")), max_size=80)


@given(ANY, st.integers(20, 80))
def test_any_text_is_rendered_and_no_line_of_prose_is_too_wide(body: str, width: int) -> None:
    for icons in ("icon", "ascii", None):
        for line in render_body(body, width, icons):
            text = compose(line, colours=False)
            styles = {style for style, _ in line.parts} if isinstance(line, Parts) else set()
            assert styles in ({"dim"}, {"code"}) or "    " in text or text_width(text) <= width


@pytest.mark.parametrize("mark", ["`", "**a ", "[a](", "<https://", "| ", "- ", "> ", "    ", "#", "\t"])
def test_long_lines_of_marks_are_rendered_at_all(mark: str) -> None:
    """They would take minutes if every mark were tried as the begin of something up to the end."""
    assert shown(f"a | b\n{mark * 20_000}\n", 80)
