"""Tasks as aligned columns for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from taskfiles.basics.jsontext import json_text
from taskfiles_cli.render.console import escape

COLUMNS = ("id", "state", "priority", "size", "kind", "title")
_SHRINKS = "title"


def render_tasks(
    rows: Sequence[dict[str, Any]], columns: Sequence[str] = COLUMNS, width: int | None = None
) -> str:
    """Render task objects as a table; on a terminal the title is cut to its width."""
    if not rows:
        return "No tasks.\n"
    header = [column.upper().replace("_", " ") for column in columns]
    cells = [header, *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(text_width(row[i]) for row in cells) for i in range(len(columns))]
    if width is not None and _SHRINKS in columns:
        at = list(columns).index(_SHRINKS)
        room = width - sum(widths) - 2 * (len(widths) - 1) + widths[at]
        widths[at] = max(10, min(widths[at], room))
        cells = [[*row[:at], cut(row[at], widths[at]), *row[at + 1 :]] for row in cells]
    lines = [
        "  ".join(pad(cell, size) for cell, size in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    return one_line(words(value)) or "-"


def one_line(text: str) -> str:
    """Write a text on one line, control characters escaped."""
    return escape(text).replace("\n", " ").replace("\t", " ")


def words(value: Any) -> str:
    """Write a value for people: texts as they are, `-` for nothing, all else in JSON's words."""
    if isinstance(value, str):
        return value
    if value is None or value == []:
        return "-"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json_text(value, blanks=True)


def text_width(text: str) -> int:
    """Count the terminal columns that a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def pad(text: str, width: int) -> str:
    """Fill a text with blanks to a number of columns."""
    return text + " " * (width - text_width(text))


def cut(text: str, width: int) -> str:
    """Cut a text to a number of columns; an ellipsis says so."""
    if text_width(text) <= width:
        return text
    kept = ""
    for char in text:
        if text_width(kept + char) > width - 1:
            break
        kept += char
    return kept + "…"
