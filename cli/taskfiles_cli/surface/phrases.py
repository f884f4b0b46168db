"""Amounts, times and remarks as cards have them, whatever shows them; pure."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from taskfiles import Card, Lane
from taskfiles.backlog.dates import is_past
from taskfiles.basics.instants import find_instant
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED


class Clock(NamedTuple):
    """The instant at which something is shown, and the zone of its days and hours."""

    now: datetime
    zone: tzinfo


def make_money(usd: float, unpriced: int, total: int) -> str:
    """Write what something cost: an unknown cost is `$?`, never 0; of some that are not known, the rest.

    >>> make_money(1.8412, 0, 2), make_money(0, 2, 2), make_money(1.5, 1, 2)
    ('$1.84', '$?', 'more than $1.50')
    """
    if total and unpriced == total:
        return "$?"
    return f"{'more than ' if unpriced else ''}${usd:,.2f}"


def say_time(value: Any, clock: Clock) -> str:
    """Write an instant of today as its time alone, any other with its day; a text that is none as it is."""
    instant = find_instant(value)
    if instant is None:
        return str(value)
    there, today = instant.astimezone(clock.zone), clock.now.astimezone(clock.zone).date()
    return there.strftime("%H:%M" if there.date() == today else "%Y-%m-%d %H:%M")


def say_priority(word: str) -> str:
    """Write a priority other than the usual one, which is not worth a word.

    >>> say_priority("normal"), say_priority("urgent"), say_priority("high"), say_priority("none")
    ('', 'urgent', 'high priority', 'no priority')
    """
    if word in {"normal", "urgent"}:
        return "" if word == "normal" else word
    return f"{'no' if word == 'none' else word} priority"


def say_milestone(card: Card) -> str:
    """Write the milestone of a card with its day; nothing where it has none."""
    if card.milestone is None:
        return ""
    name, due, is_over = card.milestone
    return f"{name} {'overdue' if is_over else 'due'} {due}"


def say_due(lane: Lane, clock: Clock) -> tuple[str, bool] | None:
    """Write until when the milestone of a lane is due, and say whether that is over while tasks are open."""
    if lane.due is None:
        return None
    is_open = any(column.tasks for column in lane.columns if not is_word(column.state, CLOSED))
    is_over = is_open and is_past(lane.due, clock.now, clock.zone)
    return f"{'overdue' if is_over else 'due'} {lane.due}", is_over


def say_wait(card: Card) -> str:
    """Write what a task waits for in other tasks; nothing where it waits for none."""
    if not card.waits:
        return ""
    first, more = card.waits[0], len(card.waits) - 1
    what = f" for {first.other}" if first.other else f": {first.message}"
    return f"waits{what}{f' (+{more})' if more else ''}"


def say_tries(card: Card) -> str:
    """Write the outcome of the attempts at a task; nothing where there are none."""
    tries = card.tries
    if tries is None:
        return ""
    why = f" ({tries.failure})" if tries.failure else ""
    count = f"{tries.total} {'try' if tries.total == 1 else 'tries'}"
    return f"{count}, last {tries.last}{why}, {make_money(tries.usd, tries.unpriced, tries.total)}"
