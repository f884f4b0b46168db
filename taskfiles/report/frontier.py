"""Which groups no other one beats in both cost and success; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from taskfiles.stats.wilson import LEAST


class Offer(NamedTuple):
    """What a group costs and gives, over the same `tasks`: those whose cost is known.

    `cost` is per task, in millionths of a US dollar; `rate` is the rate of success, from 0 to 1.
    """

    cost: float
    rate: float
    tasks: int


def find_frontier(offers: Sequence[Offer]) -> list[int]:
    """Find the efficient frontier, from the cheapest on: the places of the offers that are on it.

    On it is who has at least 5 tasks and no other such group that is as cheap and succeeds as often, one
    of the two better. Equal offers are on it together.

    >>> find_frontier([Offer(10, 0.5, 9), Offer(20, 0.9, 9), Offer(20, 0.4, 9), Offer(1, 1.0, 4)])
    [0, 1]
    """
    chosen = [place for place, offer in enumerate(offers) if offer.tasks >= LEAST]
    found = [place for place in chosen if not any(_beats(offers[other], offers[place]) for other in chosen)]
    return sorted(found, key=lambda place: (offers[place].cost, offers[place].rate, place))


def _beats(one: Offer, other: Offer) -> bool:
    return (
        one.cost <= other.cost and one.rate >= other.rate and (one.cost, one.rate) != (other.cost, other.rate)
    )
