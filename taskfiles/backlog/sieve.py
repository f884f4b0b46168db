"""Which tasks a filter can't match, by single columns of the index: they need not be looked at; pure.

What is left still has to meet the filter, but for rows that are certain to. A column has a task's own value
for a key, `...` where it has none; the rows that contain a text are those that may have it in what a search
looks into.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeAlias

from taskfiles.backlog.filter import Filter
from taskfiles.basics.instants import utc_second
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.unicode import fold
from taskfiles.task.keys import DEFAULTS, WORDS
from taskfiles.task.remembered import Lost
from taskfiles.task.rows import TaskRows
from taskfiles.task.words import CLOSED, State

Column: TypeAlias = "Callable[[str], list[Any]]"
Containing: TypeAlias = "Callable[[str], set[int]]"
Sieve: TypeAlias = "Callable[[Column, Containing], Sifted | None]"

ACTIVITY = ("updated_at", "last_activity_at", "completed_at", "created_at")
_ABSENT = (None, ...)
_DECIDED = frozenset({*WORDS, "labels", "open", "since", "zone"})  # conditions that columns alone can settle
_FEW = 50  # rows whose files are read sooner than the texts of all


class Sifted(NamedTuple):
    """The rows that a filter may match, and those of them that it matches if their values are valid."""

    rows: set[int]
    certain: set[int]


def make_sieve(wanted: Filter, needles: Sequence[str] = ()) -> Sieve:
    """Return a function that gives the rows that a filter may match; None where that may be any.

    `needles` are folded texts that must all be there besides.
    """
    words = {key: allowed for key in WORDS if (allowed := getattr(wanted, key)) is not None}
    if wanted.open:
        still_open = frozenset(word.value for word in State if word not in CLOSED)
        words["state"] = words.get("state", still_open) & still_open

    metas = [(key, value) for key, value in wanted.meta if key in WORDS and isinstance(value, str)]
    sought = [needle for needle in (fold(wanted.search), *needles) if needle]
    decided = _DECIDED | {"meta"} if len(metas) == len(wanted.meta) else _DECIDED
    is_decided = not sought and decided.issuperset(wanted.conditions())

    def sift(column: Column, containing: Containing) -> Sifted | None:
        found: Sifted | None = None
        for key, allowed in words.items():
            absent = _ABSENT if DEFAULTS.get(key) in allowed else ()
            rows = _equal(column(key), (*allowed, *absent))
            found = _both(found, Sifted(rows, rows))
        for key, word in metas:
            values = column(key)
            found = _both(found, Sifted(_equal(values, (word, *_ABSENT)), _equal(values, (word,))))
        for group in wanted.labels:
            found = _both(found, _containing(column("labels"), group))
        if wanted.has_execution or any((wanted.status, wanted.model, wanted.tool)):
            values = column("execution")
            found = _both(found, _possible({at for at, value in enumerate(values) if value not in _ABSENT}))
        if wanted.since is not None:
            found = _both(found, _active(column, wanted.since))
        for needle in sought:
            if found is None or len(found.rows) > _FEW:
                found = _both(found, _possible(containing(needle)))
        return found if found is None or is_decided else _possible(found.rows)

    return sift


def sift_rows(rows: TaskRows, wanted: Filter) -> Sifted:
    """Return which rows of the index a filter may match, and which it does; no text is looked into."""
    table = rows.table
    with suppress(Lost):
        found = make_sieve(wanted)(table.column, lambda _: {*rows.places})
        if found is not None:
            return Sifted(found.rows | table.errors.keys(), found.certain - table.errors.keys())
    return _possible({*rows.places})


def join_sieves(sieves: Sequence[Sieve]) -> Sieve:
    """Return a sieve of the rows that all of some sieves leave."""

    def sift(column: Column, containing: Containing) -> Sifted | None:
        found: Sifted | None = None
        for each in sieves:
            if (sifted := each(column, containing)) is not None:
                found = _both(found, sifted)
        return found if found is None else _possible(found.rows)

    return sift


def _possible(rows: set[int]) -> Sifted:
    return Sifted(rows, set())


def _both(one: Sifted | None, other: Sifted) -> Sifted:
    return other if one is None else Sifted(one.rows & other.rows, one.certain & other.certain)


def _equal(values: list[Any], allowed: Collection[Any]) -> set[int]:
    """Return the rows that have one of some values; a tuple, since no value need be hashable."""
    return {at for at, value in enumerate(values) if value in allowed}


def _containing(values: list[Any], group: Collection[str]) -> Sifted:
    """Look for rows of lists with one of some texts, or with letters that another form of Unicode has."""
    plain = {text for text in group if text.isascii()}
    lists = [(at, value) for at, value in enumerate(values) if type(value) is list and value]
    if len(plain) < len(group):
        return _possible({at for at, _ in lists})
    rows: set[int] = set()
    certain: set[int] = set()
    for at, value in lists:
        for item in value:
            if type(item) is str:
                if item in plain:
                    certain.add(at)
                elif not item.isascii():
                    rows.add(at)
    return Sifted(rows | certain, certain)


def _active(column: Column, since: datetime) -> Sifted:
    """Look for rows with an instant that is not certainly before a moment."""
    second = utc_second(since)
    later = f"{second}Z" if second else "~"  # what sorts after it has another second
    rows: set[int] = set()
    certain: set[int] = set()
    rest: Iterable[int] | None = None  # what is certain by one column need not be looked at in another
    for key in ACTIVITY:
        values = column(key)
        for at in range(len(values)) if rest is None else rest:
            value = values[at]
            if type(value) is str and value[-1:] == "Z" and value[10:11] == "T":
                # In UTC, and of the form that text sorts by time.
                if value > later:
                    certain.add(at)
                elif value >= second:
                    rows.add(at)
            elif value is not None and value is not ...:
                rows.add(at)
        rest = [at for at in range(len(values)) if at not in certain]
    return Sifted(rows | certain, certain)
