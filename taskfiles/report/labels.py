"""Texts of anybody's making as charts and pages show them: visible, bounded, distinguished; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from taskfiles.stats.dimensions import Value

UNKNOWN = "not known"
_LIMIT = 48  # characters of a label in a chart
_LONG = 1000  # characters of a text in a table
_JOINERS = "\u200d\ufe0f"  # of emoji


def visible(text: str, limit: int = _LONG) -> str:
    r"""Write a text on one line: what can't be seen, or turns the line around, as its escape; cut where long.

    What it gives can stand in XML, which has no place for most control characters.

    >>> visible("a\tb\x1b[31m\u202ec"), visible("much too long", 9)
    ('a b\\x1b[31m\\u202ec', 'much too…')
    """
    shown = "".join(char if _is_harmless(char) else _escape(char) for char in text[: limit + 1])
    return shown if len(shown) <= limit else f"{shown[: limit - 1].rstrip()}…"


def name_all(values: Iterable[Value], limit: int = _LIMIT) -> dict[Value, str]:
    """Map each value to a label of its own, those that look the same once they are cut a number as well.

    >>> name_all(["gpt-5-codex", "gpt-5-mini", "gpt-5-cheap", None], 8)
    {'gpt-5-codex': 'gpt-5-c…', 'gpt-5-mini': 'gpt-5-m…', 'gpt-5-cheap': 'gpt-5-c… (2)', None: 'not known'}
    """
    names: dict[Value, str] = {}
    taken: set[str] = set()
    latest: dict[str, int] = {}  # number of each label
    for value in dict.fromkeys(values):
        label = plain = name_value(value, limit)
        number = latest.get(plain, 1)
        while label in taken:
            number += 1
            label = f"{plain} ({number})"
        latest[plain] = number
        taken.add(label)
        names[value] = label
    return names


def name_value(value: Value, limit: int = _LONG) -> str:
    """Write a value of a dimension: unknown in words, empty as quotes.

    >>> name_value(None), name_value(""), name_value("opus")
    ('not known', '“”', 'opus')
    """
    return UNKNOWN if value is None else visible(value, limit) or "“”"


def isolate(label: str) -> str:
    """Keep a label that is written from the right from turning what stands beside it around.

    The marks around it are the two that Unicode has for this; page and drawing show none of them.

    >>> isolate("gpt-5"), isolate("דגם") == "\u2068דגם\u2069"
    ('gpt-5', True)
    """
    is_turned = any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in label)
    return f"\u2068{label}\u2069" if is_turned else label


def _is_harmless(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) not in {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"}


def _escape(char: str) -> str:
    return " " if char in "\n\t" else char.encode("unicode_escape").decode("ascii")
