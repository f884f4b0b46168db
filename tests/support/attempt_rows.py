"""Rows of attempts and groups of them, made without tasks: what figures are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from taskfiles.stats.groups import Group, SizeNorm, find_norms
from taskfiles.stats.rows import AttemptRow, Ending

TEN = datetime(2025, 11, 2, 10, tzinfo=UTC)


def make_row(
    task: str = "a",
    position: int = 1,
    *,
    start: float = 0,
    minutes: float = 10,
    ending: Ending = Ending.SUCCEEDED,
    approved: bool | None = None,
    **known: Any,
) -> AttemptRow:
    """Make an attempt that begins `start` minutes after ten; usage and cost are unknown unless given."""
    started_at = TEN + timedelta(minutes=start)
    numbers = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"]
    numbers += ["estimated_input_tokens", "estimated_output_tokens", "estimated_seconds"]
    numbers += ["cost_usd_micros", "estimated_cost_usd_micros"]
    values: dict[str, Any] = {
        "size": "medium",
        "task_attempts": 1,
        "gates": None,
        "values": (),
        **dict.fromkeys(numbers),
    }
    return AttemptRow(
        task=task,
        position=position,
        started_at=started_at,
        ended_at=started_at + timedelta(minutes=minutes),
        ending=ending,
        succeeded=ending is Ending.SUCCEEDED and approved is not False,
        approved=approved,
        **{"duration_seconds": int(60 * minutes), **values, **known},
    )


def make_group(*rows: AttemptRow, norms: Mapping[str, SizeNorm] | None = None) -> Group:
    """Put rows into one group, which is all there is where no norms are given."""
    group = Group(find_norms(rows) if norms is None else norms)
    for row in rows:
        group.add(row)
    return group
