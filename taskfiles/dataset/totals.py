"""What the attempts of a task add up to, as the task's own row has it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskfiles.basics.instants import MICROSECOND, parse_instant
from taskfiles.dataset.rows import LARGEST, Values
from taskfiles.stats.dimensions import OF_ATTEMPT

TOTALS = (
    *OF_ATTEMPT, "uniform", "started_at", "ended_at", "elapsed_micros", "work_seconds", "cost_usd_micros",
    "first_success", "succeeded", "approved",
)  # fmt: skip


def add_up(attempts: Values, spans: Sequence[slice]) -> Values:
    """Return columns of `tasks` from those of `attempts`, where each task has its own in one span.

    They stand in the order of their positions. Where a sum does not fit into 64 bits, all is unknown.
    """
    rows = [_add_up(attempts, span) for span in spans]
    return dict(zip(TOTALS, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(TOTALS, ())


def _add_up(attempts: Values, span: slice) -> tuple[Any, ...]:
    if span.stop - span.start == 1:
        return _only(attempts, span.start)
    costs = attempts["cost_usd_micros"][span]
    work = sum(attempts["duration_seconds"][span])
    cost = None if None in costs else sum(costs)
    if work > LARGEST or (cost is not None and cost > LARGEST):
        return (None,) * len(TOTALS)
    values = [attempts[name][span] for name in OF_ATTEMPT]
    uniform = [found.count(found[0]) == len(found) for found in values]
    started_at, ended_at = min(attempts["started_at"][span]), max(attempts["ended_at"][span])
    succeeded = attempts["succeeded"][span]
    return (
        *(found[0] if same else None for found, same in zip(values, uniform, strict=True)),
        all(uniform),
        started_at,
        ended_at,
        (parse_instant(ended_at) - parse_instant(started_at)) // MICROSECOND,
        work,
        cost,
        attempts["position"][span.start + succeeded.index(True)] if True in succeeded else None,
        succeeded[-1],
        attempts["approved"][span][-1],
    )


def _only(attempts: Values, at: int) -> tuple[Any, ...]:
    """Return the totals of a task that has one attempt, as most have: what that one says."""
    own = ("started_at", "ended_at", "elapsed_micros", "duration_seconds", "cost_usd_micros")
    succeeded = attempts["succeeded"][at]
    return (
        *(attempts[name][at] for name in OF_ATTEMPT),
        True,
        *(attempts[name][at] for name in own),
        attempts["position"][at] if succeeded else None,
        succeeded,
        attempts["approved"][at],
    )
