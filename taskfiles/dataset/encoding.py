"""Batches of columns as lines of text, JSON or CSV: what all rows have alike is written once; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from taskfiles.basics.csv_text import QUOTED, csv_cell
from taskfiles.basics.jsontext import json_text
from taskfiles.dataset.columns import Column, Type
from taskfiles.dataset.rows import Values, make_once

Columns = Sequence[Column]
Texts = Sequence[str | None]


class _Notation(NamedTuple):
    """How values are written, each after a text: one value; and texts, or None where one needs an escape."""

    null: str
    cell: Callable[[Type, Any], str]
    plain: Callable[[str, Texts], Sequence[str] | None]


def encode_jsonl(columns: Columns, batch: Values) -> list[bytes]:
    """Write the rows of a batch as JSON objects, one a line."""
    cells = [_cells(_JSON, f"{json_text(name)}:", kind, batch[name]) for name, kind, _ in columns]
    return _join("{", cells, "}\n")


def encode_csv(columns: Columns, batch: Values, *, safe: bool = False) -> list[bytes]:
    """Write the rows of a batch as CSV.

    With `safe` no spreadsheet runs a text of it; such texts read back with an apostrophe before them.
    """
    how = _SAFE_CSV if safe else _CSV
    return _join("", [_cells(how, "", kind, batch[name]) for name, kind, _ in columns], "\n")


def _join(begin: str, columns: Sequence[Sequence[str]], end: str) -> list[bytes]:
    """Return each row as a line, with commas between its cells; neighbours that are alike are joined once."""
    pieces: list[Sequence[str]] = []
    for is_alike, group in groupby(columns, _is_alike):
        found = [*group]
        pieces += [[",".join([cells[0] for cells in found])] * len(found[0])] if is_alike else found
    return [(begin + ",".join(row) + end).encode() for row in zip(*pieces, strict=True)]


def _is_alike(cells: Sequence[str]) -> bool:
    """Return whether all cells are alike; two of them say so of most columns, as alike cells are one text."""
    return bool(cells) and cells[0] is cells[-1] and cells.count(cells[0]) == len(cells)


def _cells(how: _Notation, prefix: str, kind: Type, values: Sequence[Any]) -> Sequence[str]:
    """Return the cells of a column, each after a prefix."""
    null = prefix + how.null
    if kind is _INTEGER:
        return [null if value is None else prefix + str(value) for value in values]
    nulls = values.count(None)
    if nulls == len(values):
        return [null] * nulls
    plain = how.plain(prefix, values) if kind in _PLAIN else None
    return make_once(lambda value: prefix + how.cell(kind, value), values) if plain is None else plain


def _json_cell(_kind: Type, value: Any) -> str:
    return json_text(value)


def _plain_json(prefix: str, texts: Texts) -> list[str] | None:
    whole = "".join(filter(None, texts))
    if not whole.isascii() or not whole.isprintable() or '"' in whole or "\\" in whole:
        return None
    null = f"{prefix}null"
    return [null if text is None else f'{prefix}"{text}"' for text in texts]


def _csv_cell(kind: Type, value: Any, *, safe: bool) -> str:
    if value is None:
        return ""
    if kind is _TEXTS or kind is _VALUES:
        value = json_text(value)
    elif kind is _BOOLEAN:
        return "true" if value else "false"
    elif kind is _NUMBER:
        return repr(float(value))
    return csv_cell(str(value), safe=safe and isinstance(value, str))


def _plain_csv(_prefix: str, texts: Texts) -> list[str] | None:
    whole = "".join(filter(None, texts))
    if "" in texts or any(mark in whole for mark in QUOTED):
        return None
    return [text or "" for text in texts]


def _no_plain(_prefix: str, _texts: Texts) -> None:
    return None


_JSON = _Notation("null", _json_cell, _plain_json)
_CSV = _Notation("", partial(_csv_cell, safe=False), _plain_csv)
_SAFE_CSV = _Notation("", partial(_csv_cell, safe=True), _no_plain)
# Read once: to ask an enumeration for a member takes longer than to compare it.
_TEXTS, _VALUES, _BOOLEAN, _NUMBER = Type.TEXTS, Type.VALUES, Type.BOOLEAN, Type.NUMBER
_INTEGER = Type.INTEGER
_PLAIN = (Type.TEXT, Type.INSTANT, Type.JSON)  # whose values are texts
