"""A change in a few words: each kind of field, additions, removals, and what has no usual shape."""

from __future__ import annotations

from typing import Any

import pytest

from taskfiles.history.phrases import choose_changes, describe_attempt, describe_change, describe_value

TASK = {"title": "Fix the navbar", "state": "ready"}
TRIED = {"status": "failed", "executor": {"tool": "codex", "model": "m-1"}}


@pytest.mark.parametrize(
    ("field", "before", "after", "expected"),
    [
        ("task", None, TASK, "created: Fix the navbar (ready)"),
        ("task", TASK, None, "removed: Fix the navbar (ready)"),
        ("path", "tasks/a.md", "tasks/b.md", "path: tasks/a.md → tasks/b.md"),
        ("body.Overview", "", "one\ntwo", "Overview: added"),
        ("body.Overview", "one\ntwo", "", "Overview: removed"),
        ("body.Overview", "one\ntwo", "one", "Overview: 2 → 1 lines"),
        ("body", "one", "two", "text: 1 → 1 lines"),
        ("labels", ["a", "b"], ["b", "c"], "labels: -a +c"),
        ("labels", ["a", "b"], ["b", "a"], "labels: in another order"),
        ("labels", None, ["a"], "labels: +a"),
        ("labels", ["a"], None, "labels: -a"),
        ("labels", "a", ["a"], "labels: a → ['a']"),
        ("state", "ready", "done", "state: ready → done"),
        ("blocked", None, True, "blocked: none → True"),
        ("execution.attempts", None, TRIED, "attempt of codex, m-1: failed"),
    ],
)
def test_each_kind_of_field(field: str, before: Any, after: Any, expected: str) -> None:
    assert describe_change({"field": field, "from": before, "to": after}) == expected


@pytest.mark.parametrize(("is_ticked", "expected"), [(True, "[x] It works"), (False, "[ ] It works")])
def test_a_box(is_ticked: bool, expected: str) -> None:
    assert (
        describe_change({"field": "box", "item": "It works", "from": not is_ticked, "to": is_ticked})
        == expected
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (TRIED, None, "attempt of codex, m-1: removed"),
        (TRIED, "x", "attempt: changed"),
        (None, {}, "attempt of somebody: without a status"),
        (None, {"executor": "codex", "status": "completed"}, "attempt of somebody: completed"),
        (
            None,
            {**TRIED, "error_type": "timeout", "duration_seconds": 9},
            "attempt of codex, m-1: failed (timeout), 9 s",
        ),
        (None, {**TRIED, "duration_seconds": "long"}, "attempt of codex, m-1: failed"),
        (
            TRIED,
            {**TRIED, "status": "completed", "turns": 3},
            "attempt of codex, m-1: changed status, turns",
        ),
        ("x", None, "attempt of somebody: removed"),
    ],
)
def test_an_attempt(before: Any, after: Any, expected: str) -> None:
    assert describe_attempt(before, after) == expected


def test_a_long_value_is_cut() -> None:
    assert describe_value("x" * 60) == "x" * 60
    assert describe_value("x" * 61) == "x" * 59 + "…"


def test_an_instant_that_each_change_sets_is_named_where_it_is_alone() -> None:
    touched: dict[str, Any] = {"field": "updated_at", "from": "a", "to": "b"}
    moved: dict[str, Any] = {"field": "state", "from": "idea", "to": "ready"}
    assert choose_changes([touched, moved]) == [moved]
    assert choose_changes([touched]) == [touched]
