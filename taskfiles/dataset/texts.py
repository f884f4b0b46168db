"""Rows as lines of text: JSON Lines and CSV, written and read back; pure but for reading a file.

CSV is that of RFC 4180 with a newline alone at the end of a line. Nothing between two commas is null, and
`""` an empty text. Lists, maps and JSON are JSON texts in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from taskfiles.basics.csv_text import unguard_formula
from taskfiles.dataset.columns import Column, Type
from taskfiles.dataset.encoding import Columns, encode_csv, encode_jsonl
from taskfiles.dataset.rows import Row, Values

_FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\n]*))([,\n])')
_FIRST = b'{"repo":'
_DECODER = json.JSONDecoder()
Encode = Callable[[Columns, Values], list[bytes]]


class TextFormat(NamedTuple):
    """How rows become lines, and lines rows; `header` is the first line of a table's file, or nothing."""

    header: Callable[[Columns], bytes]
    encode: Encode
    decode: Callable[[Columns, bytes], Row]
    records: Callable[[Iterable[bytes]], Iterator[bytes]]
    repo_of: Callable[[bytes], str]


def _no_header(_columns: Columns) -> bytes:
    return b""


def _decode_jsonl(columns: Columns, record: bytes) -> Row:
    """Read a line; columns that are not there are null, unknown ones are passed over. Raises ValueError."""
    value = json.loads(record)
    if not isinstance(value, dict):
        raise ValueError("a line of it is not an object")
    return {column.name: value.get(column.name) for column in columns}


def _repo_of_jsonl(record: bytes) -> str:
    """Read the repository of a line, which stands first in it. Raises ValueError."""
    if not record.startswith(_FIRST):
        raise ValueError("a line of it does not begin with its repository")
    return str(_DECODER.raw_decode(record.decode(), len(_FIRST))[0])


def _csv_header(columns: Columns) -> bytes:
    return ",".join(column.name for column in columns).encode() + b"\n"


def _decode_csv(columns: Columns, record: bytes) -> Row:
    """Read a record that has a cell for every column. Raises ValueError."""
    text = record.decode()
    cells: list[str | None] = []
    end = 0
    while end < len(text):
        match = _FIELD.match(text, end)
        if match is None:
            raise ValueError("a record of it is not a CSV")
        quoted, bare, _ = match.groups()
        cells.append(bare or None if quoted is None else quoted.replace('""', '"'))
        end = match.end()
    if len(cells) != len(columns):
        raise ValueError(f"a record of it has {len(cells)} cells, not {len(columns)}")
    row = {
        column.name: None if cell is None else _read_cell(column, cell)
        for column, cell in zip(columns, cells, strict=True)
    }
    return row if row["repo"] is None else row | {"repo": unguard_formula(row["repo"])}


def _read_cell(column: Column, cell: str) -> Any:
    try:
        return _READ[column.type](cell)
    except (ValueError, KeyError):
        raise ValueError(f"a value of its column {column.name} is no {column.type.value}") from None


def _repo_of_csv(record: bytes) -> str:
    match = _FIELD.match(record.decode())
    if match is None:
        raise ValueError("a record of it is not a CSV")
    return unguard_formula(match[2] if match[1] is None else match[1].replace('""', '"'))


_READ: Mapping[Type, Callable[[str], Any]] = {
    Type.TEXT: str,
    Type.INTEGER: int,
    Type.NUMBER: float,
    Type.BOOLEAN: {"true": True, "false": False}.__getitem__,
    Type.INSTANT: str,
    Type.TEXTS: json.loads,
    Type.VALUES: json.loads,
    Type.JSON: str,
}


def _csv_records(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join the lines of a record: one that ends within quotes goes on; the header is passed over."""
    parts: list[bytes] = []
    quotes = 0
    records = 0
    for line in lines:
        parts.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            records += 1
            if records > 1:
                yield b"".join(parts)
            parts, quotes = [], 0
    if parts:
        raise ValueError("its last record has no end")


TEXT_FORMATS: Mapping[str, TextFormat] = {
    "jsonl": TextFormat(_no_header, encode_jsonl, _decode_jsonl, iter, _repo_of_jsonl),
    "csv": TextFormat(_csv_header, encode_csv, _decode_csv, _csv_records, _repo_of_csv),
}


def write_records(encode: Encode, columns: Columns, batches: Iterable[Values]) -> Iterator[tuple[str, bytes]]:
    """Write rows as lines, each with its repository."""
    for batch in batches:
        yield from zip(map(str, batch["repo"]), encode(columns, batch), strict=True)


def read_rows(path: str, format_: str, columns: Columns) -> Iterator[Row]:
    """Read the rows of a file; CSV names its columns in its first line, in an order of its own.

    Raises OSError, and ValueError for what is none.
    """
    how = TEXT_FORMATS[format_]
    if format_ == "csv":
        columns = _csv_columns(path, columns)
    with open(path, "rb") as file:
        for record in how.records(file):
            yield how.decode(columns, record)


def _csv_columns(path: str, columns: Columns) -> Columns:
    named = {column.name: column for column in columns}
    with open(path, "rb") as file:
        names = file.readline().decode().rstrip("\n").split(",")
    if len(names) != len(named) or named.keys() != set(names):
        raise ValueError("its first line does not name the columns of the manifest")
    return [named[name] for name in names]


def read_records(path: str, format_: str, columns: Columns) -> Iterator[tuple[str, bytes]]:
    """Read the records of a file as they are, each with its repository. Raises OSError, ValueError."""
    how = TEXT_FORMATS[format_]
    if format_ == "csv":
        _csv_columns(path, columns)  # a header that is none would be passed over
    with open(path, "rb") as file:
        for record in how.records(file):
            yield how.repo_of(record), record
