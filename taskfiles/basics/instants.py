"""Instants and durations: parse RFC 3339 text, format the one UTC form that this tool writes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from taskfiles.basics.patterns import lazy

_INSTANT = lazy(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|([+-])(\d{2}):(\d{2}))?", re.ASCII
)

# Keys of the format whose values are instants, in a task and in what stands below it.
INSTANT_NAMES = frozenset(
    {
        "created_at",
        "updated_at",
        "completed_at",
        "last_activity_at",
        "started_at",
        "ended_at",
        "reviewed_at",
    }
)

MICROSECOND = timedelta(microseconds=1)
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = lazy(r"(\d{1,9})(ms|s|m|h|d)", re.ASCII)


def utc_now() -> datetime:
    """Return the current time as an aware datetime."""
    return datetime.now(UTC)


def parse_instant(text: str) -> datetime:
    """Parse an RFC 3339 date and time; text without a zone is UTC, digits past microseconds are dropped.

    Raises ValueError, with a reason, for anything else: a date alone, impossible dates, leap seconds.

    >>> parse_instant("2025-11-02 15:03:00.5+01:00").isoformat()
    '2025-11-02T15:03:00.500000+01:00'
    """
    return _parse_usual(text) or _parse_any(text)


def find_instant(value: object) -> datetime | None:
    """Return the instant that a value of a file holds; None for what `parse_instant` refuses, and no text.

    >>> find_instant("soon"), find_instant(None)
    (None, None)
    """
    try:
        return parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _parse_usual(text: str) -> datetime | None:
    """Parse the form that this tool writes, in a tenth of the time; None for any other form."""
    marks = text[4:5] + text[7:8] + text[10:11] + text[13:14] + text[16:17] + text[19:20] + text[23:]
    if marks != "--T::.Z" or text[11:13] == "24":  # newer Pythons accept hour 24 as the next midnight
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _parse_any(text: str) -> datetime:
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError("it is not of the form 2025-11-02T15:03:00Z")
    year, month, day, hour, minute, second = (int(group) for group in match.groups()[:6])
    if second == 60:
        raise ValueError("leap seconds can't be represented")
    micro = int((match[7] or ".0")[1:7].ljust(6, "0"))
    zone = UTC
    if match[9]:
        hours, minutes = int(match[10]), int(match[11])
        if hours > 23 or minutes > 59:
            raise ValueError("its zone is out of range")
        offset = timedelta(hours=hours, minutes=minutes)
        zone = timezone(-offset if match[9] == "-" else offset)
    instant = datetime(year, month, day, hour, minute, second, micro, zone)
    try:
        instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("its year is out of range") from None
    return instant


def has_zone(text: str) -> bool:
    """Return whether an instant's text names its zone."""
    match = _INSTANT.fullmatch(text)
    return match is not None and match[8] is not None


def normalise_instant(text: str) -> str:
    """Convert an instant's text to UTC with `Z`, keeping the digits of its fraction.

    Raises ValueError as `parse_instant` does.

    >>> normalise_instant("2025-11-02T15:03:00.1234567+01:00")
    '2025-11-02T14:03:00.1234567Z'
    """
    instant = parse_instant(text).astimezone(UTC).replace(microsecond=0, tzinfo=None)
    match = _INSTANT.fullmatch(text)
    assert match is not None
    return f"{instant.isoformat()}{match[7] or ''}Z"


def format_instant(instant: datetime) -> str:
    """Format an aware datetime as this tool writes instants: UTC, milliseconds, `Z`.

    >>> format_instant(datetime(2025, 11, 2, 15, 3, tzinfo=UTC))
    '2025-11-02T15:03:00.000Z'
    """
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_duration(text: str) -> float:
    """Parse `10s`, `30m`, `500ms`, `2h` or `365d` into seconds.

    Raises ValueError for any other text.

    >>> parse_duration("30m")
    1800
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError("it is not a number with a unit, such as 10s, 30m or 2h")
    return int(match[1]) * _UNITS[match[2]]
