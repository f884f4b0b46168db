"""Attempts: figures derived from them; comparing, merging and completing single ones."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.text.nodes import Value, same

if TYPE_CHECKING:
    from taskfiles.task.model import ExecutionAttempt


class Derived(NamedTuple):
    """Figures over all attempts of a task; times in seconds, integers if the instants are whole seconds."""

    attempts: int
    retry_count: int
    total_execution_seconds: int
    wall_clock_seconds: float
    active_seconds: float
    idle_seconds: float


def derive(attempts: Sequence[ExecutionAttempt]) -> Derived:
    """Compute retries, total, wall, active and idle time of at least one attempt.

    Active time is the length of the union of the intervals, so that idle time is never negative;
    without overlaps idle is wall minus total, as the execution telemetry defines it.
    """
    return derive_spans([(each.started_at, each.ended_at, each.duration_seconds) for each in attempts])


def derive_spans(attempts: Sequence[tuple[datetime, datetime, int]]) -> Derived:
    """Compute the same figures as `derive` from start, end and duration in seconds of each attempt."""
    wall, active = measure_spans([(start, end) for start, end, _ in attempts])
    return Derived(
        attempts=len(attempts),
        retry_count=len(attempts) - 1,
        total_execution_seconds=sum(seconds for _, _, seconds in attempts),
        wall_clock_seconds=_seconds(wall.total_seconds()),
        active_seconds=_seconds(active.total_seconds()),
        idle_seconds=_seconds((wall - active).total_seconds()),
    )


def measure_spans(spans: Sequence[tuple[datetime, datetime]]) -> tuple[timedelta, timedelta]:
    """Return the time from the first start to the last end of at least one span, and that of their union."""
    if len(spans) == 1:  # as most tasks have
        start, end = spans[0]
        return end - start, max(end - start, timedelta())
    ordered = sorted(spans)
    wall = max(end for _, end in ordered) - ordered[0][0]
    active = timedelta()
    reached = ordered[0][0]
    for start, end in ordered:
        if end > reached:
            active += end - max(start, reached)
            reached = end
    return wall, active


def _seconds(value: float) -> float:
    return int(value) if value == int(value) else value


def first_difference(recorded: Value, given: Value, field: str = "") -> str | None:
    """Return the first of the given fields in which a recorded attempt differs; None if it matches.

    Values are compared by meaning: two spellings of one instant are equal.
    """
    if isinstance(recorded, dict) and isinstance(given, dict):
        for key, value in given.items():
            name = f"{field}.{key}" if field else key
            if key not in recorded:
                return name
            if (difference := first_difference(recorded[key], value, name)) is not None:
                return difference
        return None
    return None if _equal(recorded, given, field.rpartition(".")[2]) else field


def _equal(recorded: Value, given: Value, key: str) -> bool:
    if same(recorded, given):
        return True
    if isinstance(recorded, (int, float)) and isinstance(given, (int, float)):
        return not isinstance(recorded, bool) and not isinstance(given, bool) and recorded == given
    if not isinstance(recorded, str) or not isinstance(given, str):
        return False
    if key == "id":
        return recorded.lower() == given.lower()
    try:
        return key.endswith("_at") and parse_instant(recorded) == parse_instant(given)
    except ValueError:
        return False


def merge_attempt(recorded: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return the recorded attempt with the given fields set, at every depth; equal values stay as written."""
    merged = dict(recorded)
    for key, value in given.items():
        old = recorded.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = merge_attempt(old, value)
        elif key not in recorded or not _equal(old, value, key):
            merged[key] = value
    return merged


def complete_times(attempt: dict[str, Any], now: str) -> dict[str, Any]:
    """Fill in missing times: of start, end and duration any two give the third; else the end is now.

    Values that are not instants or durations are left for validation to report.
    """
    times = dict(attempt)
    took = _read_span(times.get("duration_seconds"))
    with suppress(ValueError, OverflowError):
        if took is not None and "started_at" in times and "ended_at" not in times:
            times["ended_at"] = format_instant(parse_instant(str(times["started_at"])) + took)
    times.setdefault("ended_at", now)
    with suppress(ValueError, OverflowError):
        end = parse_instant(str(times["ended_at"]))
        if took is not None and "started_at" not in times:
            times["started_at"] = format_instant(end - took)
        elif "started_at" in times and "duration_seconds" not in times:
            span = end - parse_instant(str(times["started_at"]))
            times["duration_seconds"] = max(0, int(span.total_seconds()))
    return times


_TIMES = ("duration_seconds", "ended_at", "started_at")  # the first that is not given follows from the others


def follow_times(amended: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return an amended attempt whose start, end and duration agree: those that were given count.

    >>> old = {"started_at": "2025-11-02T15:00Z", "ended_at": "2025-11-02T15:10Z", "duration_seconds": 600}
    >>> follow_times(old | (new := {"ended_at": "2025-11-02T15:20Z"}), new)["duration_seconds"]
    1200
    """
    left = [key for key in _TIMES if key not in given]
    if len(left) in {0, len(_TIMES)} or not amended.keys() >= set(_TIMES):
        return amended
    follows = left[0]
    rest = {key: value for key, value in amended.items() if key != follows}
    found = complete_times(rest, str(amended["ended_at"])).get(follows, amended[follows])
    return amended if _equal(amended[follows], found, follows) else amended | {follows: found}


def _read_span(seconds: object) -> timedelta | None:
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
        return None
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        return None


def attempt_list(frontmatter: dict[str, Value]) -> list[Value]:
    """Return the attempts as they are in the file; empty if there is no list of them."""
    execution = frontmatter.get("execution")
    attempts = execution.get("attempts") if isinstance(execution, dict) else None
    return attempts if isinstance(attempts, list) else []


def has_totals(attempt: object) -> bool:
    """Whether an attempt's own figures follow from totals: it has some, and printed none of its own."""
    totals = attempt.get("session_totals") if isinstance(attempt, dict) else None
    return isinstance(totals, dict) and totals.get("own_printed") is not True
