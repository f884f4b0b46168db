"""Sort a frontmatter's keys into canonical order: entries move with their comments, nothing else changes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from taskfiles.basics.patterns import lazy
from taskfiles.text.nodes import Node, YamlProblem, same
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.sections import split_lines
from taskfiles.text.yaml import read_yaml

_BLANK = lazy(r"[ \t]*(?:\r\n|\n|\r|\Z)")


def reorder_yaml(text: str, order: Sequence[str], newline: str = "\n") -> str:
    """Sort top-level entries into canonical order; unknown keys follow in their present order.

    Comment lines directly above a key move with it. A first block of comments followed by a blank
    line stays at the top, and text after the last entry stays at the end.

    Raises UnsafeEdit if an entry can't be moved on its own.
    """
    root = read_yaml(text)
    rank = {key: number for number, key in enumerate(order)}
    names = [key.key for key, _ in root.children]
    wanted = sorted(range(len(names)), key=lambda i: rank.get(names[i], len(order)))
    if wanted == list(range(len(names))):
        return text
    if root.flow or root.kind != "mapping":
        raise UnsafeEdit((), "the frontmatter is written on one line, in braces")
    top, chunks, tail = _cut(text, root, newline)
    result = "".join([top, *(chunks[i] for i in wanted), tail])
    try:
        after = read_yaml(result)
    except YamlProblem as problem:
        raise UnsafeEdit((), "an anchor would come after its alias") from problem
    if not same(after.value, root.value):
        raise UnsafeEdit((), "a comment would become part of a value")
    return result


def _cut(text: str, root: Node, newline: str) -> tuple[str, list[str], str]:
    """Cut the text into the header, one chunk for each entry, and the tail."""
    lines = split_lines(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    first = [_line_of(starts, key.start) for key, _ in root.children]
    for i, (key, _) in enumerate(root.children):
        if text[starts[first[i]] : key.start].strip(" ") not in {"", "?"}:
            raise UnsafeEdit((key.key,), "it shares its line with another entry")
    if len(set(first)) < len(first):
        raise UnsafeEdit((), "two entries share a line")
    last = [_line_of(starts, max(key.end, value.end)) for key, value in root.children]
    begins = [_comment_start(lines, line, last[i - 1] + 1 if i else 0) for i, line in enumerate(first)]
    begins[0] = _header_end(lines, begins[0], first[0])
    end = _tail_start(lines, last[-1] + 1)
    bounds = [*begins, end]
    chunks = ["".join(lines[a:b]) for a, b in pairwise(bounds)]
    chunks = [chunk if chunk.endswith(("\n", "\r")) else chunk + newline for chunk in chunks]
    return "".join(lines[: begins[0]]), chunks, "".join(lines[end:])


def _line_of(starts: list[int], index: int) -> int:
    low, high = 0, len(starts) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= index else (low, middle)
    return low


def _comment_start(lines: list[str], line: int, floor: int) -> int:
    """Return the first line of the comments above a key, and of the blank lines above those."""
    while line > floor and lines[line - 1].startswith("#"):
        line -= 1
    while line > floor and _BLANK.fullmatch(lines[line - 1]):
        line -= 1
    return line


def _header_end(lines: list[str], begin: int, first: int) -> int:
    """Return the first line after the comments that a blank line separates from the first key."""
    for line in range(first - 1, -1, -1):
        if _BLANK.fullmatch(lines[line]):
            return line + 1
    return begin


def _tail_start(lines: list[str], line: int) -> int:
    """Return the first line after the last entry and the indented comments that belong to it."""
    while line < len(lines) and lines[line].startswith(" ") and lines[line].lstrip().startswith("#"):
        line += 1
    return line
