"""Checks of frontmatter values, one for each type, without pydantic and positions.

Each `check_` function returns the checked value and raises BadValue for any other.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from taskfiles.basics.instants import find_day, format_instant, parse_instant
from taskfiles.basics.patterns import lazy
from taskfiles.text.nodes import MAX_DIGITS

MAX_INTEGER = 2**63 - 1
_ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
_URL = lazy(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_UUID = lazy(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)

_NUMBER = lazy(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|0x[0-9a-fA-F]{100,}|0o[0-7]{100,}", re.ASCII)

E = TypeVar("E", bound=StrEnum)


class BadValue(ValueError):
    """A value that its key does not take: finding code and parameters of its message."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def describe(value: object) -> str:
    """Describe a value for a message: `the number 5`, `text`, `a list`.

    >>> describe(True), describe(None), describe([1])
    ('the boolean true', 'null', 'a list')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the number {value}" if abs(value) < 10**20 else "a very large number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a mapping"


def _wrong_type(value: object, wanted: str, remedy: str) -> BadValue:
    if value is None:
        return BadValue("null-value")
    return BadValue("wrong-type", found=describe(value), wanted=wanted, remedy=remedy)


def plain_value(value: Any, depth: int) -> Any:
    """Convert a Python value to YAML's types: members of enumerations, datetimes, mappings and tuples too.

    Raises BadValue: wrong-type, with a `problem`, for types that YAML does not have and nesting deeper than
    `depth`; lone-surrogate for text that has no form in UTF-8.
    """
    if depth < 0:
        raise BadValue("wrong-type", problem="it nests too deep")
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        return _plain_text(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise BadValue("wrong-type", problem="a datetime without a time zone could be any instant")
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_plain_text(str(key)): plain_value(item, depth - 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_value(item, depth - 1) for item in value]
    raise BadValue("wrong-type", problem=f"a Python {type(value).__name__} has no place in YAML")


def _plain_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadValue("lone-surrogate") from None
    return text


def check_text(value: object) -> str:
    """Check for text; a number or boolean without quotes is not text."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        shown = str(value).lower() if isinstance(value, bool) else value if abs(value) < 10**20 else "…"
        raise _wrong_type(value, "text", f'Quote it: "{shown}".')
    raise _wrong_type(value, "text", "Write a word or a quoted text.")


def check_filled(value: object) -> str:
    """Check for text that is not blank."""
    text = check_text(value)
    if not text.strip():
        raise BadValue("empty-text")
    return text


def is_id(text: str) -> bool:
    """Return whether a text can be the id of a task.

    >>> [is_id(text) for text in ("fix-2", "2", "-fix", "Fix", "fix.md", "")]
    [True, True, False, False, False, False]
    """
    return text[:1] not in ("", "-") and not text.strip(_ID_CHARACTERS)


def check_id(value: object) -> str:
    """Check for a task id."""
    text = check_text(value)
    if not is_id(text):
        raise BadValue("invalid-id", given=text[:60])
    return text


def check_url(value: object) -> str:
    """Check for a URL: a scheme, and what it is about, without blanks."""
    text = check_filled(value)
    if not _URL.fullmatch(text):
        raise _wrong_type(text, "a URL", "Write it with its scheme, as in https://example.org/a.")
    return text


def check_inner_path(value: object) -> str:
    """Check for the path of a file in the repository, relative to the project's root."""
    text = check_filled(value)
    if not is_inner_path(text):
        raise BadValue("foreign-path", given=text[:200])
    return text


def is_inner_path(text: str) -> bool:
    """Return whether a path stays in the repository on every machine.

    >>> [is_inner_path(path) for path in ("src/a.py", "/etc/passwd", "~/a", "../a")]
    [True, False, False, False]
    """
    return not text.startswith(("/", "~")) and "\\" not in text and ".." not in text.split("/")


def check_uuid(value: object) -> str:
    """Check for a UUID in its usual form."""
    text = check_filled(value)
    if not _UUID.fullmatch(text):
        raise BadValue("invalid-uuid", given=text[:60])
    return text


def find_uuid(value: object) -> str | None:
    """Return a UUID in lower case; None for any other value.

    >>> find_uuid("2CEDFA3F-3DDF-4498-9038-B87710985780"), find_uuid(None)
    ('2cedfa3f-3ddf-4498-9038-b87710985780', None)
    """
    try:
        return check_uuid(value).lower()
    except BadValue:
        return None


def check_integer(value: object) -> int:
    """Check for a whole number from 0 to 2^63-1."""
    if _is_vast(value):
        raise BadValue("out-of-range", given="a very large number", low=0, high="2^63-1")
    if isinstance(value, bool) or not isinstance(value, int):
        remedy = (
            "Remove the quotes."
            if isinstance(value, str) and value.strip().isdigit()
            else "Write a whole number."
        )
        raise _wrong_type(value, "a whole number", remedy)
    if not 0 <= value <= MAX_INTEGER:
        raise BadValue("out-of-range", given=describe(value), low=0, high="2^63-1")
    return value


def _is_vast(value: object) -> bool:
    """Return whether a value is the text of a number too large to be read as one."""
    if not isinstance(value, str) or len(value) < 4 or _NUMBER.fullmatch(value) is None:
        return False
    return len(value) > MAX_DIGITS or float(value) in (float("inf"), float("-inf"))


def check_number(value: object) -> int | float:
    """Check for a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_MOST <= value <= _MOST:
        if _is_vast(value) or (isinstance(value, int | float) and not isinstance(value, bool)):
            raise BadValue("out-of-range", given="a very large number", low="-10^15", high="10^15")
        raise _wrong_type(value, "a number", "Write it without quotes, as in 1.5.")
    return value


_MOST = 10**15  # beyond it fractions are lost


def check_fraction(value: object) -> float:
    """Check for a number from 0.0 to 1.0."""
    if _is_vast(value):
        raise BadValue("out-of-range", given="a very large number", low="0.0", high="1.0")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong_type(value, "a number from 0.0 to 1.0", "Write it without quotes, as in 0.75.")
    if not 0 <= value <= 1:
        raise BadValue("out-of-range", given=describe(value), low="0.0", high="1.0")
    return float(value)


def check_boolean(value: object) -> bool:
    """Check for true or false; YAML 1.2 has no other words for them."""
    if not isinstance(value, bool):
        raise _wrong_type(value, "true or false", "Write true or false, without quotes.")
    return value


def check_instant(value: object) -> datetime:
    """Check for an RFC 3339 date and time, or from Python callers an aware datetime."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    if not isinstance(value, str):
        raise _wrong_type(value, "a date and time", "Write it as 2025-11-02T15:03:00Z.")
    try:
        return parse_instant(value)
    except ValueError as error:
        raise BadValue("invalid-timestamp", given=value[:60], problem=str(error)) from None


def check_moment(value: object) -> datetime | date:
    """Check for an instant as `check_instant` does, or for a day."""
    if type(value) is date:
        return value
    day = find_day(value)
    return check_instant(value) if day is None else day


def check_word(kind: type[E], value: object) -> E:
    """Check for one of an enumeration's words, in exactly that spelling."""
    text = check_text(value)
    try:
        return kind(text)
    except ValueError:
        from taskfiles.task.synonyms import suggest_word  # noqa: PLC0415 (only mistakes need it)

        words = [str(word) for word in kind]
        raise BadValue(
            "unknown-value", given=text[:60], near=suggest_word(kind, text), allowed=", ".join(words)
        ) from None


def check_list(value: object) -> list[Any]:
    """Check for a list of any items."""
    if not isinstance(value, list):
        shown = value if isinstance(value, str) and value and not re.search(r"[\s,\[\]{}#:]", value) else "…"
        raise _wrong_type(value, "a list", f"Write it as a list: [{shown}].")
    return value


def not_a_mapping(value: object) -> BadValue:
    """Return the error for a value that should be a mapping."""
    return _wrong_type(value, "a mapping", "Write its keys on lines of their own, indented.")


def is_word(value: object, words: Container[str]) -> bool:
    """Return whether a value of any type is one of some words.

    >>> is_word(["done"], {"done"}), is_word("done", {"done"})
    (False, True)
    """
    return isinstance(value, str) and value in words


def suggest(word: str, known: Sequence[str]) -> str:
    """Return a hint that names the nearest known word; empty if none is near.

    >>> suggest("hihg", ["low", "high"])
    'Did you mean high? '
    """
    from taskfiles.basics.nearest import find_nearest  # noqa: PLC0415 (only mistakes need it)

    near = find_nearest(word, known)
    return f"Did you mean {near}? " if near else ""
