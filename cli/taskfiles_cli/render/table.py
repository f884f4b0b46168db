"""Rows as aligned columns for people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from taskfiles.basics.jsontext import json_text
from taskfiles_cli.render.cells import cut, narrow, pad, text_width
from taskfiles_cli.render.lines import escape

COLUMNS = ("id", "state", "priority", "size", "kind", "title")
GAP = 2
_SHRINKS = "title"
_LEAST = 10


def render_tasks(
    rows: Sequence[dict[str, Any]], columns: Sequence[str] = COLUMNS, width: int | None = None
) -> list[str]:
    """Render task objects as a table; on a terminal the titles give way, and no two of them look the same."""
    if not rows:
        return ["No tasks."]
    header = [column.upper().replace("_", " ") for column in columns]
    cells = [*zip(*(_cells(_values(column, rows)) for column in columns), strict=True)]
    narrowed: dict[int, int] = {}
    if width is not None and _SHRINKS in columns:
        at = list(columns).index(_SHRINKS)
        widths = column_widths([header, *cells])
        room = width - sum(widths) - GAP * (len(widths) - 1) + widths[at]
        narrowed[at] = max(_LEAST, min(widths[at], room))
    return lay_out(header, cells, narrowed)


def _values(column: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return the values of a column; a claim as its holder's name."""
    values = [row.get(column) for row in rows]
    if column != "claim":
        return values
    return [value["by"] if isinstance(value, dict) and "by" in value else value for value in values]


def lay_out(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    narrowed: Mapping[int, int] | None = None,
    numbers: Collection[int] = (),
) -> list[str]:
    """Align cells that are fit for a line; `narrowed` has the widths of columns that must give way.

    Words stand at the left of their column, numbers at the right. A cell that needs several lines makes
    its row as high.
    """
    if not narrowed and not numbers and all("".join(row).isascii() for row in (header, *rows)):
        return _lay_out_plain(header, rows)
    columns = [[[cell] for cell in column] for column in zip(*rows, strict=True)] or [[] for _ in header]
    for place, width in (narrowed or {}).items():
        columns[place] = narrow([row[place] for row in rows], width)
    top = [cut(name, (narrowed or {}).get(place, text_width(name))) for place, name in enumerate(header)]
    widths = [
        max(map(text_width, [name, *(line for lines in column for line in lines)]))
        for name, column in zip(top, columns, strict=True)
    ]
    found = [top]
    for row in zip(*columns, strict=True):
        found += map(list, zip_longest(*row, fillvalue=""))
    return [
        (" " * GAP)
        .join(
            " " * (size - text_width(cell)) + cell if place in numbers else pad(cell, size)
            for place, (cell, size) in enumerate(zip(line, widths, strict=True))
        )
        .rstrip()
        for line in found
    ]


def _lay_out_plain(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """As `lay_out` does for cells of one line whose letters take one column each."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    form = (" " * GAP).join(f"{{:<{width}}}" for width in widths).format
    return [form(*row).rstrip() for row in (header, *rows)]


def _cells(values: Sequence[Any]) -> Sequence[str]:
    """Return the cells of a column of values."""
    if all(type(value) is str for value in values) and "".join(values).isprintable():
        return values if all(values) else [value or "-" for value in values]
    return [escape(words(value)) or "-" for value in values]


def column_widths(table: Sequence[Sequence[str]]) -> list[int]:
    """Return the widths of columns, uncut."""
    return [max(map(text_width, column)) for column in zip(*table, strict=True)]


def plain_fields(row: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    """Write values for other programs: a list of texts with commas, all else but texts in JSON."""
    found = []
    for value in (row.get(column) for column in columns):
        if isinstance(value, str):
            found.append(value)
        elif value is None or value == []:
            found.append("")
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            found.append(",".join(value))
        else:
            found.append(json_text(value))
    return found


def words(value: Any) -> str:
    """Write a value for people: texts as they are, `-` for nothing, all else in JSON's words."""
    if isinstance(value, str):
        return value
    if value is None or value == []:
        return "-"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json_text(value, blanks=True)
