"""Cells of CSV: the one way in which this tool writes them, as RFC 4180 has it."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_GUARD = "'"
QUOTED = ('"', ",", "\n", "\r")  # with one of these a text needs quotes


def csv_cell(text: str | None, *, safe: bool = False) -> str:
    """Return a text as a cell: nothing for None, `""` for an empty text, quotes where they are needed.

    With `safe` a text that a spreadsheet would run as a formula has an apostrophe before it.

    >>> csv_cell(None), csv_cell("a,b"), csv_cell("=1+1", safe=True)
    ('', '"a,b"', "'=1+1")
    """
    if text is None:
        return ""
    if safe:
        text = guard_formula(text)
    if not text or any(mark in text for mark in QUOTED):
        return '"' + text.replace('"', '""') + '"'
    return text


def guard_formula(text: str) -> str:
    """Return a text with an apostrophe before what a spreadsheet would run."""
    return _GUARD + text if text.startswith(_FORMULA) else text


def unguard_formula(text: str) -> str:
    """Return a text without the apostrophe that `guard_formula` puts before it."""
    return text[1:] if text.startswith(_GUARD) and text[1:].startswith(_FORMULA) else text
