"""What people wrote, made visible: no letter of it hides, turns the text around or ends a page."""

from __future__ import annotations

import re
from datetime import datetime

from taskfiles.basics.instants import find_instant

# Control characters but tab and line feed, what turns the direction of text, ends of lines that are none.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def show(text: str) -> str:
    r"""Replace what can't be seen by a mark that names it.

    >>> show("a\u202eb\x00c\td")
    'a⟨U+202E⟩b⟨U+0000⟩c\td'
    """
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text.replace("\r\n", "\n"))


def find_moment(value: object) -> datetime | None:
    """Return the instant that a value of a file stands for; None for anything else."""
    return find_instant(value)
