"""The charts of a lead's questions: cost by month, reviews, flow by week, the age of what is open; pure."""

from __future__ import annotations

from taskfiles.errors import number_of
from taskfiles.report.chart import MOST_ROWS, Chart, Table, numbers, texts
from taskfiles.report.common import make_chart, model_of
from taskfiles.report.forms import Bar, Part, draw_bars, draw_months, draw_stack
from taskfiles.report.labels import name_all, visible
from taskfiles.report.material import AttemptMaterial
from taskfiles.report.work_charts import fill_months
from taskfiles.stats.dimensions import Value
from taskfiles.stats.flow import Flow
from taskfiles.stats.texts import age_text, dollars_text, percent_text

_SERIES = 6  # models with a colour of their own, the last one for all others
_OTHERS = "all others"
_WEEKS = 26  # that are drawn


def chart_spending(material: AttemptMaterial) -> Chart:
    """What attempts cost, by month and model."""
    groups = [each for each in material.by_month_and_model["groups"] if each["cost_known_attempts"]]
    sums: dict[Value, int] = {}
    for group in groups:
        model = group["key"]["model"]
        sums[model] = sums.get(model, 0) + group["cost_usd_micros"]
    order = sorted(sums, key=lambda model: (-sums[model], model or ""))
    shown = order if len(order) <= _SERIES else order[: _SERIES - 1]
    names = name_all(shown)
    labels = [*names.values(), *([_OTHERS] if len(order) > len(shown) else [])]
    months = fill_months(group["key"]["month"] for group in groups)
    cells: dict[tuple[str, str], float] = {}
    for group in groups:
        place = (group["key"]["month"], names.get(group["key"]["model"], _OTHERS))
        cells[place] = cells.get(place, 0) + group["cost_usd_micros"] / 1_000_000
    parts = [
        Part(month, label, round(cells[month, label], 2))
        for month in months
        for label in labels
        if (month, label) in cells
    ]
    totals = material.by_model["totals"]
    known, attempts = totals["cost_known_attempts"], totals["attempts"]
    says = (
        "What attempts cost in US dollars, by the month in UTC in which they ended, a colour for each model. "
        f"The cost of {known} of {number_of(attempts, 'attempt')} is known; the others are in no column."
    )
    if attempts and not known:
        says = "No attempt has a known cost, so that there is nothing to show."
    table = Table(
        "Cost by month and model",
        [*texts("Month", "Model"), *numbers("Cost", "Attempts with a cost", "Attempts")],
        [
            [
                str(group["key"]["month"]),
                model_of(group),
                f"${dollars_text(group['cost_usd_micros'])}",
                str(group["cost_known_attempts"]),
                str(group["attempts"]),
            ]
            for group in groups
        ],
    )
    spec = draw_stack(parts, months, labels, "US dollars") if parts else None
    return make_chart("spending", "Cost by month and model", says, material, table=table, spec=spec)


def chart_reviews(material: AttemptMaterial) -> Chart:
    """How often reviewers refuse, by model."""
    groups = [
        group
        for group in material.by_model["groups"]
        if group["reviews_approved"] + group["reviews_rejected"]
    ]
    groups.sort(key=lambda group: (-group["reviews_rejected"], -group["reviews_approved"]))
    names = name_all(group["key"]["model"] for group in groups)
    bars = [
        Bar(
            names[group["key"]["model"]],
            whole,
            group["reviews_rejected"],
            f"refused {group['reviews_rejected']} of {whole}",
        )
        for group in groups[:MOST_ROWS]
        for whole in [group["reviews_approved"] + group["reviews_rejected"]]
    ]
    says = (
        "The outlined bar counts the attempts that were reviewed, the narrow one within those that the "
        "reviewer refused. What nobody reviewed is in neither."
    )
    if not bars:
        says = "No attempt was reviewed, so that there is nothing to show."
    table = Table(
        "Reviews by model",
        [*texts("Model"), *numbers("Reviewed", "Refused", "Share that was refused")],
        [
            [
                model_of(group),
                str(whole),
                str(group["reviews_rejected"]),
                f"{percent_text(group['reviews_rejected'] / whole)} %",
            ]
            for group in groups
            for whole in [group["reviews_approved"] + group["reviews_rejected"]]
        ],
    )
    spec = draw_bars(bars, "attempts", has_parts=True) if bars else None
    left = len(groups) - len(bars)
    return make_chart("reviews", "Review refusals", says, material, table=table, spec=spec, left=left)


def chart_flow(flow: Flow) -> Chart:
    """Lead time, cycle time, and throughput by week."""
    weeks = flow.weeks[-_WEEKS:]
    says = "By the week, in UTC, in which tasks were completed or created."
    if flow.throughput_per_week is not None:
        says += f" {flow.throughput_per_week:.1f} were completed a week."
    for name, known, half, most in (
        ("Lead time, from created to done", flow.lead_known, flow.lead_p50_seconds, flow.lead_p85_seconds),
        ("Cycle time, from begun to done", flow.cycle_known, flow.cycle_p50_seconds, flow.cycle_p85_seconds),
    ):
        if half is not None and most is not None:
            of = number_of(known, "task")
            says += f" {name}: half took {age_text(half)} or less, 85 % {age_text(most)} or less, of {of}."
    if not flow.completed:
        says += " No task was completed in the span."
    table = Table(
        "Tasks completed and created by week",
        [*texts("Week"), *numbers("Completed", "Created")],
        [[week.week, str(week.completed), str(week.created)] for week in flow.weeks],
    )
    panels: list[tuple[str, list[float]]] = [
        ("tasks completed", [week.completed for week in weeks]),
        ("tasks created", [week.created for week in weeks]),
    ]
    spec = draw_months([week.week for week in weeks], panels) if weeks else None
    cases = f"n = {number_of(flow.completed, 'completed task')}"
    return Chart("flow", "Throughput, lead and cycle time", says, cases, table, spec)


def chart_age(flow: Flow) -> Chart:
    """How old the oldest open tasks are."""
    says = f"{number_of(flow.open, 'task')} {'is' if flow.open == 1 else 'are'} open."
    if flow.age_p50_seconds is not None and flow.age_p85_seconds is not None:
        says += (
            f" Half of them were created {age_text(flow.age_p50_seconds)} ago or later, 85 % "
            f"{age_text(flow.age_p85_seconds)} ago or later. These are the oldest."
        )
    names = name_all(each.id for each in flow.oldest)
    bars = [
        Bar(names[each.id], each.age_seconds // 86_400, 0, age_text(each.age_seconds)) for each in flow.oldest
    ]
    table = Table(
        "The oldest open tasks",
        [*texts("Task", "Title", "State"), *numbers("Age")],
        [
            [visible(each.id), visible(each.title), visible(each.state), age_text(each.age_seconds)]
            for each in flow.oldest
        ],
    )
    spec = draw_bars(bars, "days since they were created") if bars else None
    return Chart("age", "Age of what is open", says, f"n = {number_of(flow.open, 'open task')}", table, spec)
