"""Days and instants as other tools write them; pure."""

from __future__ import annotations

import re
from datetime import UTC

from taskfiles.basics.instants import find_day, find_instant
from taskfiles.leave.target import Precision

_FORMS: dict[Precision, str] = {"second": "%Y-%m-%dT%H:%M:%SZ", "minute": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d"}
_RFC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def print_minute(text: str) -> str:
    """Return a day as it is, an instant as its minute in UTC.

    >>> print_minute("2026-01-02T10:00:59+01:00"), print_minute("2026-01-02")
    ('2026-01-02 09:00', '2026-01-02')
    """
    return _print(text, "minute")


def print_day(text: str) -> str:
    """Return the day in UTC.

    >>> print_day("2026-01-02T00:30:00+01:00")
    '2026-01-01'
    """
    return _print(text, "day")


def print_instant(text: str) -> str:
    """Return an instant as it is where it is one of RFC 3339 with a zone; a day is its beginning in UTC.

    >>> print_instant("2026-01-02"), print_instant("2026-01-02T10:00:00.5+01:00")
    ('2026-01-02T00:00:00Z', '2026-01-02T10:00:00.5+01:00')
    """
    return text if _RFC.fullmatch(text) else _print(text, "second", wants_time=True)


def print_utc(text: str) -> str:
    """Return an instant as it is where it is one of RFC 3339 in UTC, written with Z; a day is its beginning.

    >>> print_utc("2026-01-02T10:00:00+01:00"), print_utc("2026-01-02T10:00:00.5Z")
    ('2026-01-02T09:00:00Z', '2026-01-02T10:00:00.5Z')
    """
    return text if _RFC.fullmatch(text) and text.endswith("Z") else _print(text, "second", wants_time=True)


def print_basic(text: str) -> str:
    """Return an instant in the basic form, in UTC; a day is its beginning.

    >>> print_basic("2026-01-02T10:00:00+01:00")
    '20260102T090000Z'
    """
    return _print(text, "second", wants_time=True).replace("-", "").replace(":", "")


def _print(text: str, precision: Precision, *, wants_time: bool = False) -> str:
    day = find_day(text)
    if day is not None and not wants_time:
        return day.isoformat()
    instant = find_instant(text)
    if instant is None or instant.year < 1000:
        return text
    return instant.astimezone(UTC).strftime(_FORMS[precision])


def is_same_moment(here: object, back: object, precision: Precision) -> bool:
    """Return whether an instant or day says the same after it was written with some precision.

    >>> is_same_moment("2026-01-02T10:00:59Z", "2026-01-02T10:00:00Z", "minute")
    True
    >>> is_same_moment("2026-01-02", "2026-01-02T00:00:00Z", "second")
    False
    """
    if here == back:
        return True
    days, instants = (find_day(here), find_day(back)), (find_instant(here), find_instant(back))
    if instants[0] is None or instants[1] is None or (days[1] is not None and precision != "day"):
        return days[0] is not None and days[0] == days[1]
    if days[0] is not None:
        return days[0] == days[1]
    if precision == "second":
        return instants[0] == instants[1]
    first, second = (each.astimezone(UTC).strftime(_FORMS[precision]) for each in instants if each)
    return first == second
