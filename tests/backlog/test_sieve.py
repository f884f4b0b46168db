"""What a filter can't match is left out by single columns; nothing that it matches ever is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.backlogs import make_task
from taskfiles import Filter, Task
from taskfiles.backlog.query import make_test, searched_texts
from taskfiles.backlog.sieve import make_sieve
from taskfiles.task.keys import WORDS
from taskfiles.task.words import ExecutionStatus

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)
INSTANTS = [
    *(
        "2025-11-02T12:00:00Z",
        "2025-11-02T12:00:00.000Z",
        "2025-11-02T11:59:59.999Z",
        "2025-11-02",
        "20251102",
    ),
    *(
        "2025-11-02T13:00:00+01:00",
        "2025-11-02T11:00:00-01:00",
        "2025-11-02T12:00",
        "2025-11-02T12:00Z",
        "soon",
    ),
    *("2025-11-02t12:00:00z", "2026-01-01T00:00:00Z", "20251102T120000Z", "2025-11-02 12:00:00Z", ""),
]
TEXTS = ["ui", "UI", "cafe\u0301", "caf\u00e9", "K", "\u212a", "null", "5", ""]
ODD: st.SearchStrategy[Any] = st.sampled_from([None, 5, True, [], ["ready"], {"a": 1}, 1.5, "nonsense"])


@st.composite
def values(draw: st.DrawFn) -> dict[str, Any]:
    """Make values of a task, many of them wrong."""
    found: dict[str, Any] = {}
    for key, words in WORDS.items():
        if draw(st.booleans()):
            found[key] = draw(st.sampled_from([*map(str, words), None]) | ODD)
    for key in ("created_at", "updated_at", "completed_at", "last_activity_at"):
        if draw(st.booleans()):
            found[key] = draw(st.sampled_from(INSTANTS) | ODD)
    if draw(st.booleans()):
        found["labels"] = draw(st.lists(st.sampled_from(TEXTS), max_size=3) | ODD)
    if draw(st.booleans()):
        attempt = {"status": draw(st.sampled_from([*map(str, ExecutionStatus)]) | ODD)}
        found["execution"] = draw(st.just({"attempts": [attempt]}) | ODD)
    return found


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """Make a filter of some conditions."""
    given: dict[str, Any] = {}
    for key, words in [*WORDS.items(), ("status", ExecutionStatus)]:
        if draw(st.integers(0, 4)) == 0:
            given[key] = draw(st.sets(st.sampled_from([*map(str, words)]), max_size=2))
    given["open"], given["has_execution"] = draw(st.booleans()), draw(st.integers(0, 3)) == 0
    if draw(st.booleans()):
        given["since"] = NOON
    if draw(st.integers(0, 3)) == 0:
        given["search"] = draw(st.sampled_from(["t1", "TITLE", "second", "caf\u00e9", "nowhere"]))
    if draw(st.booleans()):
        texts = st.sampled_from([text for text in TEXTS if text])
        given["labels"] = draw(st.lists(st.sets(texts, min_size=1, max_size=2), max_size=2))
    if draw(st.booleans()):
        key = draw(st.sampled_from([*WORDS, "labels", "x_own"]))
        given["meta"] = {key: draw(st.sampled_from(["ready", "high", "null", "normal", "5"]) | st.none())}
    return Filter(**given)


@given(st.lists(values(), max_size=6), filters())
@example([{"labels": ["\u212a"]}], Filter(label="K"))
@example([{}], Filter(priority="normal", meta={"size": "medium"}))
def test_nothing_that_matches_is_left_out(rows: list[dict[str, Any]], wanted: Filter) -> None:
    tasks = [make_task(f"t{number}", **{"state": "ready", **row}) for number, row in enumerate(rows)]

    def column(key: str) -> list[Any]:
        return [task.values.get(key, ...) for task in tasks]

    def containing(needle: str) -> set[int]:
        return {at for at, task in enumerate(tasks) if needle in "".join(searched_texts(task))}

    rest = make_sieve(wanted)(column, containing)
    meets = make_test(wanted, {})
    for at, task in enumerate(tasks):
        assert not meets(task) or rest is None or at in rest.rows or task.errors
        assert rest is None or at not in rest.certain or meets(task) or task.errors
    assert rest is None or rest.certain <= rest.rows
    if not _conditions(wanted):
        assert rest is None


def _conditions(wanted: Filter) -> bool:
    return wanted != Filter()


def test_what_cannot_match_is_left_out() -> None:
    tasks: list[Task] = [make_task("a", state="done"), make_task("b", state="ready", labels=["ui"])]

    def column(key: str) -> list[Any]:
        return [task.values.get(key, ...) for task in tasks]

    def containing(needle: str) -> set[int]:
        return {at for at, task in enumerate(tasks) if needle in "".join(searched_texts(task))}

    for wanted in (
        Filter(state="ready"),
        Filter(open=True),
        Filter(label="ui"),
        Filter(meta={"state": "ready"}),
    ):
        sifted = make_sieve(wanted)(column, containing)
        assert sifted is not None
        assert sifted.rows == {1}
    assert make_sieve(Filter(since=NOON, has_execution=True))(column, containing) == (set(), set())


@pytest.mark.parametrize(
    ("wanted", "certain"),
    [
        (Filter(state="ready"), {0, 1, 2}),
        (Filter(open=True, label="ui"), {0}),
        (Filter(since=NOON), {1}),  # the others are of the same second, or of a form that does not sort
        (Filter(state="ready", assignee="ann"), set()),
        (Filter(state="ready", blocked=False), set()),
        (Filter(state="ready", search="ui"), set()),
        (Filter(meta={"state": "ready"}), {0, 1, 2}),
        (Filter(meta={"state": "ready", "x_own": "a"}), set()),
        (Filter(meta={"size": "medium"}), set()),  # none says so; they have it by default
    ],
)
def test_what_columns_settle_is_certain(wanted: Filter, certain: set[int]) -> None:
    tasks = [
        make_task("a", state="ready", labels=["ui"], updated_at="2025-11-02T12:00:00Z"),
        make_task("b", state="ready", labels=["cafe\u0301"], updated_at="2025-11-02T12:00:01Z"),
        make_task("c", state="ready", updated_at="2025-11-03"),
    ]

    def column(key: str) -> list[Any]:
        return [task.values.get(key, ...) for task in tasks]

    sifted = make_sieve(wanted)(column, lambda _: {0, 1, 2})
    assert sifted is not None
    assert sifted.certain == certain
    assert certain <= {at for at, task in enumerate(tasks) if make_test(wanted, {})(task)}
