"""The charts of how tasks ended: the dashboard of completion events alone; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from taskfiles.errors import number_of
from taskfiles.report.chart import MOST_ROWS, Chart, Spec, Table, numbers, texts
from taskfiles.report.common import interval_text
from taskfiles.report.forms import Bar, Rate, draw_bars, draw_rates
from taskfiles.report.labels import name_all, name_value
from taskfiles.report.material import Ended, EventMaterial
from taskfiles.stats.texts import dollars_text, percent_text
from taskfiles.stats.wilson import LEAST, wilson
from taskfiles.task.words import Ambiguity
from taskfiles.telemetry.outcomes import Completion

_NOTHING = "No completion event was logged, so there is nothing to show."
_LAST = "A task counts once, by its last completion event."
_LEVELS = [*map(str, Ambiguity), None]


def chart_ended_success(material: EventMaterial) -> Chart:
    """Success by model and ambiguity, with its interval."""
    ends = material.ends
    groups = Counter((each.ambiguity, each.model) for each in ends)
    good = Counter((each.ambiguity, each.model) for each in ends if each.outcome == Completion.SUCCESS)
    names = name_all(sorted({model for _, model in groups}, key=_order))
    order = sorted(groups, key=lambda key: (_LEVELS.index(key[0]), -groups[key], names[key[1]]))
    kept = set(sorted(order, key=lambda key: -groups[key])[:MOST_ROWS])
    rows, table = [], []
    for key in order:
        level, model = key
        interval = wilson(good[key], groups[key])
        rate, low, high = interval.rate or 0.0, interval.low or 0.0, interval.high or 0.0
        is_few = groups[key] < LEAST
        text = f"{good[key]} of {groups[key]}{', n<5' if is_few else ''}"
        if key in kept:
            rows.append(Rate(f"{name_value(level)} ambiguity", names[model], rate, low, high, text, is_few))
        shown = f"{percent_text(rate)} %"
        figures = [str(groups[key]), str(good[key]), shown, interval_text(interval.low, interval.high)]
        table.append([name_value(model), name_value(level), *figures])
    says = (
        f"Each point is the share of a model's tasks that ended in success, with its 95 % interval. {_LAST} "
        "Nobody chose at random who gets which task, so that models are compared within one ambiguity only. "
        "Fewer than 5 tasks are no finding."
    )
    columns = [*texts("Model", "Ambiguity"), *numbers("Tasks", "Succeeded", "Rate", "95 % interval")]
    heading = "Success of ended tasks by model and ambiguity"
    spec = draw_rates(rows) if rows else None
    return _chart(
        "ended-success",
        says,
        material,
        Table(heading, columns, table),
        spec=spec,
        left=len(order) - len(rows),
    )


def chart_ended_cost(material: EventMaterial) -> Chart:
    """What tasks have cost, by model."""
    known = [each for each in material.ends if each.cost is not None]
    models = _by_model(material.ends)
    bars, table = [], []
    for model, name in _ordered(models, lambda each: each.cost or 0):
        mine = [each for each in models[model] if each.cost is not None]
        whole = sum(each.cost or 0 for each in mine)
        good = [each for each in mine if each.outcome == Completion.SUCCESS]
        a_task = "unknown" if not mine else f"${dollars_text(whole // len(mine))}"
        a_success = "no success" if not good else f"${dollars_text(whole // len(good))}"
        cases = f"{len(mine)} of {number_of(len(models[model]), 'task')}"
        table.append([name_value(model), f"${dollars_text(whole)}", a_task, a_success, cases])
        cents = (whole + 5_000) // 10_000
        bars += [Bar(name, cents, 0, f"${dollars_text(whole)}, {a_task} a task")] if mine else []
    says = (
        f"Each bar is what a model's tasks have cost, all of their attempts included, in US cents. {_LAST} "
        f"The cost of {len(known)} of {number_of(len(material.ends), 'task')} is known; the others are left "
        "out, and unknown is not 0."
    )
    columns = [*texts("Model"), *numbers("Cost", "Cost of a task", "Cost of a success", "Cost known")]
    spec = draw_bars(bars[:MOST_ROWS], "US cents") if bars else None
    heading = "Cost of ended tasks by model"
    return _chart(
        "ended-cost", says, material, Table(heading, columns, table), spec=spec, left=len(bars) - MOST_ROWS
    )


def chart_ended_tokens(material: EventMaterial) -> Chart:
    """What tokens tasks took, by model."""
    models = _by_model(material.ends)
    bars, table = [], []
    for model, name in _ordered(models, _tokens):
        mine = [each for each in models[model] if _knows_tokens(each)]
        read, written = (sum(counts) for counts in zip(*map(_both, mine), strict=True)) if mine else (0, 0)
        cases = f"{len(mine)} of {number_of(len(models[model]), 'task')}"
        table.append([name_value(model), str(read), str(written), cases])
        bars += [Bar(name, read + written, written, f"{read} in, {written} out")] if mine else []
    says = (
        "The outlined bar is the tokens of a model's tasks, cached input included, the narrow one within it "
        f"the output. {_LAST} A task whose input or output is not known is left out."
    )
    columns = [*texts("Model"), *numbers("Input", "Output", "Tokens known")]
    spec = draw_bars(bars[:MOST_ROWS], "tokens", has_parts=True) if bars else None
    heading = "Tokens of ended tasks by model"
    return _chart(
        "ended-tokens", says, material, Table(heading, columns, table), spec=spec, left=len(bars) - MOST_ROWS
    )


def chart_ended_gates(material: EventMaterial) -> Chart:
    """Which gates failed at the end of tasks."""
    run = Counter(gate for each in material.ends for gate in each.gates)
    failed = Counter(gate for each in material.ends for gate, has_failed in each.gates.items() if has_failed)
    order = sorted(run, key=lambda gate: (-failed[gate], -run[gate], gate))
    names = name_all(order)
    bars = [
        Bar(names[gate], run[gate], failed[gate], f"failed in {failed[gate]} of {run[gate]}")
        for gate in order
    ]
    gated = sum(bool(each.gates) for each in material.ends)
    says = (
        "The outlined bar counts the tasks whose last attempt ran a gate, the narrow one within it those in "
        f"which it failed. {gated} of {number_of(len(material.ends), 'task')} ran any. {_LAST}"
    )
    table = [[name_value(gate), str(run[gate]), str(failed[gate])] for gate in order]
    spec = draw_bars(bars[:MOST_ROWS], "tasks", has_parts=True) if bars else None
    columns = [*texts("Gate"), *numbers("Run", "Failed")]
    heading = "Gates of ended tasks"
    return _chart(
        "ended-gates", says, material, Table(heading, columns, table), spec=spec, left=len(bars) - MOST_ROWS
    )


def chart_ended_timeouts(material: EventMaterial) -> Chart:
    """How tasks ended, time-outs marked, by model."""
    models = _by_model(material.ends)
    bars, table = [], []
    for model, name in _ordered(models, lambda _: 1):
        counts = Counter(each.outcome for each in models[model])
        late, whole = counts[Completion.TIMEOUT.value], len(models[model])
        bars.append(Bar(name, whole, late, f"{late} of {whole} timed out"))
        table.append([name_value(model), str(whole), *(str(counts[word.value]) for word in Completion)])
    says = (
        "The outlined bar counts a model's tasks that ended, the narrow one within it those whose last "
        f"attempt ran out of time. {_LAST} A time-out may say as much of the limit as of the model."
    )
    columns = [*texts("Model"), *numbers("Tasks", *Completion)]
    spec = draw_bars(bars[:MOST_ROWS], "tasks", has_parts=True) if bars else None
    heading = "Time-outs of ended tasks by model"
    return _chart(
        "ended-timeouts",
        says,
        material,
        Table(heading, columns, table),
        spec=spec,
        left=len(bars) - MOST_ROWS,
    )


def _chart(
    name: str, says: str, material: EventMaterial, table: Table, *, spec: Spec | None, left: int
) -> Chart:
    if not material.ends:
        says = _NOTHING
    elif left > 0:
        says += f" {number_of(left, 'row')} more in the table only."
    return Chart(name, table.caption, says, f"n = {number_of(len(material.ends), 'task')}", table, spec)


def _by_model(ends: Sequence[Ended]) -> dict[str | None, list[Ended]]:
    found: dict[str | None, list[Ended]] = {}
    for each in ends:
        found.setdefault(each.model, []).append(each)
    return found


def _ordered(
    models: Mapping[str | None, Sequence[Ended]], weight: Callable[[Ended], int]
) -> list[tuple[str | None, str]]:
    """Return the models with their names, the weightiest first."""
    names = name_all(sorted(models, key=_order))
    order = sorted(models, key=lambda model: (-sum(map(weight, models[model])), _order(model)))
    return [(model, names[model]) for model in order]


def _order(model: str | None) -> tuple[bool, str]:
    return (model is None, model or "")


def _knows_tokens(each: Ended) -> bool:
    return each.input_tokens is not None and each.output_tokens is not None


def _both(each: Ended) -> tuple[int, int]:
    return each.input_tokens or 0, each.output_tokens or 0


def _tokens(each: Ended) -> int:
    return sum(_both(each)) if _knows_tokens(each) else 0
