"""A rate with its interval, and percentiles: the arithmetic under all figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

from taskfiles.basics.named_tuple import NamedTuple

Z = 1.959964  # the normal distribution's quantile for 95 %, two-sided
LEAST = 5  # below so many cases a rate says nothing


class Interval(NamedTuple):
    """A rate and the bounds of its 95 % interval, each from 0 to 1; all None without a case."""

    rate: float | None
    low: float | None
    high: float | None


def wilson(successes: int, cases: int) -> Interval:
    """Return a rate with its Wilson score interval (Wilson 1927, without correction for continuity).

    >>> [round(bound, 4) for bound in wilson(3, 4)]
    [0.75, 0.3006, 0.9544]
    """
    if cases == 0:
        return Interval(None, None, None)
    rate = successes / cases
    square = Z * Z / cases
    middle = rate + square / 2
    reach = Z * sqrt(rate * (1 - rate) / cases + square / (4 * cases))
    whole = 1 + square
    # What follows is exact at both ends, where rounding would leave a speck.
    low = 0.0 if successes == 0 else max(0.0, (middle - reach) / whole)
    high = 1.0 if successes == cases else min(1.0, (middle + reach) / whole)
    return Interval(rate, low, high)


def nearest_rank(values: Sequence[int], percent: int) -> int | None:
    """Return a percentile by nearest rank: the least value that at least so many percent don't exceed.

    It is always one of the values; None where there are none. The 50th is the (lower) median.

    >>> nearest_rank([30, 10, 20, 40], 50), nearest_rank([30, 10, 20, 40], 95)
    (20, 40)
    """
    if not values:
        return None
    return sorted(values)[max(0, -(-percent * len(values) // 100) - 1)]


def add_known(values: Iterable[int | None]) -> int | None:
    """Add up what is known; None where nothing is.

    >>> add_known([3, None, 4]), add_known([None])
    (7, None)
    """
    known = [value for value in values if value is not None]
    return sum(known) if known else None
