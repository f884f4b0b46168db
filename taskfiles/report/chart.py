"""A chart with what belongs to it: sentence, number of cases, table; and what all drawings share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from taskfiles.report.palette import DIM, INK, LINE, MAIN, PAPER

Spec = dict[str, Any]  # a Vega-Lite specification

# The fonts that a drawing is laid out for: the first is inside of what draws, the others are as wide.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
WIDTH = 420  # pixels of a drawing without its labels
ROW = 24  # pixels of one of its rows
_MARGIN = 8  # pixels around a drawing
_SPARE = 1.2  # pixels by which a character may be wider than in the font that the drawing is laid out for
MOST_ROWS = 40  # rows or cells that are drawn; the table has all


class Column(NamedTuple):
    """A column of a table."""

    name: str
    is_number: bool = False


def texts(*names: str) -> list[Column]:
    """Make columns of texts."""
    return [Column(name) for name in names]


def numbers(*names: str) -> list[Column]:
    """Make columns of numbers."""
    return [Column(name, is_number=True) for name in names]


class Table(NamedTuple):
    """The same as a table: texts, the first column naming the row; `more` counts the rows left out."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    more: int = 0


NOT_DRAWN = "The drawing failed in the chart engine and is left out; the table has what it would have shown."


class Chart(NamedTuple):
    """One chart.

    `says` has plain sentences about what it may say and what not, `cases` what it is made of; `spec` is None
    where there is nothing to draw, which `says` explains.
    """

    name: str
    heading: str
    says: str
    cases: str
    table: Table
    spec: Spec | None


def frame(spec: Mapping[str, Any], *, left: Iterable[str] = (), right: Iterable[str] = ()) -> Spec:
    """Add to a drawing the looks that all share.

    `left` and `right` are the texts at its edges: who looks at it may have a wider font, for which room is
    left, so that no text is cut.
    """
    quiet = {"labelColor": DIM, "titleColor": DIM, "titleFontWeight": "normal"}
    sizes = {"labelFontSize": 12, "titleFontSize": 12}
    axis = {"domainColor": DIM, "tickColor": DIM, "gridColor": LINE, "labelLimit": 300, "titlePadding": 8}
    legend = {"orient": "bottom", "direction": "vertical", "labelLimit": 500, "labelFontSize": 12}
    return {
        "background": PAPER,
        "padding": {"left": _room(left), "right": _room(right), "top": _MARGIN, "bottom": _MARGIN},
        "config": {
            "aria": False,  # the page names the drawing, and its table is what is read out
            "font": FONT,
            "axis": {**quiet, **sizes, **axis},
            "axisY": {"labelColor": INK},
            "bar": {"fill": MAIN},
            "header": {**quiet, **sizes, "labelColor": INK, "labelLimit": 600},
            "legend": {**legend, "labelColor": INK},
            "text": {"fill": INK, "fontSize": 12},
            "view": {"stroke": None},
        },
        **spec,
    }


def _room(texts: Iterable[str]) -> float:
    return _MARGIN + _SPARE * max(map(len, texts), default=0)


def blank(sentence: str) -> Spec:
    """Draw a sentence where there is nothing else to draw."""
    mark = {"type": "text", "align": "left", "baseline": "middle"}
    encoding = {"x": {"value": 0}, "text": {"field": "text", "type": "nominal"}}
    data = {"values": [{"text": sentence}]}
    spec = {"width": WIDTH, "height": ROW, "data": data, "mark": mark, "encoding": encoding}
    return frame(spec, right=[sentence])
