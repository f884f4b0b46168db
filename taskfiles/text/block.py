"""Find and replace the marked block that `tasks inject` keeps in somebody else's file; pure.

A block is whole lines, from the line of its begin mark to the line of its end mark. It is read as bytes,
since the text around it may be in any encoding that contains ASCII.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from taskfiles.errors import TaskfilesError

VERSION = 1  # of the marks and of the content between them
BEGIN = f"<!-- tasks:begin v{VERSION} - written by `tasks inject`; edit outside of these two lines -->"
END = "<!-- tasks:end -->"
_MARK = re.compile(
    rb"^(?:\xef\xbb\xbf)?<!--[ \t]*tasks:(begin|end)\b(?:[ \t]+v(\d{1,9})\b)?[^\r\n]*?(?:-->|(?=[\r\n])|\Z)",
    re.MULTILINE,
)


class Block(NamedTuple):
    """Position and version of a block: offsets of its first byte and of the end of its end mark, its line."""

    start: int
    end: int
    line: int
    version: int


def find_block(path: str, data: bytes) -> Block | None:
    """Find the block in a file's bytes; None if there is none.

    Raises TaskfilesError (block-damaged), with the line, if marks don't pair up, if there are several
    blocks, if the block is of a later version, or if the file is not text.
    """
    if b"\0" in data:
        raise _damaged(path, data, data.index(b"\0"), "the file is no text, or not in UTF-8")
    found: Block | None = None
    opened: re.Match[bytes] | None = None
    for mark in _MARK.finditer(data):
        if mark[1] == b"begin":
            if opened is not None:
                line = _line(data, opened.start())
                raise _damaged(path, data, mark.start(), f"the block that begins in line {line} has no end")
            if found is not None:
                raise _damaged(path, data, mark.start(), f"a block stands in line {found.line} already")
            opened = mark
            continue
        if opened is None:
            raise _damaged(path, data, mark.start(), "a block ends here that has no beginning")
        # A byte order mark is the file's, not the block's.
        start = opened.start() + (3 if opened[0].startswith(b"\xef\xbb\xbf") else 0)
        found = Block(start, mark.end(), _line(data, start), int(opened[2] or 1))
        opened = None
    if opened is not None:
        raise _damaged(path, data, opened.start(), "the block that begins here has no end")
    if found is not None and found.version > VERSION:
        problem = f"the block is of version {found.version}, and this version of tasks writes {VERSION}"
        raise _damaged(path, data, found.start, problem)
    return found


def put_block(path: str, data: bytes, text: str) -> bytes:
    """Write a text into the block of a file's bytes, or append a block if there is none.

    All bytes outside the block stay: line ends, a byte order mark, a missing final newline. The block
    uses the line ends of the file. Raises as `find_block` does.
    """
    lines = [BEGIN, *text.strip("\n").split("\n"), END]
    block = find_block(path, data)
    if block is not None:
        end_of_line = data.find(b"\n", block.start)
        newline = b"\r\n" if data[:end_of_line].endswith(b"\r") else b"\n"
        return data[: block.start] + _join(lines, newline) + data[block.end :]
    first = data.find(b"\n")
    newline = b"\r\n" if first > 0 and data[:first].endswith(b"\r") else b"\n"
    content = data.removeprefix(b"\xef\xbb\xbf")
    if not content:
        return data + _join(lines, newline) + newline
    ends = content.endswith(b"\n")
    gap = b"" if content.endswith(newline * 2) else newline if ends else newline * 2
    return data + gap + _join(lines, newline) + (newline if ends else b"")


def _join(lines: list[str], newline: bytes) -> bytes:
    return newline.join(line.encode() for line in lines)


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _damaged(path: str, data: bytes, offset: int, problem: str) -> TaskfilesError:
    return TaskfilesError("block-damaged", path=path, line=_line(data, offset), column=1, problem=problem)
