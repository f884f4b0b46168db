"""What tokens cost by the prices of tasks.toml; what is unknown has no cost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.config.model import PriceSettings
from taskfiles.operations.prices import compute_cost

DAY = date(2026, 11, 21)
PRICE = PriceSettings(input=3_000_000, output=15_000_000, cache_read=300_000)
WITHOUT_CACHE = PriceSettings(input=3_000_000, output=15_000_000)
USAGE = {"input_tokens": 100, "output_tokens": 10}
TOKENS = st.integers(0, 10**9)


def cost(usage: dict[str, Any], price: PriceSettings = PRICE, day: date = DAY) -> int | None:
    return compute_cost(usage, "opus", {"opus": price}, day)


def test_input_and_output_are_priced_apart() -> None:
    assert cost(USAGE) == 300 + 150


def test_cached_input_is_cheaper_only_where_a_price_says_so() -> None:
    cached = USAGE | {"cache_read_tokens": 90}
    assert cost(cached) == 30 + 27 + 150
    assert cost(cached, WITHOUT_CACHE) == cost(USAGE, WITHOUT_CACHE)
    assert cost(USAGE | {"cache_read_tokens": None}) == cost(USAGE)


def test_no_more_can_be_cached_than_was_read() -> None:
    assert cost(USAGE | {"cache_read_tokens": 10**6}) == 30 + 150


@pytest.mark.parametrize("missing", ["input_tokens", "output_tokens"])
def test_without_one_of_the_counts_the_cost_is_unknown(missing: str) -> None:
    assert cost({key: value for key, value in USAGE.items() if key != missing}) is None
    assert cost(USAGE | {missing: None}) is None


def test_no_tokens_cost_nothing_and_that_is_known() -> None:
    assert cost({"input_tokens": 0, "output_tokens": 0}) == 0


@pytest.mark.parametrize("model", [None, "sonnet", "Opus"])
def test_a_model_without_a_price_has_no_cost(model: str | None) -> None:
    assert compute_cost(USAGE, model, {"opus": PRICE}, DAY) is None


def test_a_price_counts_from_its_day_on() -> None:
    since = PriceSettings(input=1, output=1, since=DAY)
    assert cost(USAGE, since, date(2026, 11, 20)) is None
    assert cost(USAGE, since, DAY) == 0


@pytest.mark.parametrize(("tokens", "micros"), [(499_999, 0), (500_000, 1), (1_499_999, 1)])
def test_half_a_micro_dollar_is_rounded_up(tokens: int, micros: int) -> None:
    assert cost({"input_tokens": tokens, "output_tokens": 0}, PriceSettings(input=1, output=1)) == micros


@given(TOKENS, TOKENS, TOKENS)
def test_more_tokens_never_cost_less(read: int, written: int, more: int) -> None:
    fewer = cost({"input_tokens": read, "output_tokens": written})
    others = [
        cost({"input_tokens": read + more, "output_tokens": written}),
        cost({"input_tokens": read, "output_tokens": written + more}),
    ]
    assert fewer is not None
    assert all(other is not None and other >= fewer for other in others)


FULL = PriceSettings(
    input=3_000_000,
    output=15_000_000,
    reasoning=20_000_000,
    cache_read=300_000,
    cache_write=3_750_000,
    cache_write_1h=6_000_000,
    since=date(2026, 1, 1),
    until=date(2026, 12, 31),
)


def test_writes_to_a_cache_are_dearer_for_an_hour_most() -> None:
    """As Claude Code prints 42959 for the tokens of a good run, at its list price."""
    run = {
        "input_tokens": 30_494,
        "cache_read_tokens": 22_004,
        "cache_write_tokens": 2457,
        "output_tokens": 603,
    }
    assert cost(run, FULL) == 42_959
    assert cost(run | {"cache_write_1h_tokens": 2457}, FULL) == 42_959 + round(2457 * 2.25)


def test_reasoning_has_its_own_price_only_where_there_is_one() -> None:
    thought = USAGE | {"reasoning_tokens": 4}
    assert cost(thought, FULL) == 300 + 6 * 15 + 4 * 20
    assert cost(thought) == cost(USAGE)


@pytest.mark.parametrize(("day", "known"), [(date(2025, 12, 31), False), (date(2026, 12, 31), True)])
def test_a_price_holds_between_its_days(day: date, known: bool) -> None:
    assert (cost(USAGE, FULL, day) is not None) is known
    assert (cost(USAGE, FULL, date(2027, 1, 1)) is not None) is False
