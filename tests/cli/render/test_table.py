"""Tasks as aligned columns, and texts as they fit into them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.streams import as_written
from taskfiles_cli.render import table
from taskfiles_cli.render.cells import cut, cut_middle, fold, least_width, narrow, pad, text_width
from taskfiles_cli.render.table import words

TEXTS = st.text(st.sampled_from("ab é日本ｗ\u0301"), max_size=12)


def row(task_id: str, title: str, **more: Any) -> dict[str, Any]:
    return {"id": task_id, "state": "ready", "title": title, **more}


def render_tasks(*given: Any) -> str:
    return as_written(table.render_tasks(*given))


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
    assert text == "ID  TITLE\na   two\\nlines\\t\\x1b[31m\n"


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


@given(TEXTS, st.integers(1, 12))
def test_a_text_cut_in_the_middle_keeps_its_ends(text: str, width: int) -> None:
    shown = cut_middle(text, width)
    assert text_width(shown) <= width
    head, dots, tail = shown.partition("…")
    assert (shown == text) == (not dots)
    assert text.startswith(head)
    assert text.endswith(tail)


@given(TEXTS, st.integers(2, 12))
def test_a_folded_text_loses_blanks_at_most(text: str, width: int) -> None:
    lines = fold(text, width)
    assert all(text_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


NAMES = st.lists(st.text(st.sampled_from("ab1…é日"), max_size=14), max_size=12)


@given(NAMES, st.integers(3, 12))
def test_two_names_never_look_the_same(names: list[str], width: int) -> None:
    shown = [tuple(lines) for lines in narrow(names, width)]
    assert all(text_width(line) <= width for lines in shown for line in lines)
    for one, its in zip(names, shown, strict=True):
        for other, theirs in zip(names, shown, strict=True):
            assert (its == theirs) == (one == other)


@given(NAMES, st.integers(3, 12))
def test_the_least_width_needs_no_second_line(names: list[str], least: int) -> None:
    width = least_width(names, least)
    assert width >= least
    assert all(len(lines) == 1 for lines in narrow(names, width))


def test_models_of_one_maker_are_cut_where_they_are_alike() -> None:
    names = ["claude-sonnet-4-20250514", "claude-opus-4-20250514", "claude-sonnet-4-20250601"]
    (first,), (second,), (third,) = narrow(names, 13)
    assert (first, second, third) == ("claude…250514", "claude-opus-…", "claude…250601")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_titles_that_begin_alike_stay_apart(width: int) -> None:
    titles = [f"Write the chapter about the life of {name}, a tale" for name in ("Ada", "Eve", "Ada ", "Bob")]
    rows = [row(f"t-{number}", title) for number, title in enumerate(titles)]
    text = as_written(table.render_tasks(rows, ("id", "title"), width))
    shown: list[str] = []
    for line in text.splitlines()[1:]:
        if line.startswith("t-"):
            shown.append(line[5:])
        else:
            shown[-1] += line[5:]
    assert len(set(shown)) == 4
    assert all(text_width(line) <= width for line in text.splitlines())


@given(TEXTS, st.integers(0, 30))
def test_a_padded_text_has_its_width(text: str, width: int) -> None:
    padded = pad(text, width)
    assert padded.startswith(text)
    assert text_width(padded) == max(width, text_width(text))
