"""What the charts of attempts have in common; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskfiles.errors import number_of
from taskfiles.report.chart import Chart, Spec, Table
from taskfiles.report.labels import name_value
from taskfiles.report.material import AttemptMaterial
from taskfiles.stats.texts import percent_text

Group = Mapping[str, Any]
MOST_PANELS = 8  # small charts that are drawn

_NOTHING = "No attempt is recorded, so that there is nothing to show."


def make_chart(
    name: str,
    heading: str,
    says: str,
    material: AttemptMaterial,
    *,
    table: Table,
    spec: Spec | None,
    left: int = 0,
    what: str = "group",
) -> Chart:
    """Make a chart whose cases are all attempts; `left` counts what is in the table and was not drawn."""
    totals = material.by_model["totals"]
    if not totals["attempts"]:
        says = _NOTHING
    elif left:
        says += f" {number_of(left, what)} more {'is' if left == 1 else 'are'} in the table only."
    cases = f"n = {number_of(totals['tasks'], 'task')}, {number_of(totals['attempts'], 'attempt')}"
    return Chart(name, heading, says, cases, table, spec)


def interval_text(low: float | None, high: float | None) -> str:
    """Write the bounds of a rate as percent; nothing where there is none."""
    return "" if low is None or high is None else f"{percent_text(low)} to {percent_text(high)} %"


def model_of(group: Group) -> str:
    """Name a group's model."""
    return name_value(group["key"]["model"])
