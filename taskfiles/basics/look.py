"""Icons, words and colours of states, marks and findings: one table for terminal, pages and charts.

Pure data. Colour never stands alone: a word or an icon is beside it.
"""

from __future__ import annotations

from taskfiles.basics.named_tuple import NamedTuple


class Sign(NamedTuple):
    """How something looks.

    `icon` takes one column, `ascii` is for terminals without UTF-8; `light` and `dark` are the colours on
    pages, `codes` are those of a terminal with 16 colours (SGR), whose own palette decides.
    """

    word: str
    icon: str
    ascii: str
    light: str
    dark: str
    codes: str


_RED, _YELLOW, _MAGENTA, _BOLD_MAGENTA, _GREEN, _CYAN, _USUAL = "1;31", "33", "35", "1;35", "32", "36", ""

STATES: dict[str, Sign] = {
    "idea": Sign("idea", "·", ".", "#6b4fa0", "#c3a6ff", _MAGENTA),
    "ready": Sign("ready", "○", "o", "#0b5cad", "#6cb6ff", _USUAL),
    "in-progress": Sign("in progress", "◐", ">", "#8a5a00", "#f0b849", f"1;{_YELLOW}"),
    "done": Sign("done", "●", "x", "#1a6b3c", "#6fd08c", _GREEN),
    "canceled": Sign("canceled", "–", "-", "#5b6470", "#a4aeb9", _USUAL),
}
MARKS: dict[str, Sign] = {
    "blocked": Sign("blocked", "■", "!", "#b3261e", "#ff8f86", _RED),
    "overdue": Sign("overdue", "■", "!", "#b3261e", "#ff8f86", _RED),
    "waiting": Sign("waits for", "…", "~", "#7a4b12", "#e0b080", _USUAL),
    "urgent": Sign("urgent", "▲", "^", "#a3195b", "#ff8fc2", _BOLD_MAGENTA),
    "claim": Sign("held by", "◉", "@", "#00696f", "#5fd4da", _CYAN),
}
FINDINGS: dict[str, Sign] = {
    "error": Sign("error", "■", "!", "#b3261e", "#ff8f86", _RED),
    "warning": Sign("warning", "▪", "*", "#8a5a00", "#f0b849", _YELLOW),
    "hint": Sign("hint", "‣", "-", "#545d68", "#a4aeb9", _USUAL),
}


class BoxSign(NamedTuple):
    """How a checkbox looks, with and without UTF-8."""

    icon: str
    ascii: str


BOXES: dict[str, BoxSign] = {"open": BoxSign("☐", "[ ]"), "ticked": BoxSign("☑", "[x]")}
SIGNS: dict[str, Sign] = STATES | MARKS | FINDINGS

# The surfaces of pages, and what stands on them. Rules carry no meaning; the edges of controls do.
LIGHT: dict[str, str] = {
    "paper": "#ffffff",
    "sunk": "#f3f5f7",
    "ink": "#1c2128",
    "dim": "#545d68",
    "edge": "#7d8793",
    "rule": "#d5dbe1",
}
DARK: dict[str, str] = {
    "paper": "#14181d",
    "sunk": "#1c2229",
    "ink": "#e8edf2",
    "dim": "#a4aeb9",
    "edge": "#6f7a86",
    "rule": "#3a434d",
}
