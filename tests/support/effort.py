"""How much effort the tests take, by the variable TASKS_TESTS: short (the default), deep or long.

`pytest -m deep` runs those that take more effort than in the short profile. Nobody sets that marker by hand:
tests/conftest.py gives it to Hypothesis laws, to tests with the fixture `effort` and to those marked `slow`,
which the short profile leaves out. `some` and `crossed` mark parameters so.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any, Literal, NamedTuple, TypeVar, cast

import pytest
from hypothesis import settings

Profile = Literal["short", "deep", "long"]
Value = TypeVar("Value")

EXAMPLES: dict[Profile, int] = {"short": 20, "deep": 500, "long": 20_000}


class Effort(NamedTuple):
    """The effort of a test, as the fixture `effort` gives it."""

    profile: Profile

    def pick(self, *, short: Value, deep: Value, long: Value | None = None) -> Value:
        """Return the value for the profile; `long` is `deep` unless given."""
        return {"short": short, "deep": deep, "long": deep if long is None else long}[self.profile]

    def steps(self, *, short: int, deep: int = 1) -> Iterator[int]:
        """Yield numbers of steps from 1 on without end: each `short`-th, each `deep`-th, or (long) each."""
        return count(1, self.pick(short=short, deep=deep, long=1))

    def sample(self, values: Sequence[Value], few: int) -> Sequence[Value]:
        """Return some values in the short profile, first and last among them, and otherwise all."""
        return self.pick(short=spread(values, few), deep=values)


def choose() -> Effort:
    """Return the chosen effort; raise ValueError where TASKS_TESTS is another word."""
    word = os.environ.get("TASKS_TESTS") or "short"
    if word not in EXAMPLES:
        raise ValueError(f"TASKS_TESTS is short, deep or long, not “{word}”")
    return Effort(cast(Profile, word))


def spread(values: Sequence[Value], few: int) -> Sequence[Value]:
    """Return so many of the values, at least two, at equal distances from the first to the last."""
    if len(values) <= few:
        return values
    return [values[round(number * (len(values) - 1) / (few - 1))] for number in range(few)]


def some(values: Sequence[Any], few: int) -> list[Any]:
    """Return the values of a test's parameter, marked `slow` but for some, first and last among them."""
    kept = spread(range(len(values)), few)
    return [value if number in kept else _slow(value) for number, value in enumerate(values)]


def _slow(value: Any) -> Any:
    if isinstance(value, type(pytest.param())):
        return value._replace(marks=[*value.marks, pytest.mark.slow])
    return pytest.param(value, marks=pytest.mark.slow)


def examples(*, short: int, deep: int) -> settings:
    """Return settings for a law slower than others: so many examples, and `deep` in the long profile."""
    return settings(max_examples=choose().pick(short=short, deep=deep))


def crossed(first: Iterable[Any], second: Sequence[Any]) -> list[Any]:
    """Return all pairs of two tables; marked `slow` but for one of each first value, the seconds in turn."""
    return [
        (one, other) if place == number % len(second) else _slow_pair(one, other)
        for number, one in enumerate(first)
        for place, other in enumerate(second)
    ]


def _slow_pair(one: Any, other: Any) -> Any:
    return pytest.param(one, other, marks=pytest.mark.slow)
