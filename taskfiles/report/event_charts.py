"""The charts of events: what each shows, what it may say, and its table; pure."""

from __future__ import annotations

from taskfiles.errors import number_of
from taskfiles.report.chart import MOST_ROWS, Chart, Spec, Table, numbers, texts
from taskfiles.report.forms import Bar, Cell, draw_bars, draw_matrix
from taskfiles.report.labels import name_all, name_value
from taskfiles.report.material import PLAN_ENDS, EventMaterial
from taskfiles.stats.texts import percent_text
from taskfiles.stats.wilson import LEAST, wilson
from taskfiles.telemetry.actions import OUTCOMES


def chart_outcomes(material: EventMaterial) -> Chart:
    """What came of each action."""
    outcomes = material.outcomes
    names = name_all(outcomes)
    order = sorted(outcomes, key=lambda action: -sum(outcomes[action].values()))
    drawn = sorted(order[:MOST_ROWS])
    cells = [
        Cell(names[action], outcome, count)
        for action in drawn
        for outcome in OUTCOMES
        if (count := outcomes[action].get(outcome, 0))
    ]
    says = (
        "Each circle counts the events of an action that ended so: success and partial may have changed "
        "files, "
        "blocked and failed have changed none. A refusal can be the tool doing its work, and a run tells of "
        "several actions, so that events are not tasks."
    )
    if len(drawn) < len(order):
        says += f" {number_of(len(order) - len(drawn), 'action')} more in the table only."
    table = Table(
        "Events by action and outcome",
        [*texts("Action"), *numbers("Events", *OUTCOMES)],
        [
            [name_value(action), str(sum(said.values())), *(str(said.get(name, 0)) for name in OUTCOMES)]
            for action, said in outcomes.items()
        ],
    )
    spec = draw_matrix(cells, OUTCOMES) if cells else None
    return _chart("outcomes", "Outcomes by action", says, material, table=table, spec=spec)


def chart_refusals(material: EventMaterial) -> Chart:
    """Why something was refused."""
    refusals = material.refusals
    names = name_all(refusals)
    order = sorted(refusals, key=lambda reason: (-refusals[reason], reason))
    bars = [Bar(names[reason], refusals[reason], 0, str(refusals[reason])) for reason in order[:MOST_ROWS]]
    says = (
        "Each bar counts the refusals for a reason. One that is refused and asks again is counted again, and "
        "what nobody tried is not here: many refusals may be one caller's habit."
    )
    if len(bars) < len(order):
        says += f" {number_of(len(order) - len(bars), 'reason')} more in the table only."
    if not bars:
        says = "Nothing was refused."
    table = Table(
        "Refusals by reason",
        [*texts("Reason"), *numbers("Refusals")],
        [[name_value(reason), str(refusals[reason])] for reason in order],
    )
    spec = draw_bars(bars, "refusals") if bars else None
    chart = _chart("refusals", "Refusals by reason", says, material, table=table, spec=spec)
    return chart._replace(cases=f"n = {number_of(sum(refusals.values()), 'refusal')}") if bars else chart


def chart_plans(material: EventMaterial) -> Chart:
    """What became of plans."""
    plans, batch = material.plans, material.batch
    whole, run = sum(plans.values()), sum(plans[end] for end in PLAN_ENDS[:3])
    bars = [Bar(end, plans[end], 0, str(plans[end])) for end in PLAN_ENDS]
    interval = wilson(plans["success"], run)
    says = "No plan was executed, so that there is no rate of success."
    if interval.rate is not None and interval.low is not None and interval.high is not None:
        says = (
            f"Of {number_of(run, 'executed plan')} {plans['success']} succeeded in whole at the last "
            "execution: "
            f"{percent_text(interval.rate)} %, with a 95 % interval from {percent_text(interval.low)} to "
            f"{percent_text(interval.high)} %."
        )
        if run < LEAST:
            says += " Fewer than 5 are no finding."
    says += (
        " Each plan counts once, by its last execution; a plan that is made again of the same tasks is the "
        "same. "
        f"Of all plans, {batch.partial_success_count} ended as a partial success, and "
        f"{number_of(batch.conflict_count, 'conflict')} kept tasks in stages of their own."
    )
    if not whole:
        says = "No plan was made."
    table = Table(
        "Plans by what became of them",
        [*texts("Last execution"), *numbers("Plans")],
        [[end, str(plans[end])] for end in PLAN_ENDS],
    )
    chart = _chart(
        "plans", "Plan success", says, material, table=table, spec=draw_bars(bars, "plans") if whole else None
    )
    return chart._replace(cases=f"n = {number_of(whole, 'plan')}") if whole else chart


def _chart(
    name: str, heading: str, says: str, material: EventMaterial, *, table: Table, spec: Spec | None
) -> Chart:
    cases = f"n = {number_of(material.events, 'event')}, {number_of(material.runs, 'run')}"
    if not material.events:
        says = "No event was logged, so there is nothing to show."
    return Chart(name, heading, says, cases, table, spec)
