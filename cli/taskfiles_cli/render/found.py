"""Tasks that a search found, for people: a line a task, and below it the lines that match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taskfiles.backlog.search import Needle, Place, mark
from taskfiles.basics.look import STATES
from taskfiles_cli.render.cells import text_width
from taskfiles_cli.render.fitting import line_width
from taskfiles_cli.render.flow import Styled
from taskfiles_cli.render.lines import Line, Parts, escape
from taskfiles_cli.render.signs import Icons, prefix
from taskfiles_cli.render.table import GAP, words

_LEAST = 16  # columns of a text, on however narrow a terminal


def render_found(
    rows: Sequence[Mapping[str, Any]], needles: Sequence[Needle], width: int | None, icons: Icons = None
) -> list[Line]:
    """Render what `tasks search` found; what was sought is marked by its colour alone."""
    lines: list[Line] = []
    for row in rows:
        lines.append(_head(row, needles, width, icons))
        lines += [_below(each, needles, width) for each in row["lines"]]
        if row["more"]:
            lines.append(Parts([("dim", f"  and {row['more']} more in {escape(row['path'])}")]))
    return lines


def _head(row: Mapping[str, Any], needles: Sequence[Needle], width: int | None, icons: Icons) -> Line:
    state = escape(words(row["state"]))
    name = state if state in STATES else "error"
    before = [
        *_marked(escape(row["id"]), needles, None, "bold"),
        ("plain", " " * GAP),
        (name, prefix(icons, name) + state),
        ("plain", " " * GAP),
    ]
    room = None if width is None else max(_LEAST, width - line_width(Parts(before)))
    return Parts([*before, *_marked(escape(words(row["title"])), needles, room)])


def _below(line: Mapping[str, Any], needles: Sequence[Needle], width: int | None) -> Line:
    if line["place"] == Place.LABEL:
        place = "label"
    else:
        place = f"{line['line']}" + (f" {escape(line['section'])}" if line["section"] else "")
    before = f"  {place}: "
    room = None if width is None else max(_LEAST, width - text_width(before))
    return Parts([("dim", before), *_marked(escape(line["text"]), needles, room)])


def _marked(text: str, needles: Sequence[Needle], room: int | None, style: str = "plain") -> list[Styled]:
    """Split a text, cut to the columns that there are, into what was sought and what is around it."""
    shown, spans = mark(text, needles, len(text)) if room is None else mark(text, needles, room, text_width)
    parts: list[Styled] = []
    at = 0
    for start, end in spans:
        parts += [(style, shown[at:start]), ("match", shown[start:end])]
        at = end
    return [*parts, (style, shown[at:])]
