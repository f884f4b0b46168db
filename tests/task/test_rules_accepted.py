"""No rule meets a value that the schema refuses, and the task's own values stay as they are."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.project import BODY
from taskfiles.task.keys import PARTS
from taskfiles.task.rules.accepted import REFUSED, Accepted
from taskfiles.task.task import Task, parse_task

NINES = "9" * 309
WRONG = [
    *(NINES, f"-{NINES}", "1e999", ".inf", "-.inf", ".nan", "9" * 5000, "-1", "0x" + "f" * 2900, "1.5"),
    *("[]", "{}", "x", "null", "true", "[.inf]", "{a: .nan}"),
    *("0001-01-01T00:00:00+23:59", "10000-01-01T00:00:00Z"),
]


def attempt(key: str, value: str) -> str:
    """A task whose one attempt has this value, two levels down for a dotted key."""
    keys = {
        "started_at": "2025-11-02T15:03:00Z",
        "ended_at": "2025-11-02T15:05:00Z",
        "duration_seconds": "120",
        "status": "failed",
        "executor": "{tool: t}",
    }
    outer, _, inner = key.partition(".")
    keys[outer] = f"{{{inner}: {value}}}" if inner else value
    lines = "\n      ".join(f"{name}: {text}" for name, text in keys.items())
    return f"---\nid: a\ntitle: A\nstate: ready\nexecution:\n  attempts:\n    - {lines}\n---\n{BODY}"


INNER = {"commit", "usage", "cost", "quality_gates", "context", "reviewer", "executor"}
KEYS = [
    *(name for name in PARTS["ExecutionAttempt"]),
    *(f"usage.{name}" for name in PARTS["Usage"]),
    *(f"cost.{name}" for name in PARTS["Cost"]),
    *(f"context.{name}" for name in PARTS["ContextFigures"]),
    *(f"quality_gates.{name}" for name in PARTS["QualityGates"]),
    *(f"reviewer.{name}" for name in PARTS["ExecutionReviewer"]),
    *(f"executor.{name}" for name in PARTS["ExecutionExecutor"]),
]


def read(text: str) -> Task:
    return parse_task("tasks/10-ready/task-a.md", text.encode())


@pytest.mark.parametrize("key", KEYS)
def test_a_wrong_value_in_an_attempt_is_one_finding_among_all(key: str) -> None:
    for value in WRONG:
        task = read(attempt(key, value))
        before = copy.deepcopy(task.values)
        codes = {finding.code for finding in task.findings}
        assert codes or task.valid
        assert str(task.values) == str(before)
        refused = [finding for finding in task.errors if finding.field]
        # Where the key itself is refused, no rule has computed with it.
        if any(finding.field == f"execution.attempts[0].{key}" for finding in refused):
            assert "duration-mismatch" not in codes
            assert "attempts-overlap" not in codes


@pytest.mark.parametrize("key", sorted(PARTS["TaskMeta"].keys() - {"id", "execution"}))
def test_a_wrong_value_of_a_key_is_one_finding_among_all(key: str) -> None:
    for value in WRONG:
        lines = {"id": "a", "title": "A", "state": "ready"} | {key: value}
        text = "".join(f"{name}: {text}\n" for name, text in lines.items())
        task = read(f"---\n{text}---\n{BODY}")
        assert [finding.code for finding in task.findings] or task.valid


NUMBERS = ["duration_seconds", "turns", "exit_code", "usage.input_tokens", "usage.cache_read_tokens",
           "cost.actual_usd_micros", "context.compactions", "context.utilization_final"]  # fmt: skip


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("value", [NINES, f"-{NINES}", "1e999", "9" * 5000, "0x" + "f" * 2900, "-1"])
def test_a_number_out_of_range_is_named_at_its_line(key: str, value: str) -> None:
    text = attempt(key, value)
    line = next(n for n, each in enumerate(text.split("\n"), 1) if f": {value}" in each)
    found = [(f.code, f.line, f.field) for f in read(text).errors]
    assert found == [("out-of-range", line, f"execution.attempts[0].{key}")]


# The view


LEAVES = st.one_of(st.none(), st.integers(), st.text(max_size=2))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner)),
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path of a value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(inner for step, item in steps for inner in paths(item, (*path, step)))]


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if value is REFUSED:
            return REFUSED
        value = value[step]
    return value


@given(st.dictionaries(st.sampled_from("abc"), VALUES), st.data())
def test_the_view_lacks_what_is_refused_and_nothing_else(values: dict[str, Any], data: st.DataObject) -> None:
    task = read(f"---\nid: a\ntitle: A\nstate: ready\n---\n{BODY}")
    task.values = values = {"id": "a", **values}
    before = copy.deepcopy(values)
    refused = data.draw(st.lists(st.sampled_from(paths(values)), max_size=3))
    view = Accepted(task, [*refused, ("gone",), ("a", "b", "gone", 7)])
    assert values == before
    for path in paths(values):
        within = any(path[: len(each)] == each for each in refused if each)
        seen = at(view.values, path)
        if within:
            assert seen is REFUSED
        elif not isinstance(seen, (dict, list)):
            assert seen == at(before, path)
