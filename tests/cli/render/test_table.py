"""Tasks as aligned columns, and texts as they fit into them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles_cli.render.table import cut, one_line, pad, render_tasks, text_width, words

TEXTS = st.text(st.sampled_from("ab é日本ｗ\u0301"), max_size=12)


def row(task_id: str, title: str, **more: Any) -> dict[str, Any]:
    return {"id": task_id, "state": "ready", "title": title, **more}


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    text = render_tasks([row("a", "One"), row("long-id", "Two")], ("id", "state", "title"))
    assert text == "ID       STATE  TITLE\na        ready  One\nlong-id  ready  Two\n"


def test_nothing_is_said_to_be_nothing() -> None:
    assert render_tasks([]) == "No tasks.\n"


def test_what_is_unknown_is_a_dash_and_lists_are_words() -> None:
    text = render_tasks(
        [row("a", "", labels=["ui", "db"], blocked=None)], ("labels", "blocked", "title", "due_at")
    )
    assert text.splitlines() == ["LABELS  BLOCKED  TITLE  DUE AT", "ui, db  -        -      -"]


@pytest.mark.parametrize(
    ("width", "title"), [(40, "A rather long title"), (28, "A rather long ti…"), (5, "A rather …")]
)
def test_on_a_terminal_only_the_title_gives_way(width: int, title: str) -> None:
    text = render_tasks([row("a", "A rather long title")], ("id", "state", "title"), width)
    assert text.splitlines()[1] == f"a   ready  {title}"


def test_without_a_title_nothing_is_cut() -> None:
    text = render_tasks([row("a" * 30, "T")], ("id", "state"), 10)
    assert "a" * 30 in text


def test_no_text_reaches_beyond_its_line_or_steers_the_terminal() -> None:
    text = render_tasks([row("a", "two\nlines\t\x1b[31m")], ("id", "title"))
    assert text == "ID  TITLE\na   two lines \\x1b[31m\n"
    assert one_line("\u202eevil") == "\\u202eevil"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        ("", ""),
        (None, "-"),
        ([], "-"),
        (["a", "b"], "a, b"),
        ([1, "b"], '[1, "b"]'),
        (True, "true"),
        ({"é": 1}, '{"é": 1}'),
    ],
)
def test_values_in_words(value: Any, text: str) -> None:
    assert words(value) == text


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("ｗ", 2), ("", 0)])
def test_width_is_that_of_the_terminal(text: str, width: int) -> None:
    assert text_width(text) == width


@given(TEXTS, st.integers(1, 12))
def test_a_cut_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    shown = cut(text, width)
    assert text_width(shown) <= width
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))
    assert shown == text or text_width(text) > width


@given(TEXTS, st.integers(0, 30))
def test_a_padded_text_has_its_width(text: str, width: int) -> None:
    padded = pad(text, width)
    assert padded.startswith(text)
    assert text_width(padded) == max(width, text_width(text))
