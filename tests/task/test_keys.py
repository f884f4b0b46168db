"""The keys of a frontmatter: their order at every depth, their defaults, and what is wrong with one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.strategies import VALUES
from taskfiles.task.keys import (
    DEFAULTS,
    INSTANT_KEYS,
    KEY_ORDER,
    LIST_KEYS,
    NUMBER_KEYS,
    PARTS,
    TEXT_KEYS,
    WORDS,
    attempt_problems,
    key_order,
    part_name,
    schema_problems,
    sort_keys,
)
from taskfiles.text.nodes import Path, same

ATTEMPT = ("execution", "attempts", 0)
SOUND = {"id": "fix", "title": "Fix", "state": "ready"}


def test_the_keys_that_a_task_needs() -> None:
    required = {name for name, key in PARTS["TaskMeta"].items() if key.required}
    assert required == {"id", "title", "state"}
    assert required.isdisjoint(DEFAULTS)
    assert required | DEFAULTS.keys() == set(KEY_ORDER)


def test_each_key_is_of_one_sort() -> None:
    assert {"id", "title"} <= TEXT_KEYS
    assert set(KEY_ORDER) == TEXT_KEYS | LIST_KEYS | INSTANT_KEYS | NUMBER_KEYS | {"execution"}
    assert WORDS.keys() <= TEXT_KEYS
    assert not LIST_KEYS & INSTANT_KEYS
    nullable = {name for name, key in PARTS["TaskMeta"].items() if key.nullable}
    assert DEFAULTS.keys() - nullable == {"execution"}


def test_a_default_is_one_that_its_key_takes() -> None:
    given = {key: value for key, value in DEFAULTS.items() if value is not None}
    assert schema_problems(SOUND | given) == []
    assert all(DEFAULTS[key] == [] for key in LIST_KEYS)


@pytest.mark.parametrize(
    ("path", "part", "first"),
    [
        ((), "TaskMeta", "id"),
        (("links", 3), "Link", "type"),
        (("execution",), "TaskExecution", "attempts"),
        (ATTEMPT, "ExecutionAttempt", "id"),
        ((*ATTEMPT, "executor", "planner"), "ExecutionPlanner", "tool"),
        ((*ATTEMPT, "quality_gates", "durations_ms"), "Durations", None),
        ((*ATTEMPT, "x_own"), None, None),
        (("x_own", "execution"), None, None),
        (("labels",), None, None),
    ],
)
def test_the_mapping_at_a_path(path: Path, part: str | None, first: str | None) -> None:
    assert part_name(path) == part
    assert next(iter(key_order(path)), None) == first


def test_known_keys_come_first_at_every_depth() -> None:
    attempt = {"x": 1, "notes": "n", "executor": {"model": "m", "tool": "t"}, "id": "i"}
    given = {"x_own": {"title": 1, "id": 2}, "execution": {"attempts": [attempt]}, "title": "a", "id": "b"}
    ordered = sort_keys(given)
    assert list(ordered) == ["id", "title", "execution", "x_own"]
    assert list(ordered["execution"]["attempts"][0]) == ["id", "executor", "notes", "x"]
    assert list(ordered["execution"]["attempts"][0]["executor"]) == ["tool", "model"]
    assert list(ordered["x_own"]) == ["title", "id"]  # the user's own mapping


@given(st.dictionaries(st.sampled_from([*KEY_ORDER, "x", "y"]), VALUES))
def test_sorting_changes_no_value_and_is_done_once(frontmatter: dict[str, Any]) -> None:
    ordered = sort_keys(frontmatter)
    assert same(ordered, frontmatter)
    assert [key for key in ordered if key not in KEY_ORDER] == [key for key in frontmatter if key in "xy"]
    assert [*sort_keys(ordered)] == [*ordered] == sorted(ordered, key=rank)


def rank(key: str) -> int:
    return KEY_ORDER.index(key) if key in KEY_ORDER else len(KEY_ORDER)


# Checks

TRIED = {
    "started_at": "2025-11-02T12:00:00Z",
    "ended_at": "2025-11-02T12:02:00Z",
    "duration_seconds": 120,
    "status": "failed",
    "executor": {"tool": "t"},
}


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({}, []),
        ({"labels": None, "parent": None, "x_own": None}, []),
        ({"title": None}, [("null-value", ("title",))]),
        ({"execution": None}, [("null-value", ("execution",))]),
        ({"labels": ["ui", 5, ""]}, [("wrong-type", ("labels", 1)), ("empty-text", ("labels", 2))]),
        ({"size": "huge"}, [("unknown-value", ("size",))]),
        ({"links": [{"type": "linear"}]}, [("missing-key", ("links", 0, "key"))]),
        ({"links": [{"type": "github_issue", "key": "A-1"}]}, [("missing-key", ("links", 0, "number"))]),
        ({"links": [{"type": "url", "key": "A-1"}]}, [("missing-key", ("links", 0, "url"))]),
        ({"links": [{"type": "file"}]}, [("missing-key", ("links", 0, "path"))]),
        ({"links": [{"type": "task", "relation": "related"}]}, [("missing-key", ("links", 0, "id"))]),
        ({"links": [{"type": "task", "id": "A b"}]}, [("invalid-id", ("links", 0, "id"))]),
        ({"links": [{"type": "jira"}]}, [("unknown-value", ("links", 0, "type"))]),
        ({"links": ["A-1"]}, [("wrong-type", ("links", 0))]),
        ({"execution": {"attempts": []}}, [("no-attempts", ("execution", "attempts"))]),
        ({"execution": {"attempts": [TRIED]}}, []),
        ({"execution": {"attempts": [TRIED | {"turns": None}]}}, [("null-value", (*ATTEMPT, "turns"))]),
        (
            {"execution": {"attempts": [TRIED | {"ended_at": "2025-11-02T11:00:00Z"}]}},
            [("ended-before-started", (*ATTEMPT, "ended_at"))],
        ),
        (
            {"execution": {"attempts": [TRIED | {"quality_gates": {"durations_ms": {"build": -1}}}]}},
            [("out-of-range", (*ATTEMPT, "quality_gates", "durations_ms", "build"))],
        ),
    ],
)
def test_every_problem_has_its_code_and_path(change: dict[str, Any], problems: list[Any]) -> None:
    assert [(code, path) for code, path, _ in schema_problems(SOUND | change)] == problems


def test_what_is_missing_is_named() -> None:
    assert schema_problems({"id": "fix"}) == [
        ("missing-key", ("title",), {"key": "title"}),
        ("missing-key", ("state",), {"key": "state"}),
    ]
    assert attempt_problems({**TRIED, "status": "failed", "executor": {}}) == [
        ("missing-key", ("executor", "tool"), {"key": "tool"})
    ]
    assert [code for code, _, _ in attempt_problems("once")] == ["wrong-type"]
