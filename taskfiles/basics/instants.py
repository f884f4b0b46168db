"""Instants, days and durations: parse what people and programs write, format the one form of this tool."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from taskfiles.basics.patterns import lazy

# RFC 3339, without seconds too, and ISO 8601's basic form; offsets with or without a colon.
_ZONE = r"(?: ?([Zz]|([+-])(\d{2})(?::?(\d{2}))?))?"
_INSTANT = lazy(r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?" + _ZONE, re.ASCII)
_BASIC = lazy(r"(\d{4})(\d{2})(\d{2})[Tt](\d{2})(\d{2})(?:(\d{2})(?:[.,](\d+))?)?" + _ZONE, re.ASCII)
_DAY = lazy(r"(\d{4})(-?)(\d{2})\2(\d{2})", re.ASCII)

# Keys of the format whose values are instants, in a task and in what stands below it.
INSTANT_NAMES = frozenset(
    {
        "created_at",
        "updated_at",
        "completed_at",
        "last_activity_at",
        "due",
        "not_before",
        "started_at",
        "ended_at",
        "reviewed_at",
    }
)

_LONGEST_DAY = len("2025-11-02")
# What stands between the digits of the usual forms, by length: without a fraction, in files, in datasets.
_USUAL = {20: "--T::Z", 24: "--T::.", 27: "--T::."}
_MARKS = slice(4, 20, 3)  # where that stands; each ends with Z, too
_PADDING = {20: ".000000Z", 24: "000Z"}  # what a form of files is written on with in place of its Z
MICROSECOND = timedelta(microseconds=1)
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = lazy(r"(\d{1,9})(ms|s|m|h|d|w)", re.ASCII)


def utc_now() -> datetime:
    """Return the current time as an aware datetime."""
    return datetime.now(UTC)


def parse_instant(text: str) -> datetime:
    """Parse a date and time; text without a zone is UTC, digits past microseconds are dropped.

    The forms are those of RFC 3339, without seconds too, with offsets without a colon, and ISO 8601's basic
    form. Raises ValueError, with a reason, for anything else: a day, impossible dates, leap seconds.

    >>> parse_instant("2025-11-02 15:03:00.5+01:00").isoformat()
    '2025-11-02T15:03:00.500000+01:00'
    >>> parse_instant("2025-11-02 15:03") == parse_instant("20251102T160300+0100")
    True
    """
    return _parse_usual(text) or _parse_any(text)


def find_day(value: object) -> date | None:
    """Return the day that a value names: text, or the number that YAML makes of a basic form; else None.

    >>> find_day("2025-11-02"), find_day(20251102), find_day("2025-02-30")
    (datetime.date(2025, 11, 2), datetime.date(2025, 11, 2), None)
    """
    text = str(value) if type(value) is int else value
    match = _DAY.fullmatch(text) if isinstance(text, str) and len(text) <= _LONGEST_DAY else None
    try:
        return date(int(match[1]), int(match[3]), int(match[4])) if match else None
    except ValueError:
        return None


def find_span(value: object, zone: tzinfo = UTC) -> tuple[datetime, datetime] | None:
    """Return the first and last instant that a value stands for; None for neither an instant nor a day.

    An instant stands for itself, a day for the whole day in `zone`.
    """
    if value is None:
        return None
    if isinstance(value, str) and len(value) > _LONGEST_DAY:
        try:
            instant = parse_instant(value)
        except ValueError:
            return None
        return instant, instant
    day = find_day(value)
    return None if day is None else (day_start(day, zone), _day_end(day, zone))


def find_instant(value: object, zone: tzinfo = UTC) -> datetime | None:
    """Return the instant that a value of a file stands for, of a day its first in `zone`; else None.

    >>> find_instant("soon"), find_instant(None), find_instant("2025-11-02").isoformat()
    (None, None, '2025-11-02T00:00:00+00:00')
    """
    span = find_span(value, zone)
    return None if span is None else span[0]


def utc_second(instant: datetime) -> str:
    """Return the second of an aware datetime, in UTC, as the texts of instants begin; for `is_before`.

    >>> utc_second(datetime(2025, 11, 2, 15, 3, tzinfo=UTC))
    '2025-11-02T15:03:00'
    """
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if instant.year >= 1000 else ""


def is_before(value: object, second: str) -> bool:
    """Return whether a value is surely before a second, or no instant; False says nothing.

    >>> is_before("2025-11-02T15:02:59.999Z", "2025-11-02T15:03:00")
    True
    """
    return type(value) is str and value < second and value[-1:] == "Z" and value[10:11] == "T"


def day_start(day: date, zone: tzinfo = UTC) -> datetime:
    """Return the first instant of a day in a time zone, in UTC."""
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:  # the first day of all, east of Greenwich
        return datetime.min.replace(tzinfo=UTC)


def _day_end(day: date, zone: tzinfo) -> datetime:
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return day_start(day + timedelta(days=1), zone) - MICROSECOND


def _parse_usual(text: str) -> datetime | None:
    """Parse the forms that tools write, in a tenth of the time; None for any other form."""
    if text[_MARKS] != _USUAL.get(len(text)) or text[-1] != "Z" or text[11:13] == "24":
        return None  # newer Pythons accept hour 24 as the next midnight
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def pad_usual(text: str) -> str | None:
    """Write an instant in the form that this tool writes with microseconds; None for any other form.

    The text is known to be an instant, as those of valid tasks are: that is not asked again.

    >>> pad_usual("2025-11-02T15:03:00.500Z"), pad_usual("2025-11-02 15:03")
    ('2025-11-02T15:03:00.500000Z', None)
    """
    padding = _PADDING.get(len(text))
    if padding is None or text[_MARKS] != _USUAL[len(text)] or text[-1] != "Z":
        return None
    return text[:-1] + padding


def pad_alike(texts: Sequence[str]) -> list[str] | None:
    """Write instants that are all of one form as `pad_usual` does, at once; None where they are not.

    >>> pad_alike(["2025-11-02T15:03:00.500Z", "2025-11-02T15:04:00.000Z"])
    ['2025-11-02T15:03:00.500000Z', '2025-11-02T15:04:00.000000Z']
    """
    lengths = {*map(len, texts)}
    length = lengths.pop() if len(lengths) == 1 else 0
    padding = _PADDING.get(length)
    if padding is None:
        return None
    whole = "".join(texts)
    marks = zip((*range(*_MARKS.indices(length)), length - 1), _USUAL[length] + "Z", strict=True)
    if any(whole[at::length] != mark * len(texts) for at, mark in marks):
        return None
    return [text[:-1] + padding for text in texts]


def _parse_any(text: str) -> datetime:
    match = _match(text)
    if match is None:
        raise ValueError(_unmatched(text))
    year, month, day, hour, minute, second = (int(group or 0) for group in match.groups()[:6])
    if second == 60:
        raise ValueError("leap seconds can't be represented")
    micro = int((match[7] or "0")[:6].ljust(6, "0"))
    zone = UTC
    if match[9]:
        hours, minutes = int(match[10]), int(match[11] or 0)
        if hours > 23 or minutes > 59:
            raise ValueError("its zone is out of range")
        offset = timedelta(hours=hours, minutes=minutes)
        zone = timezone(-offset if match[9] == "-" else offset)
    try:
        date(year, month, day)
    except ValueError:
        raise ValueError(f"there is no day {match[1]}-{match[2]}-{match[3]}") from None
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"there is no time {match[4]}:{match[5]}:{match[6] or '00'}")
    instant = datetime(year, month, day, hour, minute, second, micro, zone)
    try:
        instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("its year is out of range") from None
    return instant


def _unmatched(text: str) -> str:
    """Say why a text without a time is no instant."""
    if find_day(text) is not None:
        return "it has no time"
    if (named := _DAY.fullmatch(text)) is not None:
        return f"there is no day {named[1]}-{named[3]}-{named[4]}"
    return "it is not of the form 2025-11-02T15:03:00Z"


def _match(text: str) -> re.Match[str] | None:
    return _INSTANT.fullmatch(text) or _BASIC.fullmatch(text)


def has_zone(text: str) -> bool:
    """Return whether an instant's text names its zone."""
    if _parse_usual(text) is not None:
        return True
    match = _match(text)
    return match is not None and match[8] is not None


def normalise_instant(text: str) -> str:
    """Convert an instant's text to UTC with `Z`, keeping the digits of its fraction; a day stays that day.

    Raises ValueError as `parse_instant` does, for what is no day either.

    >>> normalise_instant("2025-11-02T15:03:00.1234567+01:00"), normalise_instant("20251102")
    ('2025-11-02T14:03:00.1234567Z', '2025-11-02')
    """
    if _is_normal(text):
        return text
    if (day := find_day(text)) is not None:
        return day.isoformat()
    instant = parse_instant(text).astimezone(UTC).replace(microsecond=0, tzinfo=None)
    match = _match(text)
    assert match is not None
    return f"{instant.isoformat()}{'.' + match[7] if match[7] else ''}Z"


def _is_normal(text: str) -> bool:
    """Return whether a text is an instant as this tool writes them, without or with milliseconds."""
    length = len(text)
    if text[_MARKS] != _USUAL.get(length) or length == 27 or text[-1] != "Z" or text[11:13] == "24":
        return False  # 24 as above
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return text[5] != "W" and text.isascii()


def format_instant(instant: datetime) -> str:
    """Format an aware datetime as this tool writes instants: UTC, milliseconds, `Z`.

    >>> format_instant(datetime(2025, 11, 2, 15, 3, tzinfo=UTC))
    '2025-11-02T15:03:00.000Z'
    """
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_duration(text: str) -> float:
    """Parse `10s`, `30m`, `500ms`, `2h`, `365d` or `1w` into seconds.

    Raises ValueError for any other text.

    >>> parse_duration("30m")
    1800
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError("it is not a number with a unit, such as 10s, 30m or 2h")
    return int(match[1]) * _UNITS[match[2]]


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AHEAD, _BACK = {"today": 0, "tomorrow": 1}, {"today": 0, "yesterday": -1}
DAYS_TO_COME = frozenset({*_AHEAD, *_WEEKDAYS})
# What `read_until` and `read_when` read, for help and remedies.
_DATED = "2025-11-02, 2025-11-02T15:03:00Z"
UNTIL = f"{_DATED}, {', '.join(_AHEAD)}, {_WEEKDAYS[0]} to {_WEEKDAYS[-1]}, 7d or 1w"
WHEN = f"{_DATED}, {', '.join(_BACK)}, 7d or 1w"


def read_until(text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """Read when something is to be: an instant, the start of a day in `zone` (UTC), a duration after `now`.

    A day may be `today`, `tomorrow` or that of the week, as in `friday`: the next one after today. Raises
    ValueError for any other text.

    >>> sunday = datetime(2025, 11, 2, 15, 3, tzinfo=UTC)
    >>> [read_until(day, sunday).day for day in ("tomorrow", "Friday", "sunday")]
    [3, 7, 9]
    """
    day = now.astimezone(zone or UTC).weekday()
    named = {name: (number - day - 1) % 7 + 1 for number, name in enumerate(_WEEKDAYS)}
    return _read(text, now, zone or UTC, {**_AHEAD, **named}, 1)


def read_when(text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """Read when something was: an instant, the start of a day in `zone` (UTC), or a duration before `now`.

    A day may be `today` or `yesterday`. Raises ValueError for any other text.

    >>> read_when("yesterday", datetime(2025, 11, 2, 15, 3, tzinfo=UTC)).isoformat()
    '2025-11-01T00:00:00+00:00'
    """
    return _read(text, now, zone or UTC, _BACK, -1)


def _read(text: str, now: datetime, zone: tzinfo, named: dict[str, int], way: int) -> datetime:
    """Read a time of which some days have names; a duration goes forward (1) or back (-1)."""
    days = named.get(text.strip().casefold())
    if days is not None:
        return day_start(now.astimezone(zone).date() + timedelta(days=days), zone)
    if (instant := find_instant(text, zone)) is not None:
        return instant.astimezone(UTC)
    try:
        return now + way * timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError):
        raise ValueError("it is not a date") from None
