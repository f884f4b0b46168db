"""The style of the page: every colour by its role, light and dark, and nothing from elsewhere."""

from __future__ import annotations

import re

from taskfiles.report.palette import DARK, LIGHT
from taskfiles.report.style import STYLE


def test_every_role_has_its_colour_on_light_and_on_dark() -> None:
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")
    for role, colour in LIGHT.items():
        assert f"--{role}: {colour};" in light
        assert f"--{role}: {DARK[role]};" in dark


def test_only_declared_colours_are_used() -> None:
    assert set(re.findall(r"var\(--(\w+)\)", STYLE)) <= LIGHT.keys()
    assert set(re.findall(r"#[0-9a-f]{6}\b", STYLE)) == {*LIGHT.values(), *DARK.values()}


def test_each_mark_of_a_drawing_takes_the_colour_of_its_role() -> None:
    for role, colour in LIGHT.items():
        for attribute in ("fill", "stroke"):
            assert f'svg [{attribute}="{colour}"] {{ {attribute}: var(--{role}); }}' in STYLE


def test_paper_is_always_light() -> None:
    printed = STYLE[STYLE.index("@media print") :]
    assert "color-scheme: light;" in printed
    assert f"--paper: {LIGHT['paper']};" in printed


def test_nothing_is_fetched() -> None:
    assert not re.search(r"url\(|@import|https?:", STYLE)
