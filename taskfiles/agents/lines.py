"""The lines that a program has printed, and the JSON objects in them; memory stays bounded.

Between the objects may stand anything: warnings, colours, binary data, a line that was cut off.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal, DecimalException
from typing import Any, BinaryIO

MAX_LINE = 16 * 1024 * 1024
_LONGEST_NUMBER = 60
_MARK = b"\xef\xbb\xbf"  # what shells on Windows put before what they write
_OPENING, _CLOSING = (b"{", b"["), (b"}", b"]")


def limit_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Give a stream's lines, without those of more than 16 MiB, and without a byte-order mark."""
    mark = _MARK
    while line := stream.readline(MAX_LINE + 1):
        line, mark = line.removeprefix(mark), b""
        if len(line) <= MAX_LINE:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE)


def read_objects(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Give the JSON objects that lines hold: one a line, those of an array, or one laid out over lines.

    What is no object is passed over. Fractions are Decimals; NaN, infinities and endless numbers are null.

    >>> list(read_objects([b"Loading...", b'{"a": 1}', b"[", b' {"a": 2}', b"]", b'{"a":']))
    [{'a': 1}, {'a': 2}]
    """
    layout: list[bytes] = []
    size = 0
    for line in lines:
        if layout and line.startswith(_OPENING):  # laid out JSON begins a line so only once
            layout = []
        if layout:
            layout.append(line)
            size += len(line)
            if size > MAX_LINE:
                layout = []
            elif line.startswith(_CLOSING):
                yield from _objects(b"".join(layout))
                layout = []
            continue
        text = line.strip().removeprefix(_MARK)
        if text in _OPENING:
            layout, size = [text + b"\n"], len(line)
        elif text.startswith(_OPENING) and len(text) <= MAX_LINE:
            yield from _objects(text)


def _objects(text: bytes) -> Iterator[dict[str, Any]]:
    try:
        value = json.loads(
            text.decode("utf-8", "replace"),
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=lambda _: None,
        )
    except (ValueError, RecursionError):
        return
    yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


def _fraction(digits: str) -> Decimal | None:
    try:
        return Decimal(digits) if len(digits) <= _LONGEST_NUMBER else None
    except DecimalException:  # an exponent of twenty digits
        return None
