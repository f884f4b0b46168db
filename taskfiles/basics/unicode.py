"""Compare texts in one normal form of Unicode; files keep their bytes.

`unicodedata` is imported for the first text that is not ASCII: commands must start quickly.
"""

from __future__ import annotations


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
