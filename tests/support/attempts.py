"""Attempts that tell little and attempts that tell much, and what a completion makes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from taskfiles import Task, parse_task
from taskfiles.telemetry.completion import make_completion

# The fields of the task completion telemetry, and those beside them that say how much is known.
FIELDS = {
    "task_type", "complexity", "complexity_source", "language", "ambiguity", "harness", "model", "provider",
    "task_duration_ms", "estimated_input_tokens", "estimated_output_tokens", "actual_input_tokens",
    "actual_output_tokens", "estimated_cost_usd_micros", "actual_cost_usd_micros", "attempts",
    "cost_known_attempts", "quality_gate_passed", "quality_gates_run", "quality_gates_failed",
    "context_compactions", "context_rotations", "context_utilization_final", "outcome", "retry_count",
    "repo_size_category",
}  # fmt: skip
BARE = {
    "started_at": "2025-11-02T15:03:00Z",
    "ended_at": "2025-11-02T15:05:00Z",
    "duration_seconds": 120,
    "status": "completed",
    "executor": {"tool": "t"},
}
FAILED = {
    "id": "0199c6f2-0000-7000-8000-000000000001",
    "started_at": "2025-11-02T15:03:00Z",
    "ended_at": "2025-11-02T15:05:00Z",
    "duration_seconds": 120,
    "status": "failed",
    "outcome": "failed",
    "error_type": "gate_failed",
    "executor": {"tool": "codex", "model": "gpt-5", "provider": "openai"},
    "usage": {"input_tokens": 1000, "output_tokens": 200, "estimated_input_tokens": 900},
    "cost": {"actual_usd_micros": 5000, "estimated_usd_micros": 4000, "source": "reported"},
    "quality_gates": {"run": ["build", "lint"], "failed": ["lint"]},
    "context": {"compactions": 1, "rotations": 0, "utilization_final": 0.9},
}
DONE = {
    "id": "0199C6F2-0000-7000-8000-000000000002",
    "started_at": "2025-11-02T16:00:00Z",
    "ended_at": "2025-11-02T16:10:00.500Z",
    "duration_seconds": 600,
    "status": "completed",
    "outcome": "success",
    "executor": {"tool": "claude-code", "model": "claude-sonnet-4", "provider": "anthropic"},
    "usage": {"input_tokens": 2000, "output_tokens": 300, "estimated_output_tokens": 250},
    "quality_gates": {"run": ["build", "lint"]},
    "context": {"compactions": 2, "utilization_final": 0.41},
}


def task(*attempts: dict[str, Any], **keys: Any) -> Task:
    front = {"id": "fix", "title": "Fix", "state": "ready", **keys}
    if attempts:
        front["execution"] = {"attempts": list(attempts)}
    return parse_task("tasks/10-ready/task-fix.md", f"---\n{yaml.safe_dump(front)}---\n".encode())


def payload(*attempts: dict[str, Any], tracked: int | None = None, **keys: Any) -> dict[str, Any]:
    made = make_completion(task(*attempts, **keys), tracked_files=tracked)
    assert made is not None
    assert made.keys() == FIELDS
    return made


def morning(day: int, minutes: int, status: str = "completed", model: str = "opus") -> dict[str, Any]:
    """An attempt of a day in November that began at ten."""
    start = datetime(2025, 11, day, 10, tzinfo=UTC)
    return {
        "started_at": start.isoformat(),
        "ended_at": (start + timedelta(minutes=minutes)).isoformat(),
        "duration_seconds": 60 * minutes,
        "status": status,
        "executor": {"tool": "agent", "model": model},
    }
