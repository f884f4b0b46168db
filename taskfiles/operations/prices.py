"""What tokens cost by the prices that tasks.toml names."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from taskfiles.config.model import PriceSettings
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store

_MILLION = 1_000_000


def compute_cost(
    usage: Mapping[str, Any], model: str | None, prices: Mapping[str, PriceSettings], day: date
) -> int | None:
    """Return the micro-dollars that tokens cost, rounded half up; None where something is unknown.

    Prices are micro-dollars per million tokens. Input tokens include those read from a cache, which cost what
    `cache_read` says, or else what others do.

    >>> price = PriceSettings(input=3_000_000, output=15_000_000, cache_read=300_000)
    >>> usage = {"input_tokens": 1_000_000, "cache_read_tokens": 900_000, "output_tokens": 2_000}
    >>> compute_cost(usage, "opus", {"opus": price}, date(2026, 11, 21))
    600000
    """
    price = prices.get(model) if model is not None else None
    read, written = usage.get("input_tokens"), usage.get("output_tokens")
    if price is None or read is None or written is None or (price.since is not None and day < price.since):
        return None
    cached = min(read, usage.get("cache_read_tokens") or 0)
    cheaper = price.input if price.cache_read is None else price.cache_read
    total = (read - cached) * price.input + cached * cheaper + written * price.output
    return int((total + _MILLION // 2) // _MILLION)


def with_cost(store: Store, attempt: dict[str, Any]) -> dict[str, Any]:
    """Return the attempt with what it has cost by the project's prices, where nothing else says so."""
    if "actual_usd_micros" in attempt.get("cost", {}):
        return attempt
    with suppress(TaskfilesError):
        prices = store.config.prices
        model, day = attempt["executor"].get("model"), store.now().date()
        cost = compute_cost(attempt.get("usage", {}), model, prices, day)
        if cost is not None:
            known = attempt.get("cost", {})
            return attempt | {"cost": known | {"actual_usd_micros": cost, "source": "computed"}}
    return attempt
