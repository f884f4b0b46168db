"""Attempts and their gates as columns of the tables; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from taskfiles.basics.instants import MICROSECOND
from taskfiles.dataset.instants import instant_texts
from taskfiles.dataset.rows import Values
from taskfiles.stats.dimensions import agent_of, error_of, planner_of
from taskfiles.stats.rows import AttemptRow
from taskfiles.telemetry.outcomes import read_meaning

# Columns of an attempt that are fields of its row in `stats` under the same name.
SHARED = tuple(name for name in AttemptRow._fields if name not in {"task", "size", "gates", "values"})

Given = Sequence[Mapping[str, Any]]
_MONTH = len("2026-03")  # the beginning of an instant
_PLAIN = ("error_detail", "exit_code", "turns", "model_requests", "refused_tools", "no_change")
_PARTS = {  # by the column: the part of an attempt that has it, and the key there
    "reviewed_at": ("reviewer", "reviewed_at"),
    "version": ("executor", "version"),
    "commit_base": ("commit", "base"),
    "commit_head": ("commit", "head"),
    "reasoning_tokens": ("usage", "reasoning_tokens"),
    "cost_source": ("cost", "source"),
    "context_compactions": ("context", "compactions"),
    "context_rotations": ("context", "rotations"),
    "context_utilization_final": ("context", "utilization_final"),
}


def make_attempts(given: Given, rows: Sequence[AttemptRow]) -> Values:
    """Make the columns that attempts have by themselves, from the files and from their rows in `stats`."""
    parts = {
        name: [None if part is None else part.get(key) for part in [each.get(named) for each in given]]
        for name, (named, key) in _PARTS.items()
    }
    shared = dict(zip(AttemptRow._fields, zip(*rows, strict=True) if rows else repeat(()), strict=False))
    ends = instant_texts([each["ended_at"] for each in given])
    return {
        **{name: shared[name] for name in SHARED},
        **{name: [each.get(name) for each in given] for name in _PLAIN},
        **parts,
        **{name: [agent_of(each, name) for each in given] for name in ("tool", "model", "provider")},
        "planner": [planner_of(each) for each in given],
        "error_type": [error_of(each) for each in given],
        "attempt_id": [each.get("id") for each in given],
        "started_at": instant_texts([each["started_at"] for each in given]),
        "ended_at": ends,
        "elapsed_micros": [(row.ended_at - row.started_at) // MICROSECOND for row in rows],
        "month": [end[:_MONTH] for end in ends if end],
        "reviewed_at": instant_texts(parts["reviewed_at"]),
        "status": [str(each["status"]) for each in given],
        "outcome": [_outcome(each) for each in given],
        "ending": [*map(str, shared["ending"])],
        "gates_run": [row.gates_run for row in rows],
        "gates_failed": [row.gates_failed for row in rows],
        "context_utilization_final": [
            None if value is None else float(value) for value in parts["context_utilization_final"]
        ],
        "created_files": [len(each["created_files"]) if "created_files" in each else None for each in given],
    }


def make_gates(given: Given, rows: Sequence[AttemptRow], attempts: Values) -> Values:
    """Make the columns of the gates that were run in some attempts, whose columns are given."""
    found = [
        (at, name, failed, given[at].get("quality_gates", {}).get("durations_ms", {}).get(name))
        for at, row in enumerate(rows)
        for name, failed in sorted((row.gates or {}).items())
    ]
    same = ("repo", "task_id", "position", "ended_at", "month", "state", "ancestors")
    return {
        **{key: [attempts[key][at] for at, *_ in found] for key in same},
        "gate": [name for _, name, _, _ in found],
        "failed": [failed for _, _, failed, _ in found],
        "duration_ms": [duration for *_, duration in found],
    }


def _outcome(attempt: Mapping[str, Any]) -> str:
    return str(read_meaning(attempt["status"], attempt.get("outcome"), attempt.get("error_type")).outcome)
