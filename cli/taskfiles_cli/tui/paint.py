"""Lines of parts as strips of cells, in the terminal's own colours."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from taskfiles_cli.surface.painting import find_paint


@cache
def style_of(name: str) -> Style:
    """Return the style of a part's name."""
    paint = find_paint(name)
    return Style(color=paint.colour, bold=paint.is_bold or None, dim=paint.is_dim or None)


def make_strip(parts: Iterable[tuple[str, str]], width: int, *, over: Style | None = None) -> Strip:
    """Make a strip of exactly so many cells; `over` is laid over the whole of it."""
    strip = Strip([Segment(text, style_of(name)) for name, text in parts if text])
    strip = strip.adjust_cell_length(width)
    return strip if over is None else strip.apply_style(over)


def make_text(parts: Iterable[tuple[str, str]]) -> Text:
    """Make a text of parts for a line that is cut where it has no room."""
    return Text.assemble(*((text, style_of(name)) for name, text in parts), no_wrap=True, overflow="ellipsis")
