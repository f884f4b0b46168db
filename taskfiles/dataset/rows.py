"""Rows of tables, and tables column by column, made fit for every format, sorted, each row once; pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from operator import lt
from typing import Any, TypeVar

from taskfiles.dataset.columns import KEYS, TABLES

Row = dict[str, Any]
Made = TypeVar("Made")
Values = dict[str, Sequence[Any]]  # a table column by column: the values of all rows
_BATCH = 500  # rows that are written at once: column by column that takes a third of the time
_NULL = type(None)
_TEXT = frozenset({str, _NULL})
_COMPARED = ({int}, {int, _NULL}, {bool}, {bool, _NULL})  # whose values are alike where they are equal
SMALLEST, LARGEST = -(2**63), 2**63 - 1


def plain_text(text: str) -> str:
    r"""Escape what not every format can hold: NUL, and halves of surrogate pairs, as of odd file names.

    >>> plain_text("a\0b\udcff")
    'a\\x00b\\udcff'
    """
    whole = text.replace("\0", "\\x00") if "\0" in text else text
    return whole if whole.isascii() else whole.encode("utf-8", "backslashreplace").decode()


def sort_key(table: str) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return the key by which the rows of a table are sorted; what is unknown comes first."""
    columns = KEYS[table]

    def key(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple((row[name] is not None, row[name]) for name in columns)

    return key


def list_rows(values: Values) -> list[Row]:
    """List the rows of a table."""
    return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]


def batch_rows(names: Sequence[str], rows: Iterable[Row]) -> Iterator[Values]:
    """Return rows in batches, column by column; a row without one of the columns has null there."""
    left = iter(rows)
    while batch := [*islice(left, _BATCH)]:
        yield {name: [row.get(name) for row in batch] for name in names}


def cut(values: Values) -> Iterator[Values]:
    """Cut a table into batches."""
    for start in range(0, count_rows(values), _BATCH):
        yield {name: column[start : start + _BATCH] for name, column in values.items()}


def count_rows(values: Values) -> int:
    """Return how many rows a table has, or a batch of one."""
    return len(next(iter(values.values())))


def make_once(make: Callable[[Any], Made], values: Sequence[Any]) -> list[Made]:
    """Make something of each value of a column: once of those that are alike, as many often are.

    >>> make_once(str, [1, True, 1])
    ['1', 'True', '1']
    """
    alike = _find_alike(values)
    if alike is not None:
        found = {value: make(value) for value in alike}
        return [found[value] for value in values]
    if not any(values) and len({*map(type, values)}) == 1:  # such as lists that are all empty
        return [make(values[0])] * len(values)
    shown = [*map(repr, values)]
    made = {text: make(value) for text, value in dict(zip(shown, values, strict=True)).items()}
    return [made[text] for text in shown]


def _find_alike(values: Sequence[Any]) -> set[Any] | None:
    """Return the values of a column, each once; None where equal ones need not be alike, as 1 and True."""
    try:
        found = {*values}
    except TypeError:  # lists
        return None
    if {*map(type, found)} <= _TEXT:  # nothing else equals a text
        return found
    return found if {*map(type, values)} in _COMPARED else None


def settle(table: str, values: Values) -> Values:
    """Make a table fit every format, sort its rows, and keep one of those that are alike."""
    fit: Values = {column.name: _fit(values[column.name]) for column in TABLES[table]}
    keys = [*zip(*(_sortable(fit[name]) for name in KEYS[table]), strict=True)]
    if all(map(lt, keys, keys[1:])):  # as most come
        return fit
    order = sorted(range(len(keys)), key=keys.__getitem__)
    kept = [next(alike) for _, alike in groupby(order, key=keys.__getitem__)]
    return {name: [column[at] for at in kept] for name, column in fit.items()}


def _sortable(values: Sequence[Any]) -> Sequence[Any]:
    """Return what a column is sorted by, as `sort_key` has it."""
    return [(value is not None, value) for value in values] if None in values else values


def _fit(values: Sequence[Any]) -> Sequence[Any]:
    """Make the values of a column fit; all at once where none needs it, as in most columns."""
    known = [*filter(None, values)]
    if not known or _is_plain(known):
        return values
    return [None if value is None else _fit_value(value) for value in values]


def _is_plain(known: Sequence[Any]) -> bool:
    """Return whether all values of a column, none of them empty, fit as they are; at once, where it can."""
    kind = type(known[0])
    if kind is str or kind is list:
        try:
            whole = "".join(known if kind is str else chain.from_iterable(known))
        except TypeError:  # others are among them
            return False
        return whole.isascii() and "\0" not in whole
    kinds = {*map(type, known)}
    return kinds == {bool} or (kinds == {int} and min(known) >= SMALLEST and max(known) <= LARGEST)


def _fit_value(value: Any) -> Any:
    """Make a value one that every format holds: a number out of the range of its type is unknown."""
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else plain_text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if SMALLEST <= value <= LARGEST else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {plain_text(str(name)): _fit_value(each) for name, each in value.items()}
    return [_fit_value(each) for each in value]
