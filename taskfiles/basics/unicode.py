"""Compare texts in one normal form of Unicode; files keep their bytes.

`unicodedata` is imported for the first text that is not ASCII: commands must start quickly.
"""

from __future__ import annotations

from _bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def normal(text: str) -> str:
    """Return a text in the form in which it is compared where case counts (NFC).

    >>> normal("cafe\\u0301") == "caf\\u00e9"
    True
    """
    if text.isascii():
        return text
    import unicodedata  # noqa: PLC0415 (as said)

    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return a text in the form in which it is compared where case does not count.

    >>> fold("CAFE\\u0301") == fold("caf\\u00e9"), fold("STRASSE") == fold("Straße")
    (True, True)
    """
    if text.isascii():
        return text.lower()
    import unicodedata  # noqa: PLC0415 (as said)

    # Folding can undo the form, and some letters fold only when decomposed (Unicode, section 3.13).
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def find_folded(text: str, needle: str) -> Iterator[tuple[int, int]]:
    """Yield where a folded text stands in another, as the start and end of what is there unfolded.

    >>> [*find_folded("Die Straße", "strasse")], [*find_folded("CAFE\\u0301 au lait", "caf\\u00e9")]
    ([(4, 10)], [(0, 5)])
    """
    folded = fold(text)
    at = folded.find(needle) if needle else -1
    while at >= 0:
        end = at + len(needle)
        yield (at, end) if text.isascii() else _unfold(text, at, end)
        at = folded.find(needle, end)


def _unfold(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the letters of a text that became those between two places of its folded form."""
    places = range(len(text) + 1)

    def length(place: int) -> int:
        return len(fold(text[:place]))

    first = min(bisect_right(places, start, key=length) - 1, len(text) - 1)
    last = bisect_right(places, end, key=length) - 1
    return first, max(first + 1, last if length(last) >= end else last + 1)
