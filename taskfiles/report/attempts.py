"""The material of a report from task files; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskfiles.basics.instants import find_instant, format_instant
from taskfiles.report.material import AttemptMaterial
from taskfiles.report.tallies import attempts_to_success, duration_counts, gate_counts
from taskfiles.stats.dimensions import order_of
from taskfiles.stats.groups import make_groups
from taskfiles.stats.report import make_report, report_object
from taskfiles.stats.rows import AttemptRow, Gathered, Scope

DIMENSIONS = ("model", "ambiguity", "month")


def make_attempt_material(gathered: Gathered, scope: Scope, task: str | None = None) -> AttemptMaterial:
    """Count what `gather` gave for the same scope by `DIMENSIONS`; `task` is as in `make_report`."""

    def answer(*by: str) -> dict[str, Any]:
        chosen = gathered._replace(rows=[_narrow(row, by) for row in gathered.rows])
        return report_object(make_report(chosen, scope, by, task=task))

    groups = make_groups((_narrow(row, ("model",)) for row in gathered.rows), {})
    models = sorted(groups, key=lambda key: order_of(("model",), key))
    return AttemptMaterial(
        by_model_and_ambiguity=answer("model", "ambiguity"),
        by_model=answer("model"),
        by_month=answer("month"),
        by_month_and_model=answer("month", "model"),
        durations={key[0]: duration_counts(groups[key]) for key in models},
        attempts_to_success={key[0]: attempts_to_success(groups[key]) for key in models},
        gates=gate_counts(gathered.rows),
        without_telemetry=gathered.untried,
        latest=_find_latest(gathered),
    )


def _narrow(row: AttemptRow, by: Sequence[str]) -> AttemptRow:
    return row._replace(values=tuple(row.values[DIMENSIONS.index(name)] for name in by))


def _find_latest(gathered: Gathered) -> str | None:
    """Find the last instant in a row or a done task."""
    ends = [row.ended_at for row in gathered.rows]
    said = [each.completed_at for each in gathered.untried]
    completed = [instant for text in said if (instant := find_instant(text)) is not None]
    latest = max([*ends, *completed], default=None)
    return None if latest is None else format_instant(latest)
