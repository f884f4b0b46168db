"""The charts of `tasks report` for the tasks that a page shows: drawn where something can draw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from taskfiles import Task, TaskfilesError
from taskfiles.report.attempts import DIMENSIONS, make_attempt_material
from taskfiles.report.chart import NOT_DRAWN, Chart
from taskfiles.report.charts import ATTEMPT_CHARTS, FLOW_CHARTS, make_charts
from taskfiles.report.drawing import NotDrawn, check_drawing, draw_svg, inline_svg
from taskfiles.report.material import Material
from taskfiles.report.page import attempt_facts
from taskfiles.stats.flow import Transition, measure_flow
from taskfiles.stats.rows import Scope, gather
from taskfiles_cli.surface.mirror import View

_KEPT = 64  # drawings


class Figure(NamedTuple):
    """A chart with its drawing as inline SVG; None where nothing is drawn, which `chart.says` explains."""

    chart: Chart
    svg: str | None


class Figures(NamedTuple):
    """The charts of some tasks' attempts.

    `facts` are names and values, `lack` says what drawings need where nothing here can draw, else empty.
    """

    facts: Sequence[tuple[str, str]]
    figures: Sequence[Figure]
    lack: str


def draw_figures(view: View, tasks: Sequence[Task] | None) -> Figures:
    """Draw the charts of these tasks, or of all; what several tasks have in common is known of all."""
    ids = None if tasks is None else frozenset(task.id for task in tasks)
    scope = Scope(ids=ids, zone=view.zone)
    gathered = gather([*view.unreadable, *view.backlog.tasks], scope, DIMENSIONS)
    material = make_attempt_material(gathered, scope)
    charts = make_charts(Material(material, None, material.latest), ATTEMPT_CHARTS)
    lack = _find_lack()
    figures = [Figure(chart, None) if lack else _draw(chart) for chart in charts]
    return Figures(list(attempt_facts(material)), figures, lack)


def draw_flow(
    view: View, tasks: Sequence[Task] | None, history: Sequence[Transition], now: datetime
) -> list[Figure]:
    """Draw how work on these tasks flows, or on all: lead and cycle time, throughput, age of what is open."""
    ids = None if tasks is None else frozenset(task.id for task in tasks)
    flow = measure_flow(view.backlog.tasks, history, Scope(ids=ids, zone=view.zone), now)
    lack = _find_lack()
    charts = make_charts(Material(None, None, None, flow=flow), FLOW_CHARTS)
    return [Figure(chart, None) if lack else _draw(chart) for chart in charts]


def _find_lack() -> str:
    try:
        check_drawing()
    except TaskfilesError as error:
        return f"{error.message} {error.hint}"
    return ""


def _draw(chart: Chart) -> Figure:
    if chart.spec is None:
        return Figure(chart, None)
    try:
        return Figure(chart, _draw_text(json.dumps(chart.spec), chart.name, chart.heading))
    except NotDrawn:
        return Figure(chart._replace(says=f"{chart.says} {NOT_DRAWN}"), None)


@lru_cache(_KEPT)
def _draw_text(spec: str, name: str, heading: str) -> str:
    """Draw a specification, once: what a change has not touched is not drawn again."""
    return inline_svg(draw_svg(json.loads(spec)), name, heading)
