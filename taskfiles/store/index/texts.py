"""The texts that a search looks into, beside a base: made at the first search, thrown away with the base.

They are as folded as what is searched for, the rows of the table one after the other, in pieces small enough
that each is read into the memory of the one before. A part of a text is then a part of these bytes, so that
no row is missed; one may be found that spans two texts, which whoever asks finds out.
"""

from __future__ import annotations

import os
from _bisect import bisect_right

from taskfiles.store.index.reading import TEXTS, numbers, open_beside
from taskfiles.task.remembered import Lost

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from taskfiles.store.index.reading import Base
    from taskfiles.store.index.writing import Blob

_PIECE = 1 << 18  # bytes of a piece, or one row if that is longer


def find_rows(base: Base, needle: str) -> set[int] | None:
    """Return the rows that may contain a folded text; None if the texts are missing or damaged."""
    opened = open_beside(base, TEXTS)
    if opened is None:
        return None
    sought, found = encode(needle), set(opened.header["unknown"])
    try:
        for number, first in enumerate(opened.header["firsts"]):
            text = opened.blob(f"text:{number}")
            at = text.find(sought)
            if at < 0:
                continue
            ends = numbers(opened.blob(f"ends:{number}"))
            while at >= 0:
                place = bisect_right(ends, at)
                found.add(first + place)
                at = text.find(sought, ends[place])
    except Lost:
        drop(base.directory)
        return None
    return found


def find_unknown(base: Base) -> set[int] | None:
    """Return the rows whose texts could not be read; None if the texts are missing."""
    opened = open_beside(base, TEXTS)
    return None if opened is None else set(opened.header["unknown"])


def make_rows(
    base: Base, count: int, texts_of: Callable[[int], Iterable[str] | None], needle: str
) -> set[int]:
    """Write the texts, of a row None if unknown; return the rows that may contain a folded text."""
    from taskfiles.store.index import writing  # noqa: PLC0415 (most commands write nothing)

    found: set[int] = set()
    header: dict[str, Any] = {"unknown": [], "firsts": []}

    def lines() -> Iterator[bytes]:
        for at in range(count):
            texts = texts_of(at)
            if texts is None:
                header["unknown"].append(at)
            whole = "\n".join([*(texts or ()), ""])
            if texts is None or needle in whole:
                found.add(at)
            yield encode(whole)

    every = lines()
    writing.save_beside(base, TEXTS, header, _pieces(every, header["firsts"]))
    for _ in every:  # what could not be written is searched all the same
        pass
    return found


def _pieces(lines: Iterable[bytes], firsts: list[int]) -> Iterator[Blob]:
    """Yield pieces, each with the ends of its rows; `firsts` becomes the number of the first row of each."""
    from taskfiles.store.index.writing import pack_numbers  # noqa: PLC0415 (as above)

    piece: list[bytes] = []
    ends: list[int] = []
    begin = 0

    def flush() -> Iterator[Blob]:
        yield f"text:{len(firsts)}", piece
        yield f"ends:{len(firsts)}", [pack_numbers(ends)]
        firsts.append(begin)

    for number, line in enumerate(lines, 1):
        piece.append(line)
        ends.append((ends[-1] if ends else 0) + len(line))
        if ends[-1] >= _PIECE:
            yield from flush()
            piece, ends, begin = [], [], number
    if piece:
        yield from flush()


def encode(text: str) -> bytes:
    """Return the bytes in which texts are searched: letter by letter, whatever stands beside."""
    return text.encode(errors="surrogatepass")


def drop(directory: str) -> None:
    """Remove texts that are damaged, or of another base."""
    try:
        os.unlink(os.path.join(directory, TEXTS))
    except OSError:
        return
