"""Rules of execution attempts, asked by themselves: what is wrong with one hides nothing of the others."""

from __future__ import annotations

from typing import Any

import pytest

from support.sources import tried
from taskfiles.task.rules import attempts
from taskfiles.task.source import Source


def codes(rule: Any, source: Source) -> list[Any]:
    return [(problem.code, problem.path) for problem in rule(source)]


def test_what_is_wrong_with_one_attempt_hides_nothing_of_the_others() -> None:
    noon, later = "2025-11-02T12:00:00Z", "2025-11-02T12:05:00Z"
    span = {"started_at": noon, "ended_at": later}
    source = tried(span, {"started_at": "soon"}, "no attempt", span | {"duration_seconds": 290})  # type: ignore[arg-type]
    third = ("execution", "attempts", 3)
    assert codes(attempts.check_overlaps, source) == [("attempts-overlap", (*third, "started_at"))]
    assert codes(attempts.check_durations, source) == [("duration-mismatch", (*third, "duration_seconds"))]
    assert codes(attempts.check_order, source) == []


@pytest.mark.parametrize(
    ("status", "outcome", "more", "fits"),
    [
        ("completed", "success", {}, True),
        ("completed", "partial", {}, True),
        ("completed", "failed", {}, False),
        ("completed", "failed", {"error_type": "timeout"}, True),
        ("failed", "failed", {}, True),
        ("failed", "blocked", {}, True),
        ("failed", "success", {}, False),
        ("abandoned", "failed", {}, True),
        ("abandoned", "partial", {}, False),
        ("abandoned", "failed", {"error_type": "timeout"}, True),
        ("ended", "success", {}, True),  # another rule names a wrong word
        ("failed", "lost", {}, True),
    ],
)
def test_status_and_outcome_go_together(status: str, outcome: str, more: dict[str, Any], fits: bool) -> None:
    found = codes(attempts.check_outcomes, tried({"status": status, "outcome": outcome, **more}))
    assert (found == []) is fits


def test_gates_ids_and_files_of_an_attempt() -> None:
    source = tried(
        {"id": "A", "quality_gates": {"run": ["build"], "failed": ["build", "lint", 5]}, "error_type": "a b"},
        {
            "id": "a",
            "created_files": ["b", "a", "/c", 5],
            "usage": {"input_tokens": 1, "cache_read_tokens": 2},
        },
    )
    first, second = (("execution", "attempts", index) for index in (0, 1))
    assert codes(attempts.check_gates, source) == [("gate-not-run", (*first, "quality_gates", "failed", 1))]
    assert codes(attempts.check_ids, source) == [("duplicate-attempt", (*second, "id"))]
    assert codes(attempts.check_error_types, source) == [("not-one-word", (*first, "error_type"))]
    assert codes(attempts.check_cached, source) == [
        ("cache-exceeds-input", (*second, "usage", "input_tokens"))
    ]
    assert codes(attempts.check_created_files, source) == [("foreign-path", (*second, "created_files", 2))]
    assert codes(attempts.check_sorted_files, source) == [
        ("unsorted-files", (*second, "created_files", 1)),
        ("unsorted-files", (*second, "created_files", 2)),
    ]
