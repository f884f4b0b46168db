"""Projects of which much or little is recorded, as frontmatters: what figures are computed from."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from taskfiles import Task, parse_task

BASE = datetime(2025, 10, 31, 22, tzinfo=UTC)
ZONES = [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]
NUMBERS = st.sampled_from([0, 1, 7, 60, 1_000_000, 2**63 - 1])
DIMENSIONS = ["model", "tool", "provider", "planner", "ambiguity", "size", "executor", "priority", "kind"]
DIMENSIONS += ["isolation", "task_type", "complexity", "language", "label", "month", "x_team"]


def some(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=known)


@st.composite
def attempts(draw: st.DrawFn) -> dict[str, Any]:
    start = BASE + timedelta(
        minutes=draw(st.integers(0, 300)), milliseconds=draw(st.sampled_from([0, 1, 250]))
    )
    end = start + timedelta(minutes=draw(st.integers(0, 90)), microseconds=draw(st.sampled_from([0, 0, 1])))
    zone = draw(st.sampled_from(ZONES))
    executor = {"tool": draw(st.sampled_from(["codex", "aider"]))}
    executor |= draw(some(model=st.sampled_from(["a", "b"]), provider=st.just("p")))
    told: dict[str, Any] = {
        "started_at": start.astimezone(zone).isoformat(),
        "ended_at": end.isoformat(),
        "duration_seconds": draw(st.integers(0, 9) | NUMBERS),
        "status": draw(st.sampled_from(["completed", "completed", "failed", "abandoned"])),
        "executor": executor
        | draw(some(planner=st.sampled_from([{"tool": "t"}, {"tool": "t", "model": "m"}]))),
    }
    usage = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
    usage += ("estimated_input_tokens", "estimated_output_tokens")
    gates = st.lists(st.sampled_from(["build", "lint"]), max_size=2)
    verdicts = st.booleans().map(
        lambda good: {"name": "Ada", "approved": good, "reviewed_at": "2025-11-02T12:00:00Z"}
    )
    return told | draw(
        some(
            outcome=st.sampled_from(["success", "partial", "blocked", "failed"]),
            error_type=st.sampled_from(["timeout", "gate_failed", "cancelled"]),
            reviewer=verdicts,
            usage=some(**dict.fromkeys(usage, NUMBERS)),
            cost=some(actual_usd_micros=NUMBERS, estimated_usd_micros=NUMBERS),
            quality_gates=some(run=gates, failed=gates),
        )
    )


@st.composite
def projects(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Frontmatters of valid tasks; sometimes many alike, so that ranks and percentiles come into play."""
    tasks = []
    for number in range(draw(st.sampled_from([0, 1, 3, 9]))):
        front = {"id": f"t-{number}", "title": "T", "state": "done", "commit_message": "m"}
        front |= draw(
            some(
                size=st.sampled_from(["tiny", "xl"]),
                ambiguity=st.sampled_from(["low", "high"]),
                priority=st.just("urgent"),
                executor=st.just("expert"),
                isolation=st.just("global"),
                kind=st.just("story"),
                task_type=st.just("bug"),
                complexity=st.just("simple"),
                language=st.just("python"),
                labels=st.lists(st.sampled_from(["ui", "api", "db"]), max_size=4),
                x_team=st.sampled_from(["red", "blue", ["red", "blue"], [], {"of": "two"}, 7, None]),
            )
        )
        if made := draw(st.lists(attempts(), max_size=4)):
            front["execution"] = {"attempts": made}
        tasks.append(front)
    return tasks


def parse(front: dict[str, Any]) -> Task:
    return parse_task(f"tasks/30-done/task-{front['id']}.md", f"---\n{json.dumps(front)}\n---\n".encode())
