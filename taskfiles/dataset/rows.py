"""Rows made fit for every format, in the order of their table, each there once; pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from taskfiles.dataset.columns import KEYS, TABLES

Row = dict[str, Any]
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


def settle_rows(table: str, rows: Iterable[Row]) -> list[Row]:
    """Make rows fit, sort them, and keep one of those that are alike."""
    key = sort_key(table)
    names = [column.name for column in TABLES[table]]
    fit = ({name: None if (value := row[name]) is None else _fit(value) for name in names} for row in rows)
    return list(unique(table, sorted(fit, key=key)))


def unique(table: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Pass on sorted rows, of several with the same key the first."""
    key, last = sort_key(table), None
    for row in rows:
        if (found := key(row)) != last:
            last = found
            yield row


def _fit(value: Any) -> Any:
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
        return {plain_text(str(name)): _fit(each) for name, each in value.items()}
    return [_fit(each) for each in value]
