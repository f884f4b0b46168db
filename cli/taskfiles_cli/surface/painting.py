"""Colours of lines as a terminal's 16, for faces that draw cells themselves; pure."""

from __future__ import annotations

from typing import NamedTuple

from taskfiles_cli.render.cells import text_width as text_width  # noqa: PLC0414 (faces use `render` through here)
from taskfiles_cli.render.lines import codes_of

_NAMES = {"31": "red", "32": "green", "33": "yellow", "35": "magenta", "36": "cyan"}


class Paint(NamedTuple):
    """How a part of a line is drawn: `colour` is one of the terminal's own, None for its usual one."""

    colour: str | None
    is_bold: bool
    is_dim: bool


def find_paint(name: str) -> Paint:
    """Return how the parts of a name are drawn, as `lines.Parts` has them.

    >>> find_paint("blocked"), find_paint("dim")
    (Paint(colour='red', is_bold=True, is_dim=False), Paint(colour=None, is_bold=False, is_dim=True))
    """
    codes = codes_of(name).split(";")
    colour = next((_NAMES[code] for code in codes if code in _NAMES), None)
    return Paint(colour, "1" in codes, "2" in codes)
