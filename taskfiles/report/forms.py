"""The forms that charts have, as Vega-Lite specifications; pure.

Texts come as they are to be shown. No specification names an address: all data stand in it. The engine uses
values of scales and constants as bare keys of objects, where `constructor` is always found: texts that people
wrote stand in fields of the data and in expressions alone, and scales count places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from taskfiles.report.chart import ROW, WIDTH, Spec, frame
from taskfiles.report.palette import DIM, INK, MAIN, PAPER, SERIES, SOFT, WARN

ENOUGH, FEW = "5 tasks or more", "fewer than 5 tasks: no finding"
_ROOMY = 8  # months whose names stand side by side
_WIDE = WIDTH + 140  # pixels of a drawing whose rows have no names
_SHORT = ",.4~r"  # of a number: four digits that count
_COUNTS = {"tickMinStep": 1, "tickCount": 3, "format": "d"}


class Rate(NamedTuple):
    """A row with a rate in its interval; `text` stands behind it."""

    group: str
    label: str
    rate: float
    low: float
    high: float
    text: str
    is_few: bool


class Cell(NamedTuple):
    """A number at a place: a row or group, and a column."""

    row: str
    column: str
    number: int


class Bar(NamedTuple):
    """A row with a bar, and within it a part that is marked; `text` stands behind it."""

    label: str
    whole: int
    part: int
    text: str


class Part(NamedTuple):
    """A part of a column: the column, the series that it is of, and its height."""

    column: str
    series: str
    number: float


class Look(NamedTuple):
    """How points of a kind look."""

    shape: str
    fill: str
    stroke: str


FULL, HOLLOW = Look("circle", MAIN, MAIN), Look("diamond", PAPER, DIM)


def draw_rates(rows: Sequence[Rate]) -> Spec:
    """Draw rates in their intervals, row by row in their order, in groups one below the other."""
    groups = list(dict.fromkeys(row.group for row in rows))
    panels = [
        _rate_panel(name, [row for row in rows if row.group == name], name == groups[-1]) for name in groups
    ]
    edges = {"left": [row.label for row in rows], "right": [row.text for row in rows]}
    return frame({"vconcat": panels, "bounds": "flush", "spacing": 36}, **edges)


def _rate_panel(group: str, rows: Sequence[Rate], is_last: bool) -> Spec:
    values = _place(row._asdict() | {"kind": FEW if row.is_few else ENOUGH} for row in rows)
    y = _rows([row.label for row in rows])
    named = {"format": "%", "title": "tasks that succeeded"} if is_last else {"labels": False, "title": None}
    x_axis = {**named, "values": [0, 0.25, 0.5, 0.75, 1]}
    rule = {
        "mark": {"type": "rule", "strokeWidth": 2},
        "encoding": {
            "y": y,
            "x": {"field": "low", "type": "quantitative", "scale": {"domain": [0, 1]}, "axis": x_axis},
            "x2": {"field": "high"},
            "stroke": {"condition": {"test": "datum.is_few", "value": DIM}, "value": MAIN},
            "strokeDash": {"condition": {"test": "datum.is_few", "value": [3, 3]}, "value": [1, 0]},
        },
    }
    point = {
        "mark": {"type": "point", "size": 90, "strokeWidth": 2, "opacity": 1},
        "encoding": {"y": y, "x": _number("rate"), **by_kind("kind", {ENOUGH: FULL, FEW: HOLLOW})},
    }
    text = {
        "mark": {"type": "text", "align": "left", "baseline": "middle"},
        "encoding": {"y": y, "x": {"value": WIDTH + 10}, "text": {"field": "text"}},
    }
    return {
        "title": _heading(group, INK),
        "data": {"values": values},
        "width": WIDTH,
        "height": {"step": ROW},
        "layer": [rule, point, text],
    }


def draw_columns(cells: Sequence[Cell], columns: Sequence[str], x_title: str) -> Spec:
    """Draw columns for each row, one below the other, each on a scale of its own."""
    rows: dict[str, dict[str, float]] = {}
    for cell in cells:
        rows.setdefault(cell.row, {})[cell.column] = cell.number
    panels = [
        _panel(name, columns, [numbers.get(column, 0) for column in columns], INK)
        for name, numbers in rows.items()
    ]
    return _stack(panels, {"labelAngle": 0}, x_title)


def draw_months(months: Sequence[str], measures: Sequence[tuple[str, Sequence[float]]]) -> Spec:
    """Draw columns by month, or by week, for each of several measures; of many only some have their names."""
    every = 1 if len(months) <= 2 * _ROOMY else -(-len(months) // _ROOMY)
    names = [month if place % every == every // 2 else "" for place, month in enumerate(months)]
    panels = [_panel(title, months, numbers, DIM, names) for title, numbers in measures]
    is_roomy = len(months) <= _ROOMY or every > 1
    return _stack(panels, {"labelAngle": 0 if is_roomy else -45}, None)


def _panel(
    title: str,
    columns: Sequence[str],
    numbers: Sequence[float],
    colour: str,
    names: Sequence[str] | None = None,
) -> Spec:
    """Columns and their numbers above, as far as there is room; where there is none stands none."""
    x = _places("place", names or columns, {"labels": False, "ticks": False, "title": None})
    most = max(numbers) or 1
    scale = {"domain": [0, most], "nice": False}
    y = _number("number") | {
        "scale": scale,
        "axis": {"values": [0, most], "format": _SHORT, "title": None},
    }
    width = min(44.0, 0.8 * _WIDE / len(columns))
    said = {"text": _number("number") | {"format": _SHORT}}
    number = {
        "mark": {"type": "text", "dy": -6, "fontSize": 11},
        "transform": [{"filter": "datum.number > 0"}],
        "encoding": {"x": x, "y": y, **said},
    }
    layers = [{"mark": {"type": "bar", "width": width}, "encoding": {"x": x, "y": y}}]
    values = _place(
        {"column": column, "number": number} for column, number in zip(columns, numbers, strict=True)
    )
    return {
        "title": _heading(title, colour) | {"offset": 16},  # numbers stand between
        "data": {"values": values},
        "width": _WIDE,
        "height": 64,
        "layer": [*layers, *([number] if len(columns) <= 2 * _ROOMY else [])],
    }


def draw_stack(parts: Sequence[Part], columns: Sequence[str], series: Sequence[str], title: str) -> Spec:
    """Draw columns of parts upon each other, each series in a colour of its own, which a legend names."""
    at, of = ({name: place for place, name in enumerate(names)} for names in (columns, series))
    values = [{**part._asdict(), "place": at[part.column], "kind": of[part.series]} for part in parts]
    names = ",".join(map(quote_expression, series))
    fill = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": list(range(len(series))), "range": list(SERIES[: len(series)])},
        "legend": {"title": None, "labelExpr": f"[{names}][datum.value]", "symbolStrokeWidth": 0},
    }
    angle = 0 if len(columns) <= _ROOMY else -45
    x = _places("place", columns, {"labelAngle": angle, "title": None, "ticks": False})
    y = _number("number") | {"axis": {"format": _SHORT, "title": title, "tickCount": 4}, "stack": "zero"}
    mark = {"type": "bar", "width": min(44.0, 0.8 * _WIDE / len(columns)), "stroke": PAPER, "strokeWidth": 1}
    encoding = {"x": x, "y": y, "fill": fill, "order": {"field": "kind", "type": "quantitative"}}
    return frame(
        {"data": {"values": values}, "width": _WIDE, "height": 220, "mark": mark, "encoding": encoding}
    )


def _stack(panels: Sequence[Spec], axis: Spec, title: str | None) -> Spec:
    """Put panels one below the other; the last one names the columns of all."""
    for layer in panels[-1]["layer"]:
        x = layer["encoding"]["x"]
        layer["encoding"]["x"] = x | {"axis": x["axis"] | {"labels": True, **axis, "title": title}}
    return frame({"vconcat": list(panels), "bounds": "flush", "spacing": 48})


def draw_bars(rows: Sequence[Bar], x_title: str, *, has_parts: bool = False) -> Spec:
    """Draw a bar for each row; with parts, the whole as an outline and the part as a thinner bar within."""
    y = _rows([row.label for row in rows])
    x_axis = {**_COUNTS, "tickCount": 5, "title": x_title}
    # Where all are 0 there is no range, and bars would begin in the middle.
    scale = {} if any(row.whole for row in rows) else {"scale": {"domain": [0, 5]}}
    whole = {
        "mark": {"type": "bar", "height": 16, "fill": SOFT if has_parts else MAIN, "stroke": MAIN},
        "encoding": {"y": y, "x": {"field": "whole", "type": "quantitative", "axis": x_axis, **scale}},
    }
    part = {
        "mark": {"type": "bar", "height": 8, "fill": WARN},
        "encoding": {"y": y, "x": _number("part")},
    }
    text = {
        "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 6},
        "encoding": {"y": y, "x": _number("whole"), "text": {"field": "text"}},
    }
    layers = [whole, *([part] if has_parts else []), text]
    data = {"values": _place(row._asdict() for row in rows)}
    spec = {"data": data, "width": WIDTH, "height": {"step": ROW}, "layer": layers}
    return frame(spec, left=[row.label for row in rows], right=[row.text for row in rows])


def draw_matrix(cells: Sequence[Cell], columns: Sequence[str]) -> Spec:
    """Draw a number for each row and column, in a circle whose area goes by it; no number where it is 0."""
    rows = list(dict.fromkeys(cell.row for cell in cells))
    at_row, at_column = ({name: place for place, name in enumerate(names)} for names in (rows, columns))
    values = [
        {**cell._asdict(), "place": at_row[cell.row], "across": at_column[cell.column]} for cell in cells
    ]
    axis = {"orient": "top", "title": None, "labelAngle": 0, "ticks": False, "domain": False}
    x = _places("across", columns, axis)
    y = _rows(rows)
    y["axis"] |= {"grid": True}
    most = max(cell.number for cell in cells)
    scale = {"type": "linear", "domain": [0, most], "range": [0, 380]}
    area = {**_number("number"), "legend": None, "scale": scale}
    number = {"text": {"field": "number", "type": "quantitative", "format": ",d"}}
    return frame(
        {
            "data": {"values": values},
            "width": WIDTH,
            "height": {"step": ROW},
            "layer": [
                {
                    "mark": {"type": "point", "fill": SOFT, "stroke": MAIN, "opacity": 1, "xOffset": -22},
                    "encoding": {"x": x, "y": y, "size": area},
                },
                {
                    "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": -4},
                    "encoding": {"x": x, "y": y, **number},
                },
            ],
        },
        left=rows,
    )


def by_kind(field: str, looks: Mapping[str, Look]) -> Spec:
    """Distinguish kinds of points by shape and filling; a legend names them."""
    return {
        channel: {
            "field": field,
            "type": "nominal",
            "scale": {"domain": list(looks), "range": [getattr(look, channel) for look in looks.values()]},
            "legend": {"title": None},
        }
        for channel in Look._fields
    }


def _place(rows: Iterable[Mapping[str, Any]]) -> list[Spec]:
    """Number rows by their places."""
    return [{"place": place, **row} for place, row in enumerate(rows)]


def _rows(labels: Sequence[str]) -> Spec:
    """Rows in this order, named at their left."""
    return _places("place", labels, {"ticks": False, "domain": False, "labelPadding": 8, "title": None})


def _places(field: str, names: Sequence[str], axis: Spec) -> Spec:
    """Places on an axis, in order, with their names."""
    domain = {"domain": list(range(len(names)))}
    named = axis | {"labelExpr": f"[{','.join(map(quote_expression, names))}][datum.value]"}
    return {"field": field, "type": "ordinal", "scale": domain, "axis": named}


def quote_expression(text: str) -> str:
    r"""Write a text as an expression of the engine; no constant in it is the name of anything.

    >>> quote_expression("a.'1")
    'slice(" a\\u002e\\u00271",1)'
    """
    units = text.encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2)]
    letters = (
        chr(code) if chr(code).isascii() and chr(code).isalnum() else f"\\u{code:04x}" for code in codes
    )
    return f'slice(" {"".join(letters)}",1)'


def _heading(text: str, colour: str) -> Spec:
    return {
        "text": {"expr": quote_expression(text)},
        "anchor": "start",
        "fontSize": 12,
        "fontWeight": "normal",
        "color": colour,
        "frame": "group",
    }


def _number(field: str) -> Spec:
    return {"field": field, "type": "quantitative"}
