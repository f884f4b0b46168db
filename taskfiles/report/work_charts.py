"""The charts of work: how long attempts took, gates, months, and done tasks without attempts; pure."""

from __future__ import annotations

from collections.abc import Iterable

from taskfiles.errors import number_of
from taskfiles.report.chart import MOST_ROWS, Chart, Table, numbers, texts
from taskfiles.report.common import MOST_PANELS, Group, make_chart
from taskfiles.report.forms import Bar, Cell, draw_bars, draw_columns, draw_months
from taskfiles.report.labels import UNKNOWN, isolate, name_all, name_value, visible
from taskfiles.report.material import BOUNDS, AttemptMaterial
from taskfiles.stats.dimensions import Value
from taskfiles.stats.texts import duration_text, percent_text

_MONTHS = 36
_LISTED = 500  # tasks in a table


def chart_durations(material: AttemptMaterial) -> Chart:
    """How long attempts took, by model."""
    bins = _bin_names()
    groups = {group["key"]["model"]: group for group in material.by_model["groups"]}
    counts = material.durations
    order = sorted(counts, key=lambda model: -sum(counts[model]))
    names = name_all(order)
    titles = {
        model: f"{isolate(names[model])}: {number_of(sum(counts[model]), 'attempt')}" for model in order
    }
    cells = [
        Cell(titles[model], column, count)
        for model in order[:MOST_PANELS]
        for column, count in zip(bins, counts[model], strict=True)
    ]
    says = (
        "Each column counts the attempts that took so long, whatever came of them; a bin begins at the time "
        "below it and is about twice as wide as the one before it. Each model has a scale of its own: "
        "compare "
        "where the columns stand, not how high they are. A short attempt may be one that gave up."
    )
    table = Table(
        "Attempts by how long they took",
        [*texts("Model"), *numbers("Attempts", "Median", "95th percentile", *bins)],
        [
            [
                name_value(model),
                str(sum(counts[model])),
                duration_text(groups[model]["duration_p50"]),
                _longest(groups[model]),
                *map(str, counts[model]),
            ]
            for model in order
        ],
    )
    spec = draw_columns(cells, bins, "an attempt took at least") if cells else None
    heading, left = "How long attempts take", max(0, len(order) - MOST_PANELS)
    return make_chart("durations", heading, says, material, table=table, spec=spec, left=left)


def chart_gates(material: AttemptMaterial) -> Chart:
    """Which gates fail."""
    gates = material.gates
    order = sorted(gates, key=lambda gate: (-gates[gate][1], -gates[gate][0], gate))
    names = name_all(order)
    bars = [
        Bar(names[gate], gates[gate][0], gates[gate][1], f"failed in {gates[gate][1]} of {gates[gate][0]}")
        for gate in order[:MOST_ROWS]
    ]
    gated = material.by_model["totals"]["gated_attempts"]
    says = (
        "The outlined bar counts the attempts in which a gate was run, the narrow one within those in which "
        "it "
        f"failed. {number_of(gated, 'attempt')} of {material.by_model['totals']['attempts']} "
        f"{'tells' if gated == 1 else 'tell'} of a gate; of the others it is not known whether one would "
        "have "
        "failed. A gate that often fails may be strict, or broken."
    )
    if not bars:
        says = "No attempt tells of a gate, so that there is nothing to show."
    table = Table(
        "Gates by the attempts in which they failed",
        [*texts("Gate"), *numbers("Run", "Failed", "Share that failed")],
        [
            [name_value(gate), str(run), str(failed), f"{percent_text(failed / run)} %"]
            for gate in order
            for run, failed in [gates[gate]]
        ],
    )
    spec = draw_bars(bars, "attempts", has_parts=True) if bars else None
    left = len(order) - len(bars)
    chart = make_chart("gates", "Gate failures", says, material, table=table, spec=spec, left=left)
    attempts = number_of(material.by_model["totals"]["attempts"], "attempt")
    return chart._replace(cases=f"n = {gated} of {attempts}")


def chart_work(material: AttemptMaterial) -> Chart:
    """Work over time, by month."""
    groups = {group["key"]["month"]: group for group in material.by_month["groups"]}
    months = fill_months(groups)
    nothing = {"attempts": 0, "work_seconds": 0, "successes": 0, "tasks": 0}
    found = [groups.get(month, nothing) for month in months]
    panels = [
        ("attempts that ended", [group["attempts"] for group in found]),
        ("hours of work", [round(group["work_seconds"] / 3600, 2) for group in found]),
        ("tasks whose last attempt in the month succeeded", [group["successes"] for group in found]),
    ]
    says = (
        "By the month, in UTC, in which attempts ended; a month without an attempt is a gap, and the last "
        "one "
        "may not be over. Hours are the sum of what the attempts took, which is more than the clock says "
        "where "
        "several ran at once. More attempts are not more progress."
    )
    shown = [group for month, group in sorted(groups.items()) if month is not None]
    table = Table(
        "Work by month",
        [*texts("Month"), *numbers("Attempts", "Work", "Tasks", "Succeeded")],
        [
            [
                str(group["key"]["month"]),
                str(group["attempts"]),
                duration_text(group["work_seconds"]),
                str(group["tasks"]),
                str(group["successes"]),
            ]
            for group in shown
        ],
    )
    spec = draw_months(months, panels) if months else None
    return make_chart(
        "work",
        "Work over time",
        says,
        material,
        table=table,
        spec=spec,
        left=sum(month not in months for month in groups),
        what="month",
    )


def chart_without_telemetry(material: AttemptMaterial) -> Chart:
    """Done tasks that have no attempt."""
    tasks = sorted(
        material.without_telemetry, key=lambda task: (task.completed_at or "", task.id), reverse=True
    )
    counts: dict[str, int] = {}
    for task in tasks:
        if task.completed_at is not None:
            month = task.completed_at[:7]
            counts[month] = counts.get(month, 0) + 1
    months = fill_months(counts)
    undated = sum(task.completed_at is None for task in tasks)
    says = (
        f"{number_of(len(tasks), 'done task')} {'has' if len(tasks) == 1 else 'have'} no attempt: nobody "
        "recorded who did the work, or how. They are in no other chart, and if they differ from the recorded "
        "ones, every figure here is off by that."
    )
    if undated:
        says += f" When {undated} of them {'was' if undated == 1 else 'were'} completed is not known."
    if not tasks:
        says = "Every done task has an attempt."
    table = Table(
        "Done tasks without an attempt, the latest first",
        texts("Task", "Title", "Kind", "Completed"),
        [
            [visible(task.id), visible(task.title), visible(task.kind), (task.completed_at or UNKNOWN)[:10]]
            for task in tasks[:_LISTED]
        ],
        more=max(0, len(tasks) - _LISTED),
    )
    panel = (
        "done tasks without an attempt, by the month of their completion",
        [counts.get(month, 0) for month in months],
    )
    spec = draw_months(months, [panel]) if months else None
    chart = make_chart("without-telemetry", "Tasks without telemetry", says, material, table=table, spec=spec)
    return chart._replace(says=says, cases=f"n = {number_of(len(tasks), 'task')}")


def fill_months(said: Iterable[Value]) -> list[str]:
    """Return every month from the first to the last that is known, the last 36 at most.

    >>> fill_months(["2025-11", "2026-02", None])
    ['2025-11', '2025-12', '2026-01', '2026-02']
    """
    known = sorted(month for month in said if month is not None)
    if not known:
        return []
    first, last = _count_months(known[0]), _count_months(known[-1])
    first = max(first, last - _MONTHS + 1)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1)]


def _count_months(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _bin_names() -> list[str]:
    return ["0s", *map(duration_text, BOUNDS)]


def _longest(group: Group) -> str:
    text = duration_text(group["duration_p95"])
    return text if group["duration_p95_measure"] == "percentile" else f"maximum {text}"
