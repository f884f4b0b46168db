"""Amounts, durations and values of keys as pages write them."""

from __future__ import annotations

import json
from typing import Any

from taskfiles_cli.surface.phrases import make_money as make_money  # noqa: PLC0414 (for templates)


def say_duration(seconds: float | None) -> str:
    """Write a duration for people.

    >>> say_duration(59), say_duration(3_720), say_duration(None)
    ('59 s', '1 h 2 min', '')
    """
    if seconds is None:
        return ""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def say_value(value: Any) -> str:
    """Write a key's value: a text as it is, a list of texts with commas, anything else as JSON.

    >>> say_value(["a", "b"]), say_value(None), say_value({"n": 1})
    ('a, b', 'none', '{"n": 1}')
    """
    if value is None:
        return "none"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
