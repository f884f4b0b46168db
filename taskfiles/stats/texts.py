"""Figures as people read them: rates, lengths of time, money; pure."""

from __future__ import annotations

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def percent_text(rate: float) -> str:
    """Write a rate as percent, with one digit after the point."""
    return f"{100 * rate:.1f}"


def duration_text(seconds: float) -> str:
    """Write a duration in its two largest units.

    >>> duration_text(59), duration_text(3725), duration_text(0)
    ('59s', '1h 2m', '0s')
    """
    whole = int(seconds)
    for place, (size, unit) in enumerate(_UNITS):
        if whole >= size:
            rest, below = whole % size, _UNITS[place + 1 :][:1]
            more = [f"{rest // smaller}{name}" for smaller, name in below if rest // smaller]
            return " ".join([f"{whole // size}{unit}", *more])
    return "0s"


def dollars_text(micros: int) -> str:
    """Write millionths of a dollar as dollars and cents, in whole numbers, which have no limit.

    >>> dollars_text(1_515_000), dollars_text(2**80)
    ('1.52', '1208925819614629174.71')
    """
    cents = (micros + 5_000) // 10_000
    return f"{cents // 100}.{cents % 100:02}"


def tokens_text(number: int) -> str:
    """Write a number of tokens with a unit, and three digits.

    >>> tokens_text(950), tokens_text(1_234), tokens_text(45_678), tokens_text(1_999_999)
    ('950', '1.2k', '46k', '2.0M')
    """
    if number < 1_000:
        return str(number)
    unit, size = ("k", 1_000) if number < 999_500 else ("M", 1_000_000)
    tenths = (number * 10 + size // 2) // size
    return f"{tenths // 10}.{tenths % 10}{unit}" if tenths < 100 else f"{(tenths + 5) // 10}{unit}"


def age_text(seconds: int) -> str:
    """Write how long something took or has been there: days from two of them on.

    >>> age_text(90), age_text(3 * 86_400 + 3_600)
    ('1m 30s', '3 d')
    """
    days = round(seconds / 86_400)
    return f"{days:,} d" if seconds >= 2 * 86_400 else duration_text(seconds)
