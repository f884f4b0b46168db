"""The registry of charts, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable, Container

from taskfiles.report import end_charts, event_charts, flow_charts, success_charts, work_charts
from taskfiles.report.chart import Chart
from taskfiles.report.material import AttemptMaterial, EventMaterial, Material
from taskfiles.stats.flow import Flow

FLOW_CHARTS: dict[str, Callable[[Flow], Chart]] = {
    "flow": flow_charts.chart_flow,
    "age": flow_charts.chart_age,
}
ATTEMPT_CHARTS: dict[str, Callable[[AttemptMaterial], Chart]] = {
    "spending": flow_charts.chart_spending,
    "reviews": flow_charts.chart_reviews,
    "success": success_charts.chart_success,
    "durations": work_charts.chart_durations,
    "attempts-to-success": success_charts.chart_attempts_to_success,
    "cost": success_charts.chart_cost,
    "gates": work_charts.chart_gates,
    "work": work_charts.chart_work,
    "without-telemetry": work_charts.chart_without_telemetry,
}
EVENT_CHARTS: dict[str, Callable[[EventMaterial], Chart]] = {
    "ended-success": end_charts.chart_ended_success,
    "ended-cost": end_charts.chart_ended_cost,
    "ended-tokens": end_charts.chart_ended_tokens,
    "ended-gates": end_charts.chart_ended_gates,
    "ended-timeouts": end_charts.chart_ended_timeouts,
    "outcomes": event_charts.chart_outcomes,
    "refusals": event_charts.chart_refusals,
    "plans": event_charts.chart_plans,
}


def make_charts(material: Material, names: Container[str]) -> list[Chart]:
    """Make the charts of these names for which there is material."""
    attempts, events, flow = material.attempts, material.events, material.flow
    made = [] if flow is None else [make(flow) for name, make in FLOW_CHARTS.items() if name in names]
    if attempts is not None:
        made += [make(attempts) for name, make in ATTEMPT_CHARTS.items() if name in names]
    if events is not None:
        made += [make(events) for name, make in EVENT_CHARTS.items() if name in names]
    return made
