"""A task's estimate and the actual figure of its attempts; pure.

An estimate belongs to the task, not to an attempt: of several the earliest attempt's counts, once.
"""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.stats.rows import AttemptRow
from taskfiles.task.values import MAX_INTEGER

# By the beginning of a figure's name: the fields of the estimate and of what it is compared with.
ESTIMATES: dict[str, tuple[str, str]] = {
    "cost": ("estimated_cost_usd_micros", "cost_usd_micros"),
    "input": ("estimated_input_tokens", "input_tokens"),
    "output": ("estimated_output_tokens", "output_tokens"),
    "time": ("estimated_seconds", "duration_seconds"),
}


def compare(rows: Sequence[AttemptRow], name: str) -> tuple[int, int] | None:
    """Return a task's estimate and actual figure; None unless all its attempts are given, and know theirs."""
    estimated, actual = ESTIMATES[name]
    expected = next((value for row in rows if (value := getattr(row, estimated)) is not None), None)
    if expected is None or len(rows) != rows[0].task_attempts:
        return None
    came = [getattr(row, actual) for row in rows]
    if None in came or sum(came) > MAX_INTEGER:
        return None
    return expected, sum(came)
