"""What the attempts of a task add up to, as the task's own row has it; pure."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.basics.instants import MICROSECOND, parse_instant
from taskfiles.dataset.rows import LARGEST, Row
from taskfiles.stats.dimensions import OF_ATTEMPT

_TOTALS = (
    *OF_ATTEMPT, "uniform", "started_at", "ended_at", "elapsed_micros", "work_seconds", "cost_usd_micros",
    "first_success", "succeeded", "approved",
)  # fmt: skip


def add_up(attempts: Sequence[Row]) -> Row:
    """Return columns of `tasks` from all rows of `attempts` of one task, in the order of their positions.

    Where there are none, or a sum does not fit into 64 bits, all is unknown.
    """
    costs = [row["cost_usd_micros"] for row in attempts]
    work = sum(row["duration_seconds"] for row in attempts)
    cost = None if None in costs else sum(costs)
    if not attempts or work > LARGEST or (cost is not None and cost > LARGEST):
        return dict.fromkeys(_TOTALS)
    values = {name: {row[name] for row in attempts} for name in OF_ATTEMPT}
    same = {name: next(iter(found)) if len(found) == 1 else None for name, found in values.items()}
    started_at = min(row["started_at"] for row in attempts)
    ended_at = max(row["ended_at"] for row in attempts)
    return {
        **same,
        "uniform": all(len(found) == 1 for found in values.values()),
        "started_at": started_at,
        "ended_at": ended_at,
        "elapsed_micros": (parse_instant(ended_at) - parse_instant(started_at)) // MICROSECOND,
        "work_seconds": work,
        "cost_usd_micros": cost,
        "first_success": next((row["position"] for row in attempts if row["succeeded"]), None),
        "succeeded": attempts[-1]["succeeded"],
        "approved": attempts[-1]["approved"],
    }
