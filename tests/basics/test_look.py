"""The one table of looks: everything can be read on every surface, and nothing is told by colour alone."""

from __future__ import annotations

import re
import unicodedata

import pytest

from support.contrast import contrast
from taskfiles.basics.look import DARK, FINDINGS, LIGHT, MARKS, SIGNS, STATES, Sign
from taskfiles.report import palette
from taskfiles.task.codes import SEVERITIES
from taskfiles.task.words import State

THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
SURFACES = pytest.mark.parametrize("surface", ["paper", "sunk"])


def page(theme: str) -> dict[str, str]:
    return LIGHT if theme == "light" else DARK


@THEMES
@SURFACES
@pytest.mark.parametrize("name", SIGNS)
def test_each_sign_can_be_read_on_each_surface(name: str, theme: str, surface: str) -> None:
    assert contrast(getattr(SIGNS[name], theme), page(theme)[surface]) >= 5.4


@THEMES
@SURFACES
def test_text_and_edges_can_be_seen(theme: str, surface: str) -> None:
    colours = page(theme)
    assert contrast(colours["ink"], colours[surface]) >= 7
    assert contrast(colours["dim"], colours[surface]) >= 5.4
    assert contrast(colours["edge"], colours[surface]) >= 3


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_each_state_and_each_severity_has_a_sign() -> None:
    assert list(STATES) == [state.value for state in State]
    assert set(FINDINGS) == {str(severity) for severity in SEVERITIES}


@pytest.mark.parametrize("sign", SIGNS.values(), ids=SIGNS)
def test_icons_take_one_column_in_every_terminal(sign: Sign) -> None:
    for icon in (sign.icon, sign.ascii):
        assert len(icon) == 1
        assert unicodedata.east_asian_width(icon) not in {"W", "F"}
        assert not unicodedata.combining(icon)
    assert sign.ascii.isascii()


def test_states_differ_by_icon_and_word() -> None:
    for field in ("word", "icon", "ascii"):
        assert len({getattr(sign, field) for sign in STATES.values()}) == len(STATES)
    assert len({sign.word for sign in SIGNS.values()}) == len(SIGNS)


def test_a_mark_is_never_taken_for_a_state() -> None:
    icons = {sign.icon for sign in STATES.values()}
    assert not icons & {sign.icon for sign in MARKS.values()}


def test_terminals_get_codes_of_the_sixteen_colours() -> None:
    """So the terminal's own palette decides, which fits its background."""
    for sign in SIGNS.values():
        assert re.fullmatch(r"(1;)?3[0-7]|", sign.codes)


def test_charts_use_the_same_colours() -> None:
    shared = {"paper": "paper", "ink": "ink", "line": "rule"}
    assert {role: palette.LIGHT[role] for role in shared} == {r: LIGHT[n] for r, n in shared.items()}
    assert palette.DARK["main"] == STATES["ready"].dark
