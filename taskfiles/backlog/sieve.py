"""Which tasks a filter can't match, by single columns of the index: they need not be looked at; pure.

What is left still has to meet the filter. A column has a task's own value for a key, `...` where it has none;
the rows that contain a text are those that may have it in what a search looks into.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from taskfiles.backlog.filter import Filter
from taskfiles.basics.instants import utc_second
from taskfiles.basics.unicode import fold
from taskfiles.task.keys import DEFAULTS, WORDS
from taskfiles.task.words import CLOSED, State

Column: TypeAlias = "Callable[[str], list[Any]]"
Containing: TypeAlias = "Callable[[str], set[int]]"
Sieve: TypeAlias = "Callable[[Column, Containing], Collection[int] | None]"

ACTIVITY = ("updated_at", "last_activity_at", "completed_at", "created_at")
_ABSENT = (None, ...)
_FEW = 50  # rows whose files are read sooner than the texts of all


def make_sieve(wanted: Filter, needles: Sequence[str] = ()) -> Sieve:
    """Return a function that gives the rows that a filter may match; None where that may be any.

    `needles` are folded texts that must all be there besides.
    """
    words = {key: allowed for key in WORDS if (allowed := getattr(wanted, key)) is not None}
    if wanted.open:
        still_open = frozenset(word.value for word in State if word not in CLOSED)
        words["state"] = words.get("state", still_open) & still_open

    sought = [needle for needle in (fold(wanted.search), *needles) if needle]

    def sift(column: Column, containing: Containing) -> Collection[int] | None:
        rows: set[int] | None = None
        for key, allowed in words.items():
            absent = _ABSENT if DEFAULTS.get(key) in allowed else ()
            rows = _both(rows, _equal(column(key), (*allowed, *absent)))
        for key, value in wanted.meta:
            if key in WORDS and isinstance(value, str):
                rows = _both(rows, _equal(column(key), (value, *_ABSENT)))
        for group in wanted.labels:
            rows = _both(rows, _containing(column("labels"), group))
        if wanted.has_execution or any((wanted.status, wanted.model, wanted.tool)):
            found = column("execution")
            rows = _both(rows, {at for at, value in enumerate(found) if value not in _ABSENT})
        if wanted.since is not None:
            rows = _both(rows, _active(column, wanted.since))
        for needle in sought:
            if rows is None or len(rows) > _FEW:
                rows = _both(rows, containing(needle))
        return rows

    return sift


def join_sieves(sieves: Sequence[Sieve]) -> Sieve:
    """Return a sieve of the rows that all of some sieves leave."""

    def sift(column: Column, containing: Containing) -> Collection[int] | None:
        rows: set[int] | None = None
        for each in sieves:
            if (found := each(column, containing)) is not None:
                rows = _both(rows, set(found))
        return rows

    return sift


def _both(rows: set[int] | None, found: set[int]) -> set[int]:
    return found if rows is None else rows & found


def _equal(values: list[Any], allowed: Collection[Any]) -> set[int]:
    """Return the rows that have one of some values; a tuple, since no value need be hashable."""
    return {at for at, value in enumerate(values) if value in allowed}


def _containing(values: list[Any], group: Collection[str]) -> set[int]:
    """Return the rows of lists with one of some texts, or with letters that another form of Unicode has."""
    plain = {text for text in group if text.isascii()}
    if len(plain) < len(group):
        return {at for at, value in enumerate(values) if type(value) is list}
    return {
        at
        for at, value in enumerate(values)
        if type(value) is list
        and any(type(item) is str and (item in plain or not item.isascii()) for item in value)
    }


def _active(column: Column, since: datetime) -> set[int]:
    """Return the rows with an instant that is not certainly before a moment."""
    second = utc_second(since)
    found: set[int] = set()
    for key in ACTIVITY:  # what is before is in UTC, and of the form that text sorts by time
        found |= {
            at
            for at, value in enumerate(column(key))
            if value is not None
            and value is not ...
            and (type(value) is not str or value >= second or value[-1:] != "Z" or value[10:11] != "T")
        }
    return found
