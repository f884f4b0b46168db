"""Rules for single keys: schema, required keys, time zones, spelling."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from taskfiles.basics.instants import day_start, find_day, find_instant, find_span, has_zone
from taskfiles.task import values
from taskfiles.task.attempts import attempt_list
from taskfiles.task.findings import Problem
from taskfiles.task.keys import DAY_KEYS, INSTANT_KEYS, RESERVED, key_order, part_name, schema_problems
from taskfiles.task.rules.registry import finds
from taskfiles.text.nodes import Path, Value

if TYPE_CHECKING:
    from taskfiles.task.source import Source

_MESSAGES_SINCE = day_start(date(2025, 11, 1))
_ATTEMPT_INSTANTS = frozenset({"started_at", "ended_at"})


@finds(
    "empty-text",
    "ended-before-started",
    "invalid-id",
    "invalid-timestamp",
    "invalid-uuid",
    "missing-key",
    "no-attempts",
    "null-value",
    "out-of-range",
    "unknown-value",
    "wrong-type",
)
def check_schema(task: Source) -> Iterator[Problem]:
    """Check types, words, ranges and required keys by the models."""
    for code, path, params in schema_problems(task.values):
        yield Problem(code, path, params)


@finds("missing-commit-message")
def check_commit_message(task: Source) -> Iterator[Problem]:
    """Check that tasks done since 2025-11-01 have the message of the commit that completed them."""
    message = task.values.get("commit_message")
    if task.state != "done" or not (message is None or (isinstance(message, str) and not message.strip())):
        return
    completed = find_span(task.values.get("completed_at"))
    if completed is None or completed[1] >= _MESSAGES_SINCE:
        yield Problem(
            "missing-commit-message", ("commit_message",) if "commit_message" in task.values else ("state",)
        )


@finds("missing-completed-at")
def check_completion(task: Source) -> Iterator[Problem]:
    """Check that a done task says when it was completed."""
    if task.state == "done" and task.values.get("completed_at") is None:
        yield Problem("missing-completed-at", ("state",), {"id": task.id})


@finds("no-zone")
def check_zones(task: Source) -> Iterator[Problem]:
    """Check that every instant names its time zone."""
    for path, value in instants(task.values):
        if find_instant(value) is not None and find_day(value) is None and not has_zone(value):
            yield Problem("no-zone", path)


@finds("day-only")
def check_days(task: Source) -> Iterator[Problem]:
    """Check that instants outside of attempts have a time."""
    for path, value in instants(task.values):
        if len(path) == 1 and path[0] not in DAY_KEYS and (day := find_day(value)) is not None:
            yield Problem("day-only", path, {"day": day.isoformat()})


def instants(frontmatter: dict[str, Value]) -> Iterator[tuple[Path, str]]:
    """Yield path and text of each instant and day of a frontmatter, under known keys only."""
    for key in INSTANT_KEYS & frontmatter.keys():
        value = frontmatter[key]
        if isinstance(value, str) or find_day(value) is not None:
            yield (key,), str(value)
    for index, attempt in enumerate(attempt_list(frontmatter)):
        if not isinstance(attempt, dict):
            continue
        base: Path = ("execution", "attempts", index)
        for key in _ATTEMPT_INSTANTS & attempt.keys():
            value = attempt[key]
            if isinstance(value, str):
                yield (*base, key), value
        reviewer = attempt.get("reviewer")
        if isinstance(reviewer, dict) and isinstance(reviewer.get("reviewed_at"), str):
            yield (*base, "reviewer", "reviewed_at"), str(reviewer["reviewed_at"])


@finds("reserved-key")
def check_reserved(task: Source) -> Iterator[Problem]:
    """Check that no key is one that the tool's JSON adds."""
    for key in task.values:
        if key in RESERVED:
            yield Problem("reserved-key", (key,), {"key": key}, at="key")


@finds("unknown-key")
def check_unknown(task: Source) -> Iterator[Problem]:
    """Check that every key is known; an unknown one may be misspelt."""
    yield from _unknown(task.values, ())


def _unknown(value: Value, path: Path) -> Iterator[Problem]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(item, (*path, index))
        return
    if not isinstance(value, dict) or part_name(path) is None:
        return
    known = key_order(path)
    for key, item in value.items():
        if key in known:
            yield from _unknown(item, (*path, key))
        elif known and not key.startswith("x_") and not (key in RESERVED and not path):
            from taskfiles.task.synonyms import suggest_key  # noqa: PLC0415 (only keys that are not ours)

            yield Problem(
                "unknown-key",
                (*path, key),
                {"key": key, "near": suggest_key(key, known) if not path else values.suggest(key, known)},
                at="key",
            )
