"""Figures for people: a line a group, with small bars on a terminal, and remarks below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taskfiles.errors import number_of
from taskfiles.stats.texts import dollars_text, duration_text, percent_text
from taskfiles_cli.render.table import cut, one_line, pad, text_width

_BAR = 20
_LEAST_COLUMNS = 8  # to which a value of a dimension may be cut
_KEPT = 5  # columns beside the dimensions that are never left out: up to the interval
_GAP = 2


def render_stats(answer: Mapping[str, Any], width: int | None = None) -> str:
    """Render the answer of `stats`: with bars where `width`, a terminal's columns, leaves room for them."""
    groups = answer["groups"]
    remarks = "".join(f"{line}\n" for line in _remarks(answer))
    if not groups:
        return f"{'No attempts.' if not answer['groups_found'] else 'No groups shown.'}\n{remarks}"
    by = answer["by"]
    table = _table(by, groups, with_bars=width is not None)
    if width is not None and _width_of(table) > width:
        whole = _table(by, groups, with_bars=False)
        table = _narrow(whole, len(by), width)
        if missing := whole[0][len(table[0]) :]:
            remarks += f"No room for {', '.join(missing)}.\n"
    return f"{_render(table, len(by))}\n{remarks}"


def values_line(key: Mapping[str, str | None]) -> str:
    """Name a group by its values, tabs between."""
    return "\t".join("-" if value is None else one_line(value) for value in key.values())


def _table(by: Sequence[str], groups: Sequence[Mapping[str, Any]], *, with_bars: bool) -> list[list[str]]:
    header = [*(name.upper().replace("_", " ") for name in by), "RANK", "TASKS", "SUCCESS", "RATE"]
    header += ["95 % INTERVAL", *([""] if with_bars else []), "FIRST", "ATTEMPTS", "P50", "P95", "COST"]
    return [header, *(_row(group, with_bars=with_bars) for group in groups)]


def _row(group: Mapping[str, Any], *, with_bars: bool) -> list[str]:
    rate, low, high = (group[name] for name in ("success_rate", "success_rate_low", "success_rate_high"))
    longest = duration_text(group["duration_p95"])
    return [
        *("-" if value is None else one_line(value) for value in group["key"].values()),
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
        yield "n<5: fewer than 5 tasks are no finding, and have no rank."
    if answer["without_telemetry"]:
        count = number_of(answer["without_telemetry"], "done task")
        yield f"Without any attempt: {count}; `tasks stats --without-telemetry` lists them."
    left = [("invalid", "invalid task"), ("unreadable", "unreadable file")]
    if out := [number_of(answer[name], text) for name, text in left if answer[name]]:
        yield f"Left out: {', '.join(out)}; see `tasks validate`."
    if plans := answer["plans"]:
        partial, conflicts = plans["partial_success_count"], plans["conflict_count"]
        yield (
            f"Told by the event log: {number_of(plans['multi_workflow_count'], 'plan')}, {partial} of them "
            f"a partial success, {number_of(conflicts, 'conflict')}."
        )


def _width_of(table: Sequence[Sequence[str]]) -> int:
    return sum(_widths(table)) + _GAP * (len(table[0]) - 1)


def _widths(table: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(text_width, column)) for column in zip(*table, strict=True)]


def _narrow(table: list[list[str]], dimensions: int, width: int) -> list[list[str]]:
    """Cut the values of dimensions, the widest first, then leave out columns from the right."""
    widths = _widths(table)
    over = _width_of(table) - width
    while over > 0 and max(widths[:dimensions]) > _LEAST_COLUMNS:
        widest = widths.index(max(widths[:dimensions]))
        widths[widest] -= 1
        over -= 1
    narrow = [[cut(cell, size) for cell, size in zip(row, widths, strict=True)] for row in table]
    while _width_of(narrow) > width and len(narrow[0]) > dimensions + _KEPT:
        narrow = [row[:-1] for row in narrow]
    return narrow


def _render(table: Sequence[Sequence[str]], dimensions: int) -> str:
    """Align the columns: words to the left, numbers to the right."""
    widths = _widths(table)
    lines = [
        (" " * _GAP)
        .join(
            pad(cell, size) if place < dimensions else " " * (size - text_width(cell)) + cell
            for place, (cell, size) in enumerate(zip(row, widths, strict=True))
        )
        .rstrip()
        for row in table
    ]
    return "\n".join(lines)
