"""The colours of charts and pages, light and dark, and how one becomes the other; pure.

A chart is drawn in the light colours. Each colour stands for one role, so that a rule of CSS on the
attribute that holds it can give the role another colour.
"""

from __future__ import annotations

from collections.abc import Mapping

from taskfiles.basics import look

_SIGNS = {
    "progress": look.STATES["in-progress"],
    "done": look.STATES["done"],
    "idea": look.STATES["idea"],
    "urgent": look.MARKS["urgent"],
    "claim": look.MARKS["claim"],
}
# Text has a contrast of at least 4.5 to the paper, marks one of at least 3 (WCAG 2.2): a test measures it.
LIGHT: dict[str, str] = {
    "paper": look.LIGHT["paper"],
    "ink": look.LIGHT["ink"],  # text
    "dim": look.FINDINGS["hint"].light,  # axes, remarks, and what is too few to be a finding
    "line": look.LIGHT["rule"],  # grids and rules, which carry no meaning
    "main": look.STATES["ready"].light,
    "soft": "#c9e0f5",  # the inside of what has an outline in main
    "warn": "#a84300",
    **{name: sign.light for name, sign in _SIGNS.items()},
}
DARK: dict[str, str] = {
    "paper": look.DARK["paper"],
    "ink": look.DARK["ink"],
    "dim": look.FINDINGS["hint"].dark,
    "line": look.DARK["rule"],
    "main": look.STATES["ready"].dark,
    "soft": "#1d3f63",
    "warn": "#ff9d57",
    **{name: sign.dark for name, sign in _SIGNS.items()},
}
PAPER, INK, DIM, LINE, MAIN, SOFT, WARN = list(LIGHT.values())[:7]
# Series that stand beside each other, in this order; a legend names them.
SERIES = (MAIN, LIGHT["progress"], LIGHT["idea"], LIGHT["done"], LIGHT["urgent"], LIGHT["claim"])


def declare_colours(colours: Mapping[str, str]) -> str:
    """Write colours as CSS variables."""
    return " ".join(f"--{role}: {colour};" for role, colour in colours.items())


def map_marks(scope: str = "") -> str:
    """Write the CSS that gives each mark of a chart the colour that its role has there."""
    rules = [
        f'{scope}[{attribute}="{colour}"] {{ {attribute}: var(--{role}); }}'
        for role, colour in LIGHT.items()
        for attribute in ("fill", "stroke")
    ]
    return "\n".join(rules)
