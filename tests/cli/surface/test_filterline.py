"""The filter line: the words of `tasks list` in one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles import Filter, TaskfilesError
from taskfiles_cli.surface.filterline import KEYS, Saved, add_word, quote, read_line

NOON = datetime(2026, 1, 29, 12, tzinfo=UTC)


SAVED = Saved(
    {"mine": {"mine": True, "state": "ready"}, "two words": {"search": "log in"}, "odd": {"state": "redy"}},
    "ana",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Filter()),
        ("log in", Filter(search="log in")),
        ("state:ready,done", Filter(state={"ready", "done"})),
        ("State:READY", Filter(state="ready")),
        ("state:in_progress", Filter(state="in-progress")),
        ("label:ui label:docs,cli", Filter(labels=[{"ui"}, {"docs", "cli"}])),
        ('label:"to do",x', Filter(label={"to do", "x"})),
        ("assignee:@bob parent:top", Filter(assignee="@bob", parent="top")),
        ("login state:idea page", Filter(state="idea", search="login page")),
        ('"state:idea"', Filter(search="state:idea")),
        ("see https://example.org/x", Filter(search="see https://example.org/x")),
        ("blocked:no open:yes has-execution:yes", Filter(blocked=False, open=True, has_execution=True)),
        ("meta:sprint=5", Filter(meta=[("sprint", "5")])),
        ('meta:"team=a b"', Filter(meta=[("team", "a b")])),
        ("status:failed model:m1,m2 tool:t", Filter(status="failed", model={"m1", "m2"}, tool="t")),
        ("since:7d", Filter(since=NOON - timedelta(days=7))),
        ('"half a quote', Filter(search="half a quote")),
        ("10:30", Filter(search="10:30")),
        ("overdue:yes", Filter(open=True, due_before=NOON)),
        ("due-before:1w", Filter(due_before=NOON + timedelta(days=7))),
        ("view:mine", Filter(assignee="ana", state="ready")),
        ("view:mine state:done login", Filter(assignee="ana", state="done", search="login")),
        ('view:"two words"', Filter(search="log in")),
        ("mine:yes label:ui", Filter(assignee="ana", label="ui")),
    ],
)
def test_words_are_conditions_and_the_rest_is_one_text(text: str, expected: Filter) -> None:
    assert read_line(text, NOON, UTC, SAVED).wanted == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("stat:ready", "there is no such key"),
        ("state:redy", "it is not one of its values"),
        ("blocked:maybe", "blocked is yes or no"),
        ("open:no", "open is yes"),
        ("since:soon", "it is not a date"),
        ("meta:sprint", "there is no `=` in it"),
        ("status:done", "it is not one of its values"),
        ("view:nobody", "there is no such view"),
        ("view:odd", "it is not one of its values"),
        ("overdue:no", "overdue is yes"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, problem: str) -> None:
    with pytest.raises(TaskfilesError) as caught:
        read_line(text, NOON, UTC, SAVED)
    assert caught.value.code == "bad-value"
    assert problem in caught.value.message


def test_a_mistyped_key_is_offered_the_nearest() -> None:
    with pytest.raises(TaskfilesError) as caught:
        read_line("lable:ui", NOON)
    assert "label" in caught.value.hint.partition("Its keys")[0]


@given(st.text(max_size=40))
def test_any_line_is_read_or_refused(text: str) -> None:
    problem = None
    try:
        read_line(text, NOON)
    except TaskfilesError as refused:
        problem = refused.code
    assert problem in {None, "bad-value"}


@given(st.text(st.characters(exclude_characters='"', exclude_categories=("Cs",)), min_size=1, max_size=20))
def test_a_label_that_is_added_is_asked_for(label: str) -> None:
    if not label.strip():
        return
    line = add_word("open:yes", "label", label)
    assert read_line(line, NOON).wanted == Filter(open=True, label=label)
    assert add_word(line, "label", label) == line


def test_keys_are_those_of_list() -> None:
    from taskfiles_cli.line.table import COMMANDS

    options = {name.removeprefix("--") for name in COMMANDS["list"].options}
    assert {key for key in KEYS if key not in options} == set()
    assert quote("") == '""'
