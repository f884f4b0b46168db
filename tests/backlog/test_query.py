"""Which tasks meet a filter, what stands at a key, and in which order tasks are sorted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import DONE, PRIORITIES, make_task
from taskfiles import Task, TaskfilesError
from taskfiles.backlog.filter import Filter
from taskfiles.backlog.query import (
    _sort_as_texts,
    find_meta,
    find_tasks,
    is_blocked,
    latest_activity,
    sort_tasks,
)
from taskfiles.backlog.sieve import ACTIVITY
from taskfiles.basics.instants import find_span, parse_instant

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)


def meets(task: Task, *others: Task, **wanted: Any) -> bool:
    return task in find_tasks([task, *others], Filter(**wanted))


def tried(*attempts: Any) -> Task:
    return make_task("a", execution={"attempts": list(attempts)})


@pytest.mark.parametrize(
    ("task", "wanted", "expected"),
    [
        (make_task("a", size="xl"), {}, True),
        # words: one of them, defaults count
        (make_task("a", size="xl"), {"size": frozenset({"xl", "large"})}, True),
        (make_task("a"), {"size": frozenset({"medium"})}, True),
        (make_task("a"), {"size": frozenset({"medium"}), "kind": frozenset({"epic"})}, False),
        (make_task("a", size=["xl"]), {"size": frozenset({"xl"})}, False),
        # labels: one of each group; assignees: one of all
        (make_task("a", labels=["ui"]), {"labels": [frozenset({"ui", "api"})]}, True),
        (make_task("a", labels=["ui"]), {"labels": [frozenset({"ui"}), frozenset({"api"})]}, False),
        (make_task("a", labels="ui"), {"labels": [frozenset({"ui"})]}, False),
        (make_task("a", assignees=["bo", "ana"]), {"assignee": frozenset({"ana", "eve"})}, True),
        (make_task("a"), {"assignee": frozenset({"ana"})}, False),
        # blocked and open
        (make_task("a", blocked="waits"), {"blocked": True}, True),
        (make_task("a", blocked="waits"), {"blocked": False}, False),
        (make_task("a", state="in-progress"), {"open": True}, True),
        (make_task("a", **DONE), {"open": True}, False),
        (make_task("a", state="canceled"), {"open": True}, False),
        # text anywhere in id, title, labels or body, in any case
        (make_task("fix-navbar"), {"search": "NAV"}, True),
        (make_task("a", title="Größe ÄNDERN"), {"search": "größe ändern"}, True),
        (make_task("a", body="\nStraße\n"), {"search": "STRASSE"}, True),
        (make_task("a", labels=["nav"]), {"search": "NAV"}, True),
        (make_task("a", labels=["ui", "x"]), {"search": "uix"}, False),
        (make_task("a", assignees=["nav"]), {"search": "nav"}, False),
        # any key, as text or as YAML
        (make_task("a", x={"y": 5}), {"meta": [("x.y", "5")]}, True),
        (make_task("a", x={"y": "5"}), {"meta": [("x.y", "5")]}, True),
        (make_task("a", x=[1, 2]), {"meta": [("x", "2")]}, True),
        (make_task("a", x=[1, 2]), {"meta": [("x", "[1, 2]")]}, True),
        (make_task("a", x="a: b: c"), {"meta": [("x", "a: b: c")]}, True),
        (make_task("a"), {"meta": [("size", "medium"), ("x", "null")]}, True),
        (make_task("a", x=True), {"meta": [("x", "1")]}, False),
        # attempts: status, model and tool of one and the same
        (make_task("a"), {"has_execution": True}, False),
        (tried(), {"has_execution": True}, False),
        (tried({"status": "failed"}), {"has_execution": True}, True),
        (
            tried({"status": "failed", "executor": {"tool": "t", "model": "m"}}),
            {"status": frozenset({"failed"}), "tool": frozenset({"t"}), "model": frozenset({"m"})},
            True,
        ),
        (
            tried({"status": "failed", "executor": {"tool": "t"}}, {"executor": {"model": "m"}}, "x"),
            {"tool": frozenset({"t"}), "model": frozenset({"m"})},
            False,
        ),
        (tried({"executor": "t"}), {"tool": frozenset({"t"})}, False),
        # the latest of its own instants
        (make_task("a", updated_at="2025-11-02T12:00:00Z"), {"since": NOON}, True),
        (make_task("a", updated_at="2025-11-02T11:59:59Z"), {"since": NOON}, False),
        (make_task("a"), {"since": NOON}, False),
    ],
)
def test_a_task_meets_a_filter(task: Task, wanted: dict[str, Any], expected: bool) -> None:
    assert meets(task, **wanted) is expected


def test_parents_are_found_among_all_tasks() -> None:
    tasks = [make_task("epic", children=["a"]), make_task("a", parent="other"), make_task("b", parent="epic")]
    wanted = Filter(parent=frozenset({"epic", "gone"}))
    assert [task.id for task in find_tasks(tasks, wanted)] == ["a", "b"]


@pytest.mark.parametrize(
    ("blocked", "expected"), [(None, False), ("", False), (" \n", False), ("x", True), (True, True)]
)
def test_a_reason_that_is_blank_blocks_nothing(blocked: Any, expected: bool) -> None:
    assert is_blocked(make_task("a", blocked=blocked)) is expected


@pytest.mark.parametrize(
    ("dotted", "expected"),
    [
        ("size", "medium"),
        ("labels", []),
        ("x", {"y": {"z": 1}, "list": [1]}),
        ("x.y.z", 1),
        ("x.y.gone", None),
        ("x.list.0", None),
        ("x.y.z.deeper", None),
        ("dotted.key", "own"),
        ("gone", None),
    ],
)
def test_what_stands_at_a_key_or_a_dotted_path(dotted: str, expected: Any) -> None:
    task = make_task("a", x={"y": {"z": 1}, "list": [1]}, **{"dotted.key": "own"})
    assert find_meta(task, dotted) == expected


def test_the_latest_activity_is_the_latest_instant_that_can_be_read() -> None:
    task = make_task(
        "a",
        created_at="2025-11-02T13:30:00+02:00",
        updated_at="soon",
        last_activity_at="2025-11-02T12:00:00Z",
    )
    assert latest_activity(task) == NOON
    assert latest_activity(make_task("a", created_at=5, x_at="2025-11-02T12:00:00Z")) is None


# Sorting


def ids(tasks: list[Task], *keys: str) -> list[str]:
    return [task.id for task in sort_tasks(tasks, keys)]


def test_words_sort_by_rank_instants_by_time_and_what_has_no_value_comes_last() -> None:
    tasks = [
        make_task("a", size="xl", created_at="2025-11-02T12:00:00+01:00", track="Beta"),
        make_task("b", size="tiny", created_at="2025-11-02T11:30:00Z", track="alpha"),
        make_task("c", size="huge", created_at="soon", track=""),
    ]
    assert (ids(tasks, "size"), ids(tasks, "-size")) == (["b", "a", "c"], ["a", "b", "c"])
    assert (ids(tasks, "created_at"), ids(tasks, "-created_at")) == (["a", "b", "c"], ["b", "a", "c"])
    assert ids(tasks, "track") == ["c", "b", "a"]
    assert ids(tasks, "milestone") == ids(tasks) == ["a", "b", "c"]


@given(
    st.lists(st.tuples(st.sampled_from(PRIORITIES), st.sampled_from(["x", "y", None])), max_size=6),
    st.booleans(),
)
def test_sorting_by_several_keys_is_stable_and_knows_no_order_of_files(given: list[Any], down: bool) -> None:
    tasks = [make_task(f"t{n}", priority=priority, track=track) for n, (priority, track) in enumerate(given)]
    key = "-priority" if down else "priority"
    ordered = sort_tasks(tasks, [key, "track"])
    assert sort_tasks(tasks[::-1], [key, "track"]) == ordered
    sign = -1 if down else 1
    ranks = [
        (
            sign * PRIORITIES.index(task.get("priority")),
            task.get("track") is None,
            task.get("track") or "",
            task.id,
        )
        for task in ordered
    ]
    assert ranks == sorted(ranks)


def test_an_unknown_key_is_refused_and_the_nearest_offered() -> None:
    with pytest.raises(TaskfilesError, match="Did you mean priority") as caught:
        sort_tasks([], ["-prioritee"])
    assert (caught.value.code, "“prioritee”" in caught.value.message) == ("bad-value", True)


INSTANTS = [
    *("2025-11-02T12:00:00Z", "2025-11-02T12:00:00.001Z", "2025-11-02T12:00:00,999Z", "2025-11-02T23:59:60Z"),
    *(
        "2025-02-30T12:00:00.000Z",
        "2025-11-02",
        "20251102T120000Z",
        "2025-11-02T13:00:00.000+01:00",
        20251102,
    ),
    *(
        "2025-11-02T12:00:00.002Z",
        "9999-99-99T99:99:99.999Z",
        "2025-11-02T12:00:00.0001Z",
        "soon",
        None,
        ["x"],
    ),
]


@given(st.lists(st.sampled_from(INSTANTS), min_size=4, max_size=4))
def test_texts_of_one_form_are_compared_as_texts(values: list[Any]) -> None:
    task = make_task("a", **dict(zip(ACTIVITY, values, strict=True)))
    spans = [span for value in values if (span := find_span(value)) is not None]
    assert latest_activity(task) == max((span[1] for span in spans), default=None)


@pytest.mark.parametrize(
    ("values", "as_texts"),
    [
        (["2026-01-01T10:00:00Z", None, "2025-11-02T15:03:00Z"], True),
        (["2026-01-01T10:00:00.5Z", "2025-11-02T15:03:00.1Z"], True),
        (["2026-01-01T10:00:00Z", "2026-01-01T10:00:00.000Z"], False),  # equal, and no equal texts
        (["2026-01-01"], False),
        (["2026-01-01T10:00:00+01:00"], False),
        (["20260101T100000.00Z"], False),
        ([20260101], False),
        ([None], True),
    ],
)
def test_only_instants_of_one_form_are_sorted_as_texts(values: list[Any], as_texts: bool) -> None:
    assert _sort_as_texts(values) is as_texts
    if as_texts:
        known = [value for value in values if value is not None]
        assert sorted(known) == sorted(known, key=parse_instant)
