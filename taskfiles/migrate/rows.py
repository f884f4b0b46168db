"""The rows of a source's table: what becomes of each of its keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

How = Literal["word", "text", "names", "moment", "refs", "drop"]


class Row(NamedTuple):
    """What becomes of a key: how its value is read, the key of ours that takes it, and a table of words.

    `absent` is our word for a task that has no such key.
    """

    how: How
    ours: str = ""
    words: Mapping[str, str] = {}
    absent: str | None = None


BLOCKED = "blocked"  # a state elsewhere; here a ready task with a reason
OTHER = "*"  # any other word
PRIORITIES = {
    **dict.fromkeys(("critical", "urgent", "highest", "p0"), "urgent"),
    **dict.fromkeys(("high", "p1"), "high"),
    **dict.fromkeys(("medium", "normal", "p2"), "normal"),
    **dict.fromkeys(("low", "lowest", "p3", "p4"), "low"),
    "none": "none",
}
NUMBERED = {"0": "urgent", "1": "high", "2": "normal", "3": "low", "4": "none"}
SIZES = {
    **dict.fromkeys(("xs", "tiny"), "tiny"),
    **dict.fromkeys(("s", "small"), "small"),
    **dict.fromkeys(("m", "medium"), "medium"),
    **dict.fromkeys(("l", "large"), "large"),
    "xl": "xl",
}
DROP = Row("drop")  # it follows from other keys, or says nothing


def word(ours: str, words: Mapping[str, str], absent: str | None = None) -> Row:
    """Return the row of a key whose words a table maps to ours."""
    return Row("word", ours, words, absent)


def text(ours: str) -> Row:
    """Return the row of a key whose value is one text."""
    return Row("text", ours)


def names(ours: str) -> Row:
    """Return the row of a key with a list of names, or one name."""
    return Row("names", ours)


def moment(ours: str) -> Row:
    """Return the row of a key with a day or an instant."""
    return Row("moment", ours)


def refs(ours: str) -> Row:
    """Return the row of a key that names other tasks: parent, children, depends_on or blocks."""
    return Row("refs", ours)


def fold(word: object) -> str:
    """Return a word as tables have it: letter case, `_`, `-` and blanks do not count.

    >>> fold("In_Progress"), fold(True)
    ('in progress', 'true')
    """
    text = str(word).strip().casefold()
    return " ".join(text.replace("_", " ").replace("-", " ").split()) or text
