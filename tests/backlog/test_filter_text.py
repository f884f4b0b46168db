"""Filters as texts: in one text, in a table; each gives the filter that the options of `list` give."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taskfiles import Filter, TaskfilesError
from taskfiles.backlog.filter_text import FILTERS, name_me, read_filters, split_filters
from taskfiles_cli.line.table import COMMANDS

NOW = datetime(2025, 11, 2, 15, 3, tzinfo=UTC)
OTHERS = {"startable", "not-startable", "view"}  # they need more than a task, or name filters themselves


def read(given: dict[str, Any]) -> Filter:
    return Filter(**read_filters(given, NOW, UTC))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("state=ready,idea", Filter(state={"ready", "idea"})),
        ("state=In_Progress", Filter(state="in-progress")),
        ("--state=ready open", Filter(state="ready", open=True)),
        ("label=ui,css label=urgent", Filter(labels=[{"ui", "css"}, {"urgent"}])),
        ("assignee=ana,'bob c'", Filter(assignee={"ana", "bob c"})),
        ("search='two words'", Filter(search="two words")),
        ("meta=sprint=5 meta=x_a.b=c=d", Filter(meta=[("sprint", "5"), ("x_a.b", "c=d")])),
        ("blocked", Filter(blocked=True)),
        ("unblocked has-execution status=failed", Filter(blocked=False, has_execution=True, status="failed")),
        ("parent=top model=opus tool=t", Filter(parent="top", model="opus", tool="t")),
        ("since=1w", Filter(since=NOW - timedelta(weeks=1))),
        ("since=today", Filter(since=datetime(2025, 11, 2, tzinfo=UTC))),
        ("mine", Filter(assignee="@me")),
        ("due-before=1w", Filter(due_before=NOW + timedelta(weeks=1))),
        ("due-before=tomorrow overdue", Filter(due_before=NOW, open=True)),
        ("overdue due-before=2025-11-01", Filter(due_before=datetime(2025, 11, 1, tzinfo=UTC), open=True)),
    ],
)
def test_a_text_is_the_filter_of_its_options(text: str, wanted: Filter) -> None:
    assert read(split_filters(text)) == wanted


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ({"state": ["ready", "idea"]}, Filter(state={"ready", "idea"})),
        ({"label": "ui,css"}, Filter(labels=[{"ui", "css"}])),
        ({"label": ["ui", "css"]}, Filter(labels=[{"ui"}, {"css"}])),
        ({"open": True, "blocked": False}, Filter(open=True, blocked=False)),
        ({"open": False, "mine": False}, Filter()),
        ({"unblocked": False}, Filter(blocked=True)),
        ({"has_execution": True}, Filter(has_execution=True)),
        ({"mine": True, "assignee": "bob"}, Filter(assignee={"@me", "bob"})),
        ({"search": 404}, Filter(search="404")),
    ],
)
def test_a_table_has_texts_lists_and_switches(table: dict[str, Any], wanted: Filter) -> None:
    assert read(table) == wanted


@pytest.mark.parametrize(
    ("text", "sentence", "remedy"),
    [
        ("sate=ready", "A filter can't be “sate”: there is no such filter.", "Did you mean state?"),
        (
            "state=redy",
            "A filter's state can't be “redy”: it is not one of its values.",
            "Did you mean ready?",
        ),
        ("state ready", "state can't be given alone: a text belongs there.", "Write state=TEXT."),
        ("--state ready", "state can't be given alone: a text belongs there.", "Write state=TEXT."),
        ("open=yes", "open can't be a list: it is a switch.", "Write `open` alone"),
        ("since=soon", "since can't be “soon”: it is not a date.", "Write 2025-11-02,"),
        ("meta=sprint", "meta can't be “sprint”: there is no `=` in it.", "Write it as meta=KEY=VALUE."),
        ("state=", "state can't be blank: something belongs there.", "Write state=TEXT."),
        ("search='a", "A filter can't be “search='a”: a quote in it has no end.", "Close the quote."),
    ],
)
def test_what_is_wrong_is_named(text: str, sentence: str, remedy: str) -> None:
    with pytest.raises(TaskfilesError) as caught:
        read(split_filters(text))
    assert (caught.value.code, caught.value.message) == ("bad-value", sentence)
    assert caught.value.hint.startswith(remedy)


@pytest.mark.parametrize(
    "table", [{"open": "yes"}, {"state": 5.5}, {"label": [True]}, {"label": []}, {"state": {}}]
)
def test_values_of_another_type_are_refused(table: dict[str, Any]) -> None:
    with pytest.raises(TaskfilesError):
        read(table)


def test_every_filter_of_list_has_its_name() -> None:
    """What else `list` takes says how it answers."""
    answers = {"every", "output", "root", "color", "brief", "sort", "limit", "fields", "strict"}
    options = COMMANDS["list"].options
    names = {name[2:] for name, each in options.items() if name[:2] == "--" and each.parameter not in answers}
    assert set(FILTERS) == names - OTHERS


def test_the_caller_is_asked_for_only_where_a_filter_names_him() -> None:
    def fail() -> str:
        raise AssertionError("nobody asked")

    assert name_me({"assignee": ["bob"]}, fail) == {"assignee": ["bob"]}
    assert name_me({}, fail) == {}
    assert name_me({"assignee": ["bob", "@Me"]}, lambda: "ana") == {"assignee": ["bob", "ana"]}
