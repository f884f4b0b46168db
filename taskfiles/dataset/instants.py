"""Instants as datasets have them: texts in UTC with microseconds, so that they sort as text; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from taskfiles.basics.instants import find_instant, pad_alike, pad_usual


def micros_text(instant: datetime) -> str:
    """Write an instant in UTC with microseconds.

    >>> micros_text(datetime(2026, 3, 1, 10, 0, tzinfo=UTC))
    '2026-03-01T10:00:00.000000Z'
    """
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_texts(values: Sequence[Any]) -> list[str | None]:
    """Write the instants that the values of a column stand for, all of valid tasks; None for none."""
    known = [value for value in values if value is not None]
    padded = pad_alike(known) if {*map(type, known)} == {str} else None
    if padded is None:
        return [None if value is None else pad_usual(str(value)) or _text(value) for value in values]
    texts = iter(padded)
    return [None if value is None else next(texts) for value in values]


def _text(value: Any) -> str | None:
    instant = find_instant(value)
    return None if instant is None else micros_text(instant)
