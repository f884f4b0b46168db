"""The HTTP header Retry-After: how long a receiver asks to be left alone; pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=1)  # a receiver that asks for more is asked again after a day


def parse_retry_after(text: str, now: datetime) -> datetime | None:
    """Return the instant from which a receiver may be asked again; None where the header says none.

    It has seconds or an HTTP date (RFC 9110, section 10.2.3); an instant in the past is none.

    >>> parse_retry_after("120", datetime(2026, 11, 21, 5, tzinfo=UTC)).isoformat()
    '2026-11-21T05:02:00+00:00'
    >>> parse_retry_after("Sat, 21 Nov 2026 05:00:30 GMT", datetime(2026, 11, 21, 5, tzinfo=UTC)).second
    30
    """
    wait = _wait(text.strip(), now)
    if wait is None or wait <= timedelta(0):
        return None
    return now + min(wait, LONGEST)


def _wait(text: str, now: datetime) -> timedelta | None:
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:9])) if len(text) < 9 else LONGEST
    try:
        until = parsedate_to_datetime(text)
        return (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
