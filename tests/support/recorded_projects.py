"""Projects of which much or little is recorded, as frontmatters: what figures are computed from."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from taskfiles import Task, parse_task
from taskfiles.stats import dimensions

BASE = datetime(2025, 10, 31, 22, tzinfo=UTC)
ZONE = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))])
NUMBERS = st.sampled_from([0, 1, 7, 60, 1_000_000, 2**63 - 1])
DIMENSIONS = [*dimensions.DIMENSIONS, "x_team"]
IN_TABLES = [*dimensions.IN_TABLES, "x_team"]


def some(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=known)


# Strategies are made once: making them anew in each draw takes as long as all else.
MINUTES, LENGTHS = st.integers(0, 300), st.integers(0, 90)
MILLISECONDS, MICROSECONDS = st.sampled_from([0, 1, 250]), st.sampled_from([0, 0, 1])
DURATIONS = st.integers(0, 9) | NUMBERS
STATUSES = st.sampled_from(["completed", "completed", "failed", "abandoned"])
EXECUTORS = st.fixed_dictionaries(
    {"tool": st.sampled_from(["codex", "aider"])},
    optional={
        "model": st.sampled_from(["a", "b"]),
        "provider": st.just("p"),
        "planner": st.sampled_from([{"tool": "t"}, {"tool": "t", "model": "m"}]),
    },
)
GATES = st.lists(st.sampled_from(["build", "lint"]), max_size=2)
VERDICTS = st.booleans().map(
    lambda good: {"name": "Ada", "approved": good, "reviewed_at": "2025-11-02T12:00:00Z"}
)
USAGE = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
USAGE += ("estimated_input_tokens", "estimated_output_tokens")
DETAILS = some(
    outcome=st.sampled_from(["success", "partial", "blocked", "failed"]),
    error_type=st.sampled_from(["timeout", "gate_failed", "cancelled"]),
    reviewer=VERDICTS,
    usage=some(**dict.fromkeys(USAGE, NUMBERS)),
    cost=some(actual_usd_micros=NUMBERS, estimated_usd_micros=NUMBERS),
    quality_gates=some(run=GATES, failed=GATES),
)
COUNTS = st.sampled_from([0, 1, 3, 9])
KEYS = some(
    size=st.sampled_from(["tiny", "xl"]),
    ambiguity=st.sampled_from(["low", "high"]),
    priority=st.just("urgent"),
    executor=st.just("expert"),
    isolation=st.just("global"),
    kind=st.just("story"),
    task_type=st.just("bug"),
    complexity=st.just("simple"),
    language=st.just("python"),
    estimate_minutes=st.sampled_from([0, 5, 90]),
    due=st.sampled_from(["2025-11-01", "2025-11-02T10:00:00.5Z", "2025-11-03"]),
    milestone=st.just("v1"),
    created_by=st.sampled_from(["ana", "bob"]),
    close_reason=st.just("obsolete"),
    labels=st.lists(st.sampled_from(["ui", "api", "db"]), max_size=4),
    x_team=st.sampled_from(["red", "blue", ["red", "blue"], [], {"of": "two"}, 7, None]),
)


@st.composite
def attempts(draw: st.DrawFn) -> dict[str, Any]:
    start = BASE + timedelta(minutes=draw(MINUTES), milliseconds=draw(MILLISECONDS))
    end = start + timedelta(minutes=draw(LENGTHS), microseconds=draw(MICROSECONDS))
    told: dict[str, Any] = {
        "started_at": start.astimezone(draw(ZONE)).isoformat(),
        "ended_at": end.isoformat(),
        "duration_seconds": draw(DURATIONS),
        "status": draw(STATUSES),
        "executor": draw(EXECUTORS),
    }
    return told | draw(DETAILS)


ATTEMPTS = st.lists(attempts(), max_size=4)


@st.composite
def projects(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Frontmatters of valid tasks; sometimes many alike, so that ranks and percentiles come into play."""
    tasks = []
    for number in range(draw(COUNTS)):
        front = {"id": f"t-{number}", "title": "T", "state": "done", "commit_message": "m"} | draw(KEYS)
        if made := draw(ATTEMPTS):
            front["execution"] = {"attempts": made}
        tasks.append(front)
    return tasks


def parse(front: dict[str, Any]) -> Task:
    return parse_task(f"tasks/30-done/task-{front['id']}.md", f"---\n{json.dumps(front)}\n---\n".encode())
