"""The report as one page of HTML that needs nothing else: no script, no file, no network; pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from taskfiles.errors import number_of
from taskfiles.report.chart import Chart, Table
from taskfiles.report.charts import ATTEMPT_CHARTS, EVENT_CHARTS, FLOW_CHARTS
from taskfiles.report.labels import visible
from taskfiles.report.material import AttemptMaterial, EventMaterial, Material
from taskfiles.report.now_page import write_now
from taskfiles.report.style import STYLE
from taskfiles.stats.texts import dollars_text, duration_text

_TITLE = 200  # characters


class Drawn(NamedTuple):
    """A chart and its drawing as inline SVG; None where there is nothing to draw."""

    chart: Chart
    svg: str | None


def make_page(material: Material, charts: Sequence[Drawn], title: str) -> str:
    """Make the page: the same material gives the same text."""
    flow = [drawn for drawn in charts if drawn.chart.name in FLOW_CHARTS]
    attempts = [drawn for drawn in charts if drawn.chart.name in ATTEMPT_CHARTS]
    events = [drawn for drawn in charts if drawn.chart.name in EVENT_CHARTS]
    parts = [write_now(material.now)] if material.now is not None else []
    if flow:
        parts.append(_part("tasks", "Tasks", (), flow))
    if material.attempts is not None:
        parts.append(_part("attempts", "Attempts", attempt_facts(material.attempts), attempts))
    if material.events is not None:
        parts.append(_part("events", "Events", _event_facts(material.events), events))
    name = escape(visible(title, _TITLE))
    as_of = (
        "Nothing is recorded"
        if material.as_of is None
        else f"What was recorded, as of {_time(material.as_of)}"
    )
    links = "".join(
        f'<li><a href="#{drawn.chart.name}">{escape(drawn.chart.heading)}</a></li>\n' for drawn in charts
    )
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{name}</title>
<style>{STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the charts</a>
<header>
<h1><bdi>{name}</bdi></h1>
<p>{as_of}.</p>
</header>
<nav aria-label="Charts">
<ul>
{links}</ul>
</nav>
<main id="content" tabindex="-1">
{"".join(parts)}<section aria-labelledby="reading">
<h2 id="reading">How to read this</h2>
<p>A rate stands with the number of its cases and its 95 % interval (Wilson’s): if the same were done again
and again, 95 of 100 such intervals would hold the true rate. With fewer than 5 cases a rate is marked, and
has no rank. What is not known is left out and counted, and never taken for 0. These are records of what
happened, and no experiment: they can show that two things go together, and not that one of them brings
about the other.</p>
</section>
</main>
<footer>
<p>Made by <code>tasks report</code>, of the records alone.</p>
</footer>
</body>
</html>
"""


def _part(name: str, heading: str, facts: Iterable[tuple[str, str]], charts: Sequence[Drawn]) -> str:
    items = "".join(f"<div><dt>{escape(term)}</dt><dd>{escape(text)}</dd></div>\n" for term, text in facts)
    sections = "".join(map(_section, charts))
    return f"""<section aria-labelledby="{name}">
<h2 id="{name}">{heading}</h2>
{f"<dl>{chr(10)}{items}</dl>{chr(10)}" if items else ""}{sections}</section>
"""


def _section(drawn: Drawn) -> str:
    chart, name = drawn.chart, drawn.chart.name
    head = f'<section class="chart" aria-labelledby="{name}">\n<h3 id="{name}">{escape(chart.heading)}</h3>\n'
    says = f'<span class="cases">{escape(chart.cases)}.</span> {escape(chart.says)}'
    if drawn.svg is None:
        body = f"<p>{says}</p>\n"
    else:
        body = (
            f'<figure role="figure" aria-labelledby="{name}">\n'
            f'<div class="drawing">{drawn.svg}</div>\n<figcaption>{says}</figcaption>\n</figure>\n'
        )
    return f"{head}{body}{_table(name, chart.table) if chart.table.rows else ''}</section>\n"


def _table(name: str, table: Table) -> str:
    kinds = [' class="number"' if column.is_number else "" for column in table.columns]
    header = "".join(
        f'<th scope="col"{kind}>{escape(column.name)}</th>'
        for column, kind in zip(table.columns, kinds, strict=True)
    )
    rows = "".join(
        f'<tr><th scope="row"><bdi>{escape(row[0])}</bdi></th>'
        + "".join(
            f"<td{kind}><bdi>{escape(cell)}</bdi></td>" for cell, kind in zip(row[1:], kinds[1:], strict=True)
        )
        + "</tr>\n"
        for row in table.rows
    )
    more = f"<p>{number_of(table.more, 'row')} more are left out here.</p>\n" if table.more else ""
    return f"""<details>
<summary>Table: {escape(table.caption)}</summary>
<div class="scroll" role="region" aria-labelledby="{name}-table" tabindex="0">
<table>
<caption id="{name}-table">{escape(table.caption)}</caption>
<thead><tr>{header}</tr></thead>
<tbody>
{rows}</tbody>
</table>
</div>
{more}</details>
"""


def attempt_facts(material: AttemptMaterial) -> Iterable[tuple[str, str]]:
    """Yield what the page says of all attempts: names and values."""
    answer = material.by_model
    totals, chosen = answer["totals"], answer["filter"]
    yield "Tasks with attempts", str(totals["tasks"])
    yield "Attempts", str(totals["attempts"])
    yield "Work", duration_text(totals["work_seconds"])
    yield "Cost", _cost(totals)
    yield "Done tasks without an attempt", str(answer["without_telemetry"])
    yield from _limits(chosen["since"], chosen["until"])
    if chosen["states"]:
        yield "States", ", ".join(chosen["states"])
    if chosen["task"]:
        yield "Only this task and all below it", visible(chosen["task"])
    if answer["invalid"]:
        yield "Left out", number_of(answer["invalid"], "invalid task")
    if answer["unreadable"]:
        yield "Not readable", number_of(answer["unreadable"], "file")


def _event_facts(material: EventMaterial) -> Iterable[tuple[str, str]]:
    yield "Events", str(material.events)
    yield "Runs", str(material.runs)
    yield "Tasks that ended", str(len(material.ends))
    if material.earliest and material.latest:
        yield "From", _time(material.earliest)
        yield "To", _time(material.latest)
    if material.unreadable:
        yield "Not readable", number_of(material.unreadable, "line")


def _limits(since: str | None, until: str | None) -> Iterable[tuple[str, str]]:
    if since is not None:
        yield "Ended at or after", _time(since)
    if until is not None:
        yield "Ended before", _time(until)


def _cost(totals: Mapping[str, int]) -> str:
    known, attempts = totals["cost_known_attempts"], totals["attempts"]
    if not known:
        return "not known"
    dollars = f"${dollars_text(totals['cost_usd_micros'])}"
    return dollars if known == attempts else f"{dollars}, of {known} of {number_of(attempts, 'attempt')}"


def _time(instant: str) -> str:
    """Write an instant in UTC for people; a day stays a day.

    >>> _time("2025-11-02T15:03:00.000Z"), _time("2025-11-02")
    ('2025-11-02 15:03 UTC', '2025-11-02')
    """
    return instant if "T" not in instant else f"{instant[:10]} {instant[11:16]} UTC"
