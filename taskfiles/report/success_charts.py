"""The charts of success: by model and ambiguity, by attempts, by cost; pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from taskfiles.errors import number_of
from taskfiles.report.chart import MOST_ROWS, Chart, Table, numbers, texts
from taskfiles.report.common import MOST_PANELS, Group, interval_text, make_chart, model_of
from taskfiles.report.forms import Cell, Rate, draw_columns, draw_rates
from taskfiles.report.frontier import Offer, find_frontier
from taskfiles.report.labels import isolate, name_all, name_value
from taskfiles.report.material import AttemptMaterial
from taskfiles.report.scatter import OFF_FRONTIER, ON_FRONTIER, TOO_FEW, Point, draw_frontier
from taskfiles.stats.texts import dollars_text, percent_text
from taskfiles.stats.wilson import LEAST, wilson

_AGENTS = "Nobody chose at random who gets which task"
_MORE_THAN = 4  # attempts to success that have a column of their own
_POINTS = 20


def chart_success(material: AttemptMaterial) -> Chart:
    """Success by model and ambiguity, with its interval."""
    groups = material.by_model_and_ambiguity["groups"]
    drawn = sorted(groups, key=lambda group: -group["tasks"])[:MOST_ROWS]
    names = name_all(group["key"]["model"] for group in groups)
    words = {"low": 0, "medium": 1, "high": 2}
    drawn.sort(
        key=lambda group: (
            words.get(group["key"]["ambiguity"], 3),
            group["insufficient"],
            0 if group["insufficient"] else -group["success_rate_low"],
            names[group["key"]["model"]],
        )
    )
    rows = [
        Rate(
            group=f"{_ambiguity(group)} ambiguity",
            label=names[group["key"]["model"]],
            rate=group["success_rate"],
            low=group["success_rate_low"],
            high=group["success_rate_high"],
            text=f"{group['successes']} of {group['tasks']}{', n<5' if group['insufficient'] else ''}",
            is_few=group["insufficient"],
        )
        for group in drawn
    ]
    few = sum(group["insufficient"] for group in groups)
    says = (
        "Each point is the share of a model's tasks whose last attempt by it succeeded and was not rejected; "
        "the line is its 95 % interval. Where two lines overlap widely, the order of the points may be "
        f"chance. {_AGENTS}, so that models are compared within one ambiguity only, and even there the tasks "
        "may differ."
    )
    if few:
        says += (
            f" {few} of {number_of(len(groups), 'group')} {'has' if few == 1 else 'have'} fewer than 5 "
            "tasks: a hollow diamond on a dashed line, no finding and no rank."
        )
    table = Table(
        "Success by model and ambiguity, in order of rank",
        [
            *texts("Model", "Ambiguity"),
            *numbers("Rank", "Tasks", "Succeeded", "Rate", "95 % interval", "At the first attempt"),
        ],
        [
            [
                model_of(group),
                _ambiguity(group),
                "none: n<5" if group["rank"] is None else str(group["rank"]),
                str(group["tasks"]),
                str(group["successes"]),
                f"{percent_text(group['success_rate'])} %",
                interval_text(group["success_rate_low"], group["success_rate_high"]),
                f"{group['first_attempt_successes']} of {group['first_attempts']}",
            ]
            for group in groups
        ],
    )
    spec = draw_rates(rows) if rows else None
    heading = "Success by model and ambiguity"
    return make_chart(
        "success", heading, says, material, table=table, spec=spec, left=len(groups) - len(drawn)
    )


def chart_attempts_to_success(material: AttemptMaterial) -> Chart:
    """How many attempts it took to succeed, by model."""
    begun = {group["key"]["model"]: group["first_attempts"] for group in material.by_model["groups"]}
    said = material.attempts_to_success
    order = sorted((model for model in said if begun[model]), key=lambda model: -begun[model])
    names = name_all(order)
    columns = [
        *(str(number) for number in range(1, _MORE_THAN + 1)),
        f"{_MORE_THAN + 1} or more",
        "not there",
    ]
    counts = {model: _count_successes(said[model], begun[model]) for model in order}
    cells = [
        Cell(f"{isolate(names[model])}: {number_of(begun[model], 'task')} begun", column, count)
        for model in order[:MOST_PANELS]
        for column, count in zip(columns, counts[model], strict=True)
    ]
    says = (
        "Of the tasks that a model had from their first attempt on, each column counts those that it brought "
        "to success with that attempt; “not there” are those that succeeded with none of its attempts, or "
        "not "
        "yet. A retry knows of what went before it, so that this is no pass@k, and what was given up after "
        "one "
        "attempt might have succeeded at the next."
    )
    table = Table(
        "Tasks by the number of the first attempt that succeeded",
        [*texts("Model"), *numbers("Tasks begun", *columns)],
        [[name_value(model), str(begun[model]), *map(str, counts[model])] for model in order],
    )
    spec = draw_columns(cells, columns, "number of the attempt that succeeded") if cells else None
    heading, left = "Attempts to success", max(0, len(order) - MOST_PANELS)
    return make_chart("attempts-to-success", heading, says, material, table=table, spec=spec, left=left)


def chart_cost(material: AttemptMaterial) -> Chart:
    """Cost against success, with the efficient frontier."""
    groups = [group for group in material.by_model["groups"] if group["cost_known_tasks"]]
    offers = [
        Offer(
            group["cost_per_task_usd_micros"],
            group["cost_known_successes"] / group["cost_known_tasks"],
            group["cost_known_tasks"],
        )
        for group in groups
    ]
    best = find_frontier(offers)
    names = name_all(group["key"]["model"] for group in groups)
    order = sorted(
        range(len(groups)), key=lambda place: (offers[place].cost, names[groups[place]["key"]["model"]])
    )
    # What is on the frontier is always drawn, of the rest what has most tasks.
    kept = sorted(order, key=lambda place: (place not in best, -offers[place].tasks))[:_POINTS]
    points = []
    for place in (place for place in order if place in kept):
        offer, group = offers[place], groups[place]
        interval = wilson(group["cost_known_successes"], group["cost_known_tasks"])
        standing = TOO_FEW if offer.tasks < LEAST else ON_FRONTIER if place in best else OFF_FRONTIER
        name = names[group["key"]["model"]]
        text = (
            f"{name}: {_cost(offer.cost)} a task, {group['cost_known_successes']} of {offer.tasks} succeeded"
        )
        low, high = interval.low or 0.0, interval.high or 0.0
        points.append(Point(offer.cost / 1_000_000, offer.rate, low, high, standing, text))
    totals = material.by_model["totals"]
    says = (
        "Each point is a model: what a task cost with it, failed attempts included, against the share of "
        "these "
        "tasks that succeeded, with its 95 % interval. The dashed line is the efficient frontier: no other "
        "model "
        "with at least 5 such tasks is both cheaper and more successful. The cost of "
        f"{totals['cost_known_attempts']} of {number_of(totals['attempts'], 'attempt')} is known; tasks with "
        "an "
        f"attempt of unknown cost are left out, and unknown is not 0. {_AGENTS}: who had the easy ones looks "
        "cheap and good."
    )
    if not points:
        says = "The cost of no task is known, so that there is nothing to show; unknown is not 0."
    table = Table(
        "Cost and success by model, over the tasks whose cost is known",
        [
            *texts("Model", "Standing"),
            *numbers(
                "Cost of a task",
                "Cost of a success",
                "Succeeded",
                "95 % interval",
                "Cost known",
            ),
        ],
        [_cost_row(groups[place], offers[place], place in best) for place in order],
    )
    spec = draw_frontier(points) if points else None
    left = len(groups) - len(points)
    heading = "Cost against success"
    chart = make_chart("cost", heading, says, material, table=table, spec=spec, left=left)
    known = f"n = {totals['cost_known_tasks']} of {number_of(totals['tasks'], 'task')}"
    return chart._replace(cases=known)


def _ambiguity(group: Group) -> str:
    return name_value(group["key"]["ambiguity"])


def _count_successes(said: Mapping[int, int], begun: int) -> list[int]:
    exact = [said.get(number, 0) for number in range(1, _MORE_THAN + 1)]
    later = sum(count for number, count in said.items() if number > _MORE_THAN)
    return [*exact, later, begun - sum(exact) - later]


def _cost_row(group: Group, offer: Offer, is_best: bool) -> list[str]:
    interval = wilson(group["cost_known_successes"], group["cost_known_tasks"])
    few = f"none: {TOO_FEW.partition(':')[0]}"
    success = group["cost_per_success_usd_micros"]
    return [
        model_of(group),
        few if offer.tasks < LEAST else ON_FRONTIER if is_best else OFF_FRONTIER,
        _cost(offer.cost),
        "no success" if success is None else _cost(success),
        f"{group['cost_known_successes']} of {group['cost_known_tasks']}",
        interval_text(interval.low, interval.high),
        f"{group['cost_known_tasks']} of {number_of(group['tasks'], 'task')}",
    ]


def _cost(micros: float) -> str:
    """Write a cost in dollars and cents, a small one in its first two digits.

    >>> _cost(1_515_000), _cost(1234.5), _cost(12), _cost(0)
    ('$1.52', '$0.0012', '$0.000012', '$0.00')
    """
    if 0 < micros < 1_000:
        return f"${Decimal(f'{micros / 1_000_000:.2g}'):f}"  # a float would be written as 1.2e-05
    if 0 < micros < 10_000:
        return f"${micros / 1_000_000:.4f}"
    return f"${dollars_text(round(micros))}"
