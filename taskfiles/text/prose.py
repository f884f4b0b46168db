"""Which parts of a Markdown text are prose, which are code, which are comments; pure and in linear time."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Generator, Iterator
from typing import Literal, NamedTuple

from taskfiles.text.sections import split_lines

Sort = Literal["prose", "code", "comment"]

_CONTAINERS = r"[ \t]*+(?:(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+)[ \t]*)*+"
_FENCE = re.compile(rf"{_CONTAINERS}(?P<fence>`{{3,}}(?=[^`\r\n]*+(?:[\r\n]|\Z))|~{{3,}})")
_ITEM = re.compile(r"[ \t]*+(?:[-*+]|\d{1,9}[.)])(?:[ \t]|[\r\n]|\Z)")
# What begins a block of its own, so that no code span leads into it: a heading, an item, a quote, a row
_BLOCK = re.compile(r"[ \t]*+(?:#{1,6}[ \t]|(?:[-*+]|\d{1,9}[.)])[ \t]|>|\|)")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]")
_INLINE = re.compile(r"\\.|(?P<ticks>`++)|<!--", re.DOTALL)
_INDENT = re.compile(r"(?: {4}| {0,3}\t)")


class Piece(NamedTuple):
    """A part of a text: what sort it is, and where it begins and ends."""

    sort: Sort
    start: int
    end: int


def split_prose(text: str) -> Iterator[Piece]:
    r"""Yield the parts of a text in their order; together they are all of it.

    Code are fenced blocks (also in quotes and items; one that is never closed goes on to the end), indented
    blocks and code spans. A comment may span lines; one at the beginning of a line that is never closed goes
    on to the end, as on the page.

    >>> [(p.sort, "a `b` <!-- c -->"[p.start : p.end]) for p in split_prose("a `b` <!-- c -->")]
    [('prose', 'a '), ('code', '`b`'), ('prose', ' '), ('comment', '<!-- c -->')]
    """
    scanner = _Scanner(text)
    last: Piece | None = None
    for piece in scanner.scan():
        if piece.start == piece.end:
            continue
        if last is not None and last.sort == piece.sort == "prose":
            last = last._replace(end=piece.end)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = split_lines(text)
        self.starts: list[int] = []
        at = 0
        for line in self.lines:
            self.starts.append(at)
            at += len(line)
        self.last_close = text.rfind("-->")

    def scan(self) -> Iterator[Piece]:
        number, is_paragraph, is_list = 0, False, False
        while number < len(self.lines):
            line = self.lines[number]
            if opening := _FENCE.match(line):
                end = self._find_fence_end(number, opening["fence"])
                yield Piece("code", self.starts[number], self._start(end))
                number, is_paragraph = end, False
            elif not line.strip():
                yield self._piece("prose", number, number + 1)
                number, is_paragraph = number + 1, False
            elif _INDENT.match(line) and not is_paragraph and not is_list:
                yield self._piece("code", number, number + 1)
                number += 1
            else:
                if _ITEM.match(line):
                    is_list = True
                elif not line.startswith((" ", "\t")) and not is_paragraph:
                    is_list = False
                is_paragraph = not _HEADING.match(line)
                end = self._find_end(number)
                stop = yield from self._scan_inline(self.starts[number], self._start(end))
                number = self._line_after(stop, end)

    def _start(self, number: int) -> int:
        return self.starts[number] if number < len(self.lines) else len(self.text)

    def _piece(self, sort: Sort, first: int, end: int) -> Piece:
        return Piece(sort, self.starts[first], self._start(end))

    def _find_fence_end(self, number: int, fence: str) -> int:
        """Return the line after the one that closes a fence, or after the last."""
        for at in range(number + 1, len(self.lines)):
            bare = self.lines[at].strip().lstrip("> \t")
            if len(bare) >= len(fence) and not bare.strip(fence[0]):
                return at + 1
        return len(self.lines)

    def _find_end(self, number: int) -> int:
        """Return the line after the last one of the block of text that begins on a line."""
        if _HEADING.match(self.lines[number]):
            return number + 1
        for at in range(number + 1, len(self.lines)):
            line = self.lines[at]
            if not line.strip() or _BLOCK.match(line) or _FENCE.match(line):
                return at
        return len(self.lines)

    def _line_after(self, stop: int, end: int) -> int:
        """Return the first line that begins at or after a place, which a comment may have led to."""
        if stop <= self._start(end):
            return end
        return bisect_right(self.starts, stop - 1)

    def _scan_inline(self, start: int, end: int) -> Generator[Piece, None, int]:
        """Yield the parts of a block of text; return where they end, which is later after a long comment."""
        text, at = self.text, start
        runs = _find_runs(text, start, end)
        while (found := _INLINE.search(text, at, end)) is not None:
            if found["ticks"]:
                size = len(found["ticks"])
                places = runs.get(size, [])
                later = bisect_right(places, found.start())
                if later < len(places):
                    close = places[later] + size
                    yield Piece("prose", start, found.start())
                    yield Piece("code", found.start(), close)
                    start = at = close
                    continue
            elif found[0] == "<!--":
                close = self._find_close(found)
                if close:
                    yield Piece("prose", start, found.start())
                    yield Piece("comment", found.start(), close)
                    start = at = close
                    if close >= end:
                        end = self._end_of_line(close)
                        runs = _find_runs(text, start, end)
                    continue
            at = found.end()
        yield Piece("prose", start, end)
        return end

    def _end_of_line(self, at: int) -> int:
        """Return where the line ends in which a place lies; the place itself where a line ends there."""
        if at in {0, len(self.text)} or self.text[at - 1] in "\r\n":
            return at
        return self._start(bisect_right(self.starts, at))

    def _find_close(self, opening: re.Match[str]) -> int:
        """Return the end of a comment; 0 for one that is none."""
        if self.last_close >= opening.start() + 2:
            return self.text.index("-->", opening.start() + 2) + len("-->")
        line = self.starts[bisect_right(self.starts, opening.start()) - 1]
        before = self.text[line : opening.start()]
        return len(self.text) if len(before) < 4 and not before.strip(" ") else 0


def _find_runs(text: str, start: int, end: int) -> dict[int, list[int]]:
    """Return where runs of backticks begin, by their lengths."""
    found: dict[int, list[int]] = {}
    for run in re.compile("`++").finditer(text, start, end):
        found.setdefault(len(run[0]), []).append(run.start())
    return found
