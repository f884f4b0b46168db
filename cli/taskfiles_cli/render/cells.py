"""Texts in the columns of a terminal: measured, filled up, and narrowed so that no two look the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

_WIDE = frozenset("WF")


def text_width(text: str) -> int:
    """Count the terminal columns that a text takes."""
    if text.isascii():
        return len(text)
    import unicodedata  # noqa: PLC0415 (most texts need no table)

    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in _WIDE else 1 for c in text
    )


def pad(text: str, width: int) -> str:
    """Fill a text with blanks to a number of columns."""
    return text + " " * (width - text_width(text))


def cut(text: str, width: int) -> str:
    """Cut a text to a number of columns; an ellipsis says so."""
    return text if text_width(text) <= width else _head(text, width - 1) + "…"


def cut_middle(text: str, width: int) -> str:
    """Cut the middle of a text out, as names often differ at their ends.

    >>> cut_middle("claude-sonnet-4-20250514", 12)
    'claude…50514'
    """
    if text_width(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{_head(text, width - 1 - tail)}…{_head(text[::-1], tail)[::-1]}"


def fold(text: str, width: int) -> list[str]:
    """Break a text into lines of a number of columns, at blanks where there are any.

    >>> fold("one two three", 8), fold("abcdef", 4)
    (['one two', 'three'], ['abcd', 'ef'])
    """
    lines = []
    while text_width(text) > width:
        head = _head(text, width) or text[0]
        at = head.rfind(" ")
        if text[len(head)] != " " and at > 0:
            head = head[:at]
        lines.append(head.rstrip())
        text = text[len(head) :].lstrip()
    return [*lines, text] if text or not lines else lines


def narrow(texts: Sequence[str], width: int) -> list[list[str]]:
    """Return the lines of each text in a column of a width; no two texts come out the same.

    A text is cut at its end, where that makes it look like another in the middle, and where that doesn't
    help it has more lines.

    """
    found: dict[str, str | None] = {}
    left = list(dict.fromkeys(texts))
    taken: set[str] = set()
    ways: tuple[Callable[[str, int], str], ...] = (cut, cut_middle)
    for way in ways:
        made = {text: way(text, width) for text in left}
        counts = Counter(made.values())
        for text in left:
            if counts[made[text]] == 1 and made[text] not in taken:
                found[text] = made[text]
        taken |= {each for each in found.values() if each is not None}
        left = [text for text in left if text not in found]
    return [[shown] if (shown := found.get(text)) is not None else fold(text, width) for text in texts]


def least_width(texts: Sequence[str], least: int) -> int:
    """Return the smallest width, `least` or more, in which no text needs more than one line."""
    most = max(map(text_width, texts), default=0)
    return next(
        (width for width in range(least, most) if all(len(lines) == 1 for lines in narrow(texts, width))),
        max(least, most),
    )


def _head(text: str, width: int) -> str:
    if text.isascii():
        return text[: max(0, width)]
    used = 0
    for place, char in enumerate(text):
        used += text_width(char)
        if used > width:
            return text[:place]
    return text
