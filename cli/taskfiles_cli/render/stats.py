"""Figures for people: a line a group, with small bars on a terminal, and remarks below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taskfiles.backlog.milestones import Milestone
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import number_of
from taskfiles.stats.texts import age_text, dollars_text, duration_text, percent_text
from taskfiles_cli.render.attempts import NO_ATTEMPTS
from taskfiles_cli.render.cells import least_width
from taskfiles_cli.render.flow import reflow
from taskfiles_cli.render.lines import Line, Painted, escape
from taskfiles_cli.render.milestones import milestone_texts
from taskfiles_cli.render.table import GAP, column_widths, lay_out

_BAR, _BAR_NAME = 20, ""
_LEAST_COLUMNS, _READABLE = 8, 16  # to which a value of a dimension may be cut; which it keeps if it can
# What a narrow terminal doesn't show, in this order; tasks, rate, interval and cost always stay.
_DROPPED = (_BAR_NAME, "FIRST", "P50", "P95", "ATTEMPTS", "SUCCESS", "RANK")


class _Table(NamedTuple):
    """Figures as cells; the first columns are `dimensions`, the names of groups."""

    header: list[str]
    rows: list[list[str]]
    dimensions: int


def render_stats(answer: Mapping[str, Any], width: int | None = None) -> list[Line]:
    """Render the answer of `stats`: with bars where `width`, a terminal's columns, leaves room for them."""
    groups, remarks = answer["groups"], [*_remarks(answer)]
    if not groups:
        return [NO_ATTEMPTS if not answer["groups_found"] else "No groups shown.", *remarks]
    table = _table(answer["by"], groups, with_bars=width is not None)
    shown, narrowed = list(range(len(table.header))), dict[int, int]()
    if width is not None:
        shown, narrowed = _fit(table, width)
        missing = [name for place, name in enumerate(table.header) if place not in shown and name]
        remarks += [f"No room for {', '.join(missing)}: `--output csv` has them."] if missing else []
    lines = lay_out(
        [table.header[place] for place in shown],
        [[row[place] for place in shown] for row in table.rows],
        narrowed,
        range(table.dimensions, len(shown)),
    )
    below = [part for remark in remarks for part in reflow(remark, width)]
    return [Painted("", "dim", lines[0]), *lines[1:], *below]


def values_row(key: Mapping[str, str | None]) -> list[str]:
    """Name a group by its values."""
    return ["-" if value is None else value for value in key.values()]


def _table(by: Sequence[str], groups: Sequence[Mapping[str, Any]], *, with_bars: bool) -> _Table:
    header = [*(escape(name.upper().replace("_", " ")) for name in by), "RANK", "TASKS", "SUCCESS", "RATE"]
    header += ["95 % INTERVAL", *([_BAR_NAME] if with_bars else []), "FIRST", "ATTEMPTS", "P50", "P95"]
    return _Table([*header, "COST"], [_row(group, with_bars=with_bars) for group in groups], len(by))


def _row(group: Mapping[str, Any], *, with_bars: bool) -> list[str]:
    rate, low, high = (group[name] for name in ("success_rate", "success_rate_low", "success_rate_high"))
    longest = duration_text(group["duration_p95"])
    return [
        *("-" if value is None else escape(value) for value in group["key"].values()),
        "-" if group["rank"] is None else str(group["rank"]),
        str(group["tasks"]),
        str(group["successes"]),
        percent_text(rate) + ("% n<5" if group["insufficient"] else "%"),
        f"{percent_text(low)}-{percent_text(high)}%",
        *([_bar(rate, low, high)] if with_bars else []),
        f"{group['first_attempt_successes']}/{group['first_attempts']}",
        str(group["attempts"]),
        duration_text(group["duration_p50"]),
        longest if group["duration_p95_measure"] == "percentile" else f"max {longest}",
        _cost(group),
    ]


def _bar(rate: float, low: float, high: float) -> str:
    """Draw a rate within its interval on the way from 0 to 1.

    >>> _bar(0.5, 0.25, 0.75)
    '·····━━━━━●━━━━━····'
    """
    at, first, last = (min(_BAR - 1, int(value * _BAR)) for value in (rate, low, high))
    return "".join("●" if i == at else "━" if first <= i <= last else "·" for i in range(_BAR))


def _cost(group: Mapping[str, Any]) -> str:
    """Write what is known of cost, and of how many attempts it is known where not of all."""
    known, attempts = group["cost_known_attempts"], group["attempts"]
    if not known:
        return "-"
    dollars = f"${dollars_text(group['cost_usd_micros'])}"
    return dollars if known == attempts else f"{dollars} ({known}/{attempts})"


def _remarks(answer: Mapping[str, Any]) -> Iterator[str]:
    totals, shown = answer["totals"], len(answer["groups"])
    if answer["groups_found"]:
        work = f"{duration_text(totals['work_seconds'])} of work"
        counts = f"{number_of(totals['tasks'], 'task')}, {number_of(totals['attempts'], 'attempt')}"
        cost = "no cost known" if not totals["cost_known_attempts"] else f"cost {_cost(totals)}"
        yield f"Together: {counts}, {work}, {cost}."
    if shown < answer["groups_found"]:
        yield f"Of {number_of(answer['groups_found'], 'group')} {shown} shown."
    if any(group["insufficient"] for group in answer["groups"]):
        yield "n<5: too few tasks to rank."
    if answer["without_telemetry"]:
        count = number_of(answer["without_telemetry"], "done task")
        yield f"Without any attempt: {count}; `tasks stats --without-telemetry` lists them."
    if answer["overdue"]:
        count = number_of(answer["overdue"], "open task")
        yield f"Overdue: {count}; `tasks list --overdue` lists them."
    yield from milestone_texts(Milestone(**each) for each in answer["milestones"])
    if flow := answer["flow"]:
        yield from _flow(flow)
    left = [("invalid", "invalid task"), ("unreadable", "unreadable file")]
    if out := [number_of(answer[name], text) for name, text in left if answer[name]]:
        yield f"Left out: {', '.join(out)}; see `tasks validate`."
    if plans := answer["plans"]:
        partial, conflicts = plans["partial_success_count"], plans["conflict_count"]
        yield (
            f"In the event log: {number_of(plans['multi_workflow_count'], 'plan')}, {partial} of them "
            f"a partial success, {number_of(conflicts, 'conflict')}."
        )


def _flow(flow: Mapping[str, Any]) -> Iterator[str]:
    """Say how work flows; what is known of none is left out."""
    completed = number_of(flow["completed"], "task")
    per_week = flow["throughput_per_week"]
    yield f"Completed: {completed}{'' if per_week is None else f', {per_week:.1f} a week'}."
    for name, title in (("lead", "Lead time, created to done"), ("cycle", "Cycle time, begun to done")):
        if known := flow[f"{name}_known"]:
            yield f"{title}: {_median(flow, name)}, of {number_of(known, 'task')}."
    if flow["age_known"]:
        oldest = ", ".join(f"{each['id']} {age_text(each['age_seconds'])}" for each in flow["oldest"][:3])
        yield f"Open: {number_of(flow['open'], 'task')}, age {_median(flow, 'age')}; the oldest {oldest}."
    else:
        yield f"Open: {number_of(flow['open'], 'task')}."


def _median(flow: Mapping[str, Any], name: str) -> str:
    half, most = (age_text(flow[f"{name}_p{percent}_seconds"]) for percent in (50, 85))
    return f"median {half}, 85 % within {most}"


def _fit(table: _Table, width: int) -> tuple[list[int], dict[int, int]]:
    """Choose what a terminal of a width shows: the columns that stay, and the widths of names.

    Figures go one after the other, the least important first, until names have room enough to differ
    and read; then names give way, and at last they take several lines.
    """
    natural = column_widths([table.header, *table.rows])
    names = range(table.dimensions)
    apart = [least_width([row[place] for row in table.rows], _LEAST_COLUMNS) for place in names]
    shown = list(range(len(natural)))
    wanted = [min(natural[place], max(apart[place], _READABLE)) for place in names]

    def needed(widths: Sequence[int]) -> int:
        return sum(widths) + sum(natural[place] for place in shown[len(widths) :]) + GAP * (len(shown) - 1)

    for name in _DROPPED:
        if needed(natural[: table.dimensions]) <= width or (name != _BAR_NAME and needed(wanted) <= width):
            break
        shown = [place for place in shown if place in names or table.header[place] != name]
    for least in (wanted, apart, [_LEAST_COLUMNS] * table.dimensions):
        sizes = [min(natural[place], least[place]) for place in names]
        if needed(sizes) <= width:
            break
    while needed(sizes) < width and sizes != natural[: table.dimensions]:
        narrowest = min((size, place) for place, size in enumerate(sizes) if size < natural[place])[1]
        sizes[narrowest] += 1
    return shown, {place: size for place, size in enumerate(sizes) if size < natural[place]}
