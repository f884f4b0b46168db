"""Success against cost as a Vega-Lite specification; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from taskfiles.report.chart import WIDTH, Spec, frame
from taskfiles.report.forms import FEW, FULL, HOLLOW, Look, by_kind
from taskfiles.report.palette import DIM, MAIN, PAPER

ON_FRONTIER, OFF_FRONTIER, TOO_FEW = "on the frontier", "not on it", FEW


class Point(NamedTuple):
    """A numbered point: cost in dollars, a rate with its interval, its place among the others, its text."""

    cost: float
    rate: float
    low: float
    high: float
    standing: str
    text: str


def draw_frontier(points: Sequence[Point]) -> Spec:
    """Draw success against cost, the points of the efficient frontier joined, and a key to their numbers."""
    values = [{**point._asdict(), "number": str(place)} for place, point in enumerate(points, 1)]
    costs = [point.cost for point in points]
    is_wide = min(costs) > 0 and max(costs) / min(costs) > 50
    scale: dict[str, Any] = {"type": "log", "padding": 24} if is_wide else {"zero": True, "nice": True}
    digits = "$,.2f" if max(costs) >= 0.1 else "$,.4f"
    x_axis = {
        "format": "$,.2~g" if is_wide else digits,
        "tickCount": 6,
        "grid": not is_wide,
        "title": "cost of a task",
    }
    x = {"field": "cost", "type": "quantitative", "scale": scale, "axis": x_axis}
    y_axis = {"format": "%", "values": [0, 0.25, 0.5, 0.75, 1], "title": "tasks that succeeded"}
    y_scale = {"domain": [0, 1]}
    y = {"field": "rate", "type": "quantitative", "scale": y_scale, "axis": y_axis}
    low = {"field": "low", "type": "quantitative", "scale": y_scale, "axis": y_axis}
    looks = {ON_FRONTIER: FULL, OFF_FRONTIER: Look("square", PAPER, MAIN), TOO_FEW: HOLLOW}
    plot = {
        "width": WIDTH + 140,
        "height": 280,
        "layer": [
            {
                "mark": {"type": "rule", "stroke": DIM, "strokeWidth": 1},
                "encoding": {"x": x, "y": low, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "stroke": MAIN, "strokeDash": [5, 4]},
                "transform": [{"filter": f"datum.standing === '{ON_FRONTIER}'"}],
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {"type": "point", "size": 100, "strokeWidth": 2, "opacity": 1},
                "encoding": {"x": x, "y": y, **by_kind("standing", looks)},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 8, "dy": -8},
                "encoding": {"x": x, "y": y, "text": {"field": "number"}},
            },
        ],
    }
    row = {"field": "number", "type": "ordinal", "sort": [value["number"] for value in values], "axis": None}
    text = {"type": "text", "align": "left", "baseline": "middle"}
    names = {"y": row, "x": {"value": 24}, "text": {"field": "text"}}
    numbers = {"y": row, "x": {"value": 14}, "text": {"field": "number"}}
    key = {
        "width": WIDTH + 140,
        "height": {"step": 18},
        "layer": [
            {"mark": text, "encoding": names},
            {"mark": {**text, "align": "right"}, "encoding": numbers},
        ],
    }
    spec = {"data": {"values": values}, "vconcat": [plot, key], "spacing": 16}
    return frame(spec, right=[point.text for point in points])
