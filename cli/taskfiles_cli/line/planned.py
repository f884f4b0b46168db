"""When a task is due, how long it takes and where it stands among its equals, as options say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from taskfiles.errors import TaskfilesError

_MINUTE = 60  # seconds


def read_planned(
    given: Mapping[str, str | None], now: Callable[[], datetime], zone: tzinfo
) -> dict[str, Any]:
    """Read the options for `due`, `not_before`, `estimate_minutes` and `rank`, as far as they were given.

    A day or an instant stays as it was typed; `tomorrow`, `friday` and `7d` become days of the zone, `2h`
    an instant.
    Raises TaskfilesError (bad-value).
    """
    options = {"due": "--due", "not_before": "--not-before"}
    found: dict[str, Any] = {
        key: _read_moment(option, text, now(), zone)
        for key, option in options.items()
        if (text := given.get(key)) is not None
    }
    if (text := given.get("estimate_minutes")) is not None:
        found["estimate_minutes"] = _read_minutes(text)
    if (text := given.get("rank")) is not None:
        found["rank"] = _read_number(text)
    return found


def _read_moment(option: str, text: str, now: datetime, zone: tzinfo) -> str:
    from taskfiles.basics.instants import DAYS_TO_COME, find_span, format_instant  # noqa: PLC0415 (few tasks have days)
    from taskfiles_cli.line.values import read_until  # noqa: PLC0415 (as above)

    typed = text.strip()
    if find_span(typed, zone) is not None:
        return typed
    instant = read_until(option, typed, now, zone)
    if typed.casefold() in DAYS_TO_COME or typed[-1:] in {"d", "w"}:
        return instant.astimezone(zone).date().isoformat()
    return format_instant(instant)


def _read_minutes(text: str) -> int:
    from taskfiles.basics.instants import parse_duration  # noqa: PLC0415 (as above)

    typed = text.strip()
    if typed.isascii() and typed.isdecimal():
        return int(typed)
    problem = "it is neither minutes nor hours"
    if typed[-1:] in {"m", "h"} and not typed.endswith("ms"):
        try:
            return int(parse_duration(typed) // _MINUTE)
        except ValueError:
            problem = "it is not a whole number of them"
    remedy = "Write minutes, or minutes and hours with their unit: 90, 90m or 2h."
    raise TaskfilesError("bad-value", option="--estimate", given=f"“{text}”", problem=problem, remedy=remedy)


def _read_number(text: str) -> int | float:
    from taskfiles.text.typed import read_typed  # noqa: PLC0415 (as above)

    value = read_typed(text.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    remedy = "Write a number, as in 2 or 1.5; the lowest comes first."
    raise TaskfilesError(
        "bad-value", option="--rank", given=f"“{text}”", problem="it is not a number", remedy=remedy
    )
