"""Rules for execution attempts: times, ids, gates, status and outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from taskfiles.basics.instants import parse_instant
from taskfiles.task.attempts import attempt_list
from taskfiles.task.findings import Problem
from taskfiles.task.rules.registry import finds
from taskfiles.task.values import is_inner_path, suggest
from taskfiles.task.words import ErrorType
from taskfiles.text.nodes import Path

if TYPE_CHECKING:
    from taskfiles.task.source import Source

# One mapping of all vocabularies (docs/reference/format.md): the outcomes that go with a status.
OUTCOMES: dict[str, tuple[str, ...]] = {
    "completed": ("success", "partial", "failed"),
    "failed": ("failed", "blocked"),
    "abandoned": ("failed",),
}

ERROR_TYPES = tuple(word.value for word in ErrorType)
# Words that people and tools write, and ours.
SYNONYMS = {
    "api_error": "server_error",
    "auth": "authentication",
    "authentication_failed": "authentication",
    "cancelled_by_user": "cancelled",
    "canceled": "cancelled",
    "context_length": "context_overflow",
    "context_overflow_error": "context_overflow",
    "crash": "agent_error",
    "error": "agent_error",
    "killed": "cancelled",
    "max_budget_usd": "budget",
    "max_tokens": "output_limit",
    "quota": "rate_limit",
    "test_failed": "gate_failed",
    "test_failure": "gate_failed",
    "tests_failed": "gate_failed",
    "time_out": "timeout",
    "unknown": "agent_error",
}


def _attempts(task: Source) -> list[tuple[int, dict[str, Any]]]:
    return [(i, a) for i, a in enumerate(attempt_list(task.values)) if isinstance(a, dict)]


def _span(attempt: dict[str, Any]) -> tuple[datetime, datetime] | None:
    try:
        start, end = (
            parse_instant(str(attempt.get("started_at"))),
            parse_instant(str(attempt.get("ended_at"))),
        )
    except ValueError:
        return None
    return (start, end) if start <= end else None


@finds("duration-mismatch")
def check_durations(task: Source) -> Iterator[Problem]:
    """Check that the duration is the time between start and end, to a second."""
    for index, attempt in _attempts(task):
        span, given = _span(attempt), attempt.get("duration_seconds")
        if span is None or isinstance(given, bool) or not isinstance(given, int):
            continue
        actual = (span[1] - span[0]).total_seconds()
        if abs(actual - given) > 1:
            path = ("execution", "attempts", index, "duration_seconds")
            yield Problem(
                "duration-mismatch",
                path,
                {"given": given, "actual": int(actual) if actual == int(actual) else round(actual, 3)},
            )


@finds("attempts-overlap")
def check_overlaps(task: Source) -> Iterator[Problem]:
    """Check that attempts do not overlap."""
    spans = sorted((span, index) for index, attempt in _attempts(task) if (span := _span(attempt)))
    latest = None
    for (start, end), index in spans:
        if latest is not None and start < latest[0]:
            yield Problem(
                "attempts-overlap", ("execution", "attempts", index, "started_at"), {"other": latest[1] + 1}
            )
        if latest is None or end > latest[0]:
            latest = (end, index)


@finds("attempts-unordered")
def check_order(task: Source) -> Iterator[Problem]:
    """Check that attempts are ordered by start."""
    previous = None
    for index, attempt in _attempts(task):
        span = _span(attempt)
        if span is None:
            continue
        if previous is not None and span[0] < previous:
            yield Problem("attempts-unordered", ("execution", "attempts", index, "started_at"))
        previous = span[0]


@finds("duplicate-attempt")
def check_ids(task: Source) -> Iterator[Problem]:
    """Check that no two attempts have the same id."""
    seen: dict[str, int] = {}
    for index, attempt in _attempts(task):
        given = attempt.get("id")
        if not isinstance(given, str):
            continue
        other = seen.setdefault(given.lower(), index)
        if other != index:
            yield Problem("duplicate-attempt", ("execution", "attempts", index, "id"), {"other": other + 1})


@finds("gate-not-run")
def check_gates(task: Source) -> Iterator[Problem]:
    """Check that every failed gate was run."""
    for index, attempt in _attempts(task):
        gates = attempt.get("quality_gates")
        if not isinstance(gates, dict) or not isinstance(gates.get("failed"), list):
            continue
        run = gates.get("run")
        for number, gate in enumerate(gates["failed"]):
            if isinstance(gate, str) and not (isinstance(run, list) and gate in run):
                path = ("execution", "attempts", index, "quality_gates", "failed", number)
                yield Problem("gate-not-run", path, {"gate": gate})


@finds("status-outcome")
def check_outcomes(task: Source) -> Iterator[Problem]:
    """Check that status, outcome and a time-out agree."""
    for index, attempt in _attempts(task):
        status, outcome = attempt.get("status"), attempt.get("outcome")
        if not isinstance(status, str) or status not in OUTCOMES or not isinstance(outcome, str):
            continue
        fitting = OUTCOMES[status]
        if status == "completed" and attempt.get("error_type") != "timeout":
            fitting = ("success", "partial")
        if outcome not in fitting and outcome in {"success", "partial", "blocked", "failed"}:
            path = ("execution", "attempts", index, "outcome")
            remedy = f"With status {status} the outcome is {' or '.join(fitting)}."
            yield Problem("status-outcome", path, {"status": status, "outcome": outcome, "remedy": remedy})


@finds("cache-exceeds-input")
def check_cached(task: Source) -> Iterator[Problem]:
    """Check that cached tokens do not exceed the input tokens that include them."""
    for index, attempt in _attempts(task):
        usage = attempt.get("usage")
        if not isinstance(usage, dict):
            continue
        whole, *parts = (
            usage.get(key) for key in ("input_tokens", "cache_read_tokens", "cache_write_tokens")
        )
        cached = sum(part for part in parts if isinstance(part, int) and not isinstance(part, bool))
        if isinstance(whole, int) and not isinstance(whole, bool) and cached > whole:
            path = ("execution", "attempts", index, "usage", "input_tokens")
            yield Problem("cache-exceeds-input", path, {"cached": cached, "input": whole})


@finds("not-one-word", "unknown-error-type")
def check_error_types(task: Source) -> Iterator[Problem]:
    """Check that the type of an error is one word, and one of the format's."""
    for index, attempt in _attempts(task):
        given = attempt.get("error_type")
        path = ("execution", "attempts", index, "error_type")
        if not isinstance(given, str) or given in ERROR_TYPES:
            continue
        if len(given.split()) > 1:
            yield Problem("not-one-word", path, {"given": given[:60]})
        elif given.strip():
            near = SYNONYMS.get(given.lower())
            remedy = f"Did you mean {near}? " if near else suggest(given, ERROR_TYPES)
            remedy = remedy or f"The words are {', '.join(ERROR_TYPES)}. "
            yield Problem("unknown-error-type", path, {"given": given[:60], "remedy": remedy})


@finds("foreign-path")
def check_created_files(task: Source) -> Iterator[Problem]:
    """Check that created files are paths within the repository."""
    for path, given, _ in _created_files(task):
        if not is_inner_path(given):
            yield Problem("foreign-path", path, {"given": given[:200]})


@finds("unsorted-files")
def check_sorted_files(task: Source) -> Iterator[Problem]:
    """Check that created files are sorted."""
    for path, given, above in _created_files(task):
        if given < above:
            yield Problem("unsorted-files", path, {"given": given[:200]})


def _created_files(task: Source) -> Iterator[tuple[Path, str, str]]:
    """Yield the path and text of each created file, and the text of the one above it."""
    for index, attempt in _attempts(task):
        above = ""
        files = attempt.get("created_files")
        for number, given in enumerate(files if isinstance(files, list) else []):
            if isinstance(given, str):
                yield ("execution", "attempts", index, "created_files", number), given, above
                above = given
