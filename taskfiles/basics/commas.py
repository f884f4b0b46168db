"""Texts that hold several, with commas between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def split_commas(texts: Sequence[str]) -> list[str]:
    """Split values at commas, blanks around them dropped; an item in quotes may contain commas.

    >>> split_commas(["a, b", '"c, d",e', "don't"])
    ['a', 'b', 'c, d', 'e', "don't"]
    """
    return [part for text in texts for part in _split(text) if part.strip()]


def _split(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        while text[start : start + 1].isspace():
            start += 1
        quote = text[start : start + 1]
        end = text.find(quote, start + 1) if quote in {'"', "'"} else -1
        comma = text.find(",", max(start, end))
        comma = comma if comma >= 0 else len(text)
        if end > 0 and not text[end + 1 : comma].strip():
            yield text[start + 1 : end]
        else:  # a quote within or before an item is a letter of it
            comma = text.find(",", start)
            comma = comma if comma >= 0 else len(text)
            yield text[start:comma].strip()
        start = comma + 1
