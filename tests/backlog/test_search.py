"""Search: what is found, in which order, and which lines say so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from taskfiles import Filter, Task, find_tasks
from taskfiles.backlog.search import (
    choose_hits,
    cut_around,
    find_hits,
    make_needles,
    mark,
    match_task,
    search_tasks,
)
from taskfiles.backlog.wire import match_object
from taskfiles.basics.unicode import find_folded, fold

DAY = "2025-11-02T12:00:00Z"
LINES = "\n# Overview\n\nAll of it.\n\n## Log in\n\n- [ ] log once\n\n```sh\ntail -f catalog\n```\n"


def made(task_id: str, body: str = "\nNothing.\n", **keys: Any) -> Task:
    return make_task(task_id, body=body, **{"title": task_id.upper(), **keys})


def ids(tasks: list[Task], *texts: str) -> list[str]:
    return [match.task.id for match in search_tasks(tasks, texts)]


def test_a_better_place_comes_first_and_there_a_whole_word() -> None:
    ranked = [
        made("a", title="The log of it"),
        made("b", title="A catalogue"),
        made("c-log", title="C"),
        made("d-catalog", title="D"),
        made("e", labels=["log"]),
        made("f", body="\n## Log\n\nx\n"),
        made("g", labels=["catalog"]),
        made("h", body="\n## Logs\n\nx\n"),
        made("i", body="\nThe log.\n"),
        made("j", body="\nThe logs.\n"),
    ]
    matches = search_tasks([*reversed(ranked), made("k")], ["LOG"])
    scores = {match.task.id[0]: match.score for match in matches}
    assert scores == {"a": 8, "b": 7, "c": 6, "d": 5, "e": 4, "f": 4, "g": 3, "h": 3, "i": 2, "j": 1}
    assert [match.task.id[0] for match in matches] == list("abcdefghij")


def test_of_equals_open_ones_come_first_then_the_latest() -> None:
    tasks = [
        made("old", title="x", updated_at="2025-01-01"),
        made("new", title="x", updated_at="2025-06-01"),
        made("shut", title="x", state="done", commit_message="m", completed_at=DAY, updated_at=DAY),
        made("b", title="x"),
        made("a", title="x"),
    ]
    assert ids(tasks, "x") == ["new", "old", "a", "b", "shut"]
    best = made("best", title="y", state="canceled", updated_at="2020-01-01")
    assert ids([*tasks, made("part", title="xy"), best], "y") == ["best", "part"]


def test_every_text_must_be_there_wherever() -> None:
    tasks = [
        made("both", title="The login", body="\nA redirect.\n"),
        made("one", title="The login"),
        made("phrase", body="\nlogin redirect\n"),
    ]
    assert ids(tasks, "login", "redirect") == ["both", "phrase"]
    assert ids(tasks, "login redirect") == ["phrase"]
    assert ids(tasks, "login", "LOGIN") == ["both", "one", "phrase"]


@pytest.mark.parametrize(
    ("text", "sought"),
    [("Straße", "STRASSE"), ("cafe\u0301", "CAF\u00c9"), ("日本語のタスク", "タスク"), ("a.b*c", "B*C")],
)
def test_letters_are_compared_as_filters_do(text: str, sought: str) -> None:
    tasks = [made("a", body=f"\n{text}\n"), made("b", title=text), made("c", labels=[text]), made("d")]
    assert sorted(ids(tasks, sought)) == ["a", "b", "c"]


TEXTS = st.sampled_from(["log", "Log in", "ca\u0301", "cá", "STRASSE", "ß", "s", "_", "x-y", "\u1e9b\u0323"])


@given(
    st.lists(
        st.fixed_dictionaries(
            {"title": TEXTS, "body": TEXTS, "labels": st.lists(TEXTS, max_size=2, unique=True)}
        ),
        max_size=4,
    ),
    TEXTS,
)
def test_the_same_tasks_are_found_as_by_a_filter(rows: list[dict[str, Any]], sought: str) -> None:
    tasks = [made(f"t{number}", **row | {"body": f"\n{row['body']}\n"}) for number, row in enumerate(rows)]
    assert sorted(ids(tasks, sought)) == [task.id for task in find_tasks(tasks, Filter(search=sought))]
    needles = make_needles([sought])
    for task in tasks:
        if (match := match_task(task, needles)) is not None:
            found = match_object(match, needles)
            assert found["places"]
            assert bool(found["lines"]) == bool({"label", "heading", "body"} & {*found["places"]})
            assert all(each["spans"] for each in found["lines"])


def test_lines_name_their_section_and_their_number_in_the_file() -> None:
    task = made("a", body=LINES, labels=["logs", "ui"])
    hits = find_hits(task, make_needles(["log"]))
    first = task.document.body_line
    assert [tuple(hit) for hit in hits] == [
        ("label", None, None, "logs"),
        ("heading", first + 5, "Overview", "## Log in"),
        ("body", first + 7, "Log in", "- [ ] log once"),
        ("body", first + 10, "Log in", "tail -f catalog"),
    ]
    lines = task.data.decode().split("\n")
    assert [lines[hit.line - 1] for hit in hits if hit.line] == [hit.text for hit in hits if hit.line]


def test_the_lines_that_say_most_are_shown_in_their_order() -> None:
    needles = make_needles(["log", "in"])
    hits = find_hits(made("a", body="\nlogs\n\nlog\n\nlog in\n\n# login\n"), needles)
    assert [hit.text for hit in choose_hits(hits, needles, 2)] == ["log in", "# login"]
    assert [hit.text for hit in choose_hits(hits, needles, 3)] == ["log", "log in", "# login"]


def test_what_is_sought_is_marked_where_it_stands() -> None:
    needles = make_needles(["strasse", "se x"])
    assert mark("Die Straße X", needles) == ("Die Straße X", [(4, 12)])
    shown, spans = mark("a " * 300 + "Needle" + " b" * 300, make_needles(["needle"]), 40)
    assert (len(shown), shown[0], shown[-1]) == (40, "…", "…")
    assert [shown[start:end] for start, end in spans] == ["Needle"]


@given(st.text("ab é\u0301ßİ", max_size=30), st.text("abéßi", min_size=1, max_size=3))
def test_a_place_is_where_the_text_is(text: str, sought: str) -> None:
    needle = fold(sought)
    spans = [*find_folded(text, needle)]
    assert len(spans) == fold(text).count(needle)
    for start, end in spans:
        assert 0 <= start < end <= len(text)
        assert needle in fold(text[start:end])


@given(st.text("abc ", max_size=60), st.integers(0, 60), st.integers(4, 30))
def test_what_is_cut_shows_the_place(text: str, at: int, most: int) -> None:
    shown = cut_around(text, min(at, max(0, len(text) - 1)), most)
    assert len(shown) <= most
    assert shown.strip("…") in text
    assert (shown == text) == (len(text) <= most)
    if len(text) > most:
        assert len(shown) == most
