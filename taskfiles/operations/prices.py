"""What tokens cost by the prices that tasks.toml names."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store

if TYPE_CHECKING:
    from taskfiles.config.model import PriceSettings

_MILLION = 1_000_000


def compute_cost(
    usage: Mapping[str, Any], model: str | None, prices: Mapping[str, PriceSettings], day: date
) -> int | None:
    """Return the micro-dollars that tokens cost, rounded half up; None where something is unknown.

    Prices are micro-dollars per million tokens. Input tokens include those read from a cache and written to
    it, output tokens those of reasoning; each costs what its own price says, or else what others do. Without
    a price for an hour, what was written for one costs what other writes do.

    >>> from taskfiles.config.model import PriceSettings
    >>> price = PriceSettings(input=3_000_000, output=15_000_000, cache_read=300_000)
    >>> usage = {"input_tokens": 1_000_000, "cache_read_tokens": 900_000, "output_tokens": 2_000}
    >>> compute_cost(usage, "opus", {"opus": price}, date(2026, 11, 21))
    600000
    """
    price = prices.get(model) if model is not None else None
    whole, out = usage.get("input_tokens"), usage.get("output_tokens")
    if price is None or whole is None or out is None or not _is_valid(price, day):
        return None
    read = min(whole, usage.get("cache_read_tokens") or 0)
    written = min(whole - read, usage.get("cache_write_tokens") or 0)
    hour = min(written, usage.get("cache_write_1h_tokens") or 0)
    thought = min(out, usage.get("reasoning_tokens") or 0)
    write = _or(price.cache_write, price.input)
    total = (
        (whole - read - written) * price.input
        + read * _or(price.cache_read, price.input)
        + (written - hour) * write
        + hour * _or(price.cache_write_1h, write)
        + (out - thought) * price.output
        + thought * _or(price.reasoning, price.output)
    )
    return int((total + _MILLION // 2) // _MILLION)


def _or(price: int | None, other: int) -> int:
    return other if price is None else price


def _is_valid(price: PriceSettings, day: date) -> bool:
    return (price.since is None or price.since <= day) and (price.until is None or day <= price.until)


def with_cost(store: Store, attempt: dict[str, Any]) -> dict[str, Any]:
    """Return the attempt with what it has cost by the project's prices, where nothing else says so."""
    if "actual_usd_micros" in attempt.get("cost", {}) or "usage" not in attempt:
        return attempt
    with suppress(TaskfilesError):
        prices = store.config.prices
        model, day = attempt["executor"].get("model"), store.now().date()
        cost = compute_cost(attempt.get("usage", {}), model, prices, day)
        if cost is not None:
            computed: dict[str, Any] = {"actual_usd_micros": cost, "source": "computed"}
            since = prices[str(model)].since
            if since is not None:
                computed["price_since"] = since.isoformat()
            return attempt | {"cost": attempt.get("cost", {}) | computed}
    return attempt
