"""Overlaps of the globs in `touches`: whether one path can match two of them, decided exactly.

The dialect (docs/reference/format.md): `*`, `?` and `[…]` within a segment, `**` as a segment for any number
of segments, `/` between segments, case-sensitive; a pattern without a wildcard also covers everything below
it. A path is one or more segments, none of them empty. A class ends at the first `]` that is not its first
character, `!` or `^` in front negates it, `a-z` is a range; a `[` without its `]` is an ordinary character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from taskfiles.basics.named_tuple import NamedTuple

Ranges = tuple[tuple[int, int], ...]  # code points, ends included, sorted and disjoint
Token = str | Ranges | None  # a segment or character, a set of characters, or a run: any number of any

_SLASH, _LAST = ord("/"), 0x10FFFF
_CLASS = re.compile(r"\[([!^]?+)(\]?+[^\]]*)\]")  # possessive: `[]` and `[!]` are not closed
_CACHED = 65_536


class Pattern(NamedTuple):
    """A sequence of tokens, with their positions as bit sets: bit n is the token with index n.

    `runs` are the positions of runs, `positions` those of each other token. If `possible` is false, a set
    of characters is empty and nothing matches.
    """

    tokens: tuple[Token, ...]
    runs: int
    positions: dict[Token, int]
    possible: bool


def overlap(left: str, right: str) -> bool:
    """Return whether one path can match both globs.

    The time is bounded by the product of the lengths, for all patterns.

    >>> overlap("src/**/test_*.py", "src/api/*_io.py"), overlap("src/*.py", "src/*.md")
    (True, False)
    >>> overlap("docs", "docs/how-to/*.md")
    True
    """
    return _intersect(_parse_glob(left), _parse_glob(right), _segments_intersect)


def find_overlaps(globs: Iterable[str]) -> dict[str, list[str]]:
    """Map each glob to those of the same set that it overlaps with, itself among them, sorted.

    Only globs with a common literal prefix are compared, and of those that end in a literal segment only
    the ones that end in the same.
    """
    found: dict[str, list[str]] = {glob: [] for glob in sorted(set(globs))}
    top = _Node()
    for glob in found:
        *_, own = top.walk(_literal_prefix(glob))
        own.add(glob)
    for glob, others in found.items():
        *above, own = top.walk(_literal_prefix(glob))
        candidates = [other for node in above for other in node.candidates(glob)]
        candidates += [other for other in own.candidates(glob) if other <= glob]
        for other in candidates:
            if overlap(glob, other):
                others.append(other)
                if other != glob:
                    found[other].append(glob)
    return {glob: sorted(others) for glob, others in found.items()}


class _Node:
    """A node of the trie of literal prefixes: its globs, by their literal last segment if they have one."""

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.by_end: dict[str | None, list[str]] = {}

    def walk(self, names: Iterable[str]) -> Iterator[_Node]:
        """Yield this node and those below it along some names, creating missing ones."""
        node = self
        yield node
        for name in names:
            if name not in node.children:
                node.children[name] = _Node()
            node = node.children[name]
            yield node

    def add(self, glob: str) -> None:
        """Add a glob to this node."""
        self.by_end.setdefault(_literal_end(glob), []).append(glob)

    def candidates(self, glob: str) -> list[str]:
        """List the globs of this node whose last segment may match the same as that of another glob."""
        end = _literal_end(glob)
        if end is None:
            return [other for others in self.by_end.values() for other in others]
        return [*self.by_end.get(end, ()), *self.by_end.get(None, ())]


def _literal_prefix(glob: str) -> Iterator[str]:
    for name in _parse_glob(glob).tokens:
        if not isinstance(name, str) or _is_wild(name):
            return
        yield name


def _literal_end(glob: str) -> str | None:
    name = _parse_glob(glob).tokens[-1]
    return name if isinstance(name, str) and not _is_wild(name) else None


# Comparing


def _intersect(left: Pattern, right: Pattern, tokens_intersect: Callable[[Token, Token], bool]) -> bool:
    """Walk the product of two automata, one row of states for each position in the right pattern.

    A bit of `states` is a position in the left pattern that can be reached together with the row's, so
    that one operation on integers advances a whole row of the product.
    """
    if not (left.possible and right.possible):
        return False
    end = len(left.tokens)
    states = _skip_runs(1, left)
    for token in right.tokens:
        if token is None:  # matches any number of tokens: every later position can be reached
            states = (1 << end + 1) - (states & -states)
            continue
        fitting = 0
        for other, positions in left.positions.items():
            if positions & states and tokens_intersect(other, token):
                fitting |= positions
        states = _skip_runs((states & fitting) << 1 | states & left.runs, left)
        if not states:
            return False
    return bool(states >> end & 1)


def _skip_runs(states: int, pattern: Pattern) -> int:
    """Add the states after runs, since a run may match nothing; no two runs are adjacent."""
    return states | (states & pattern.runs) << 1


@lru_cache(maxsize=_CACHED)
def _segments_intersect(left: Token, right: Token) -> bool:
    assert isinstance(left, str)
    assert isinstance(right, str)
    if not (_is_wild(left) or _is_wild(right)):
        return left == right
    return _intersect(_parse_segment(left), _parse_segment(right), _characters_intersect)


def _characters_intersect(left: Token, right: Token) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    mine, theirs = _ranges(left), _ranges(right)
    i = j = 0
    while i < len(mine) and j < len(theirs):
        if mine[i][1] < theirs[j][0]:
            i += 1
        elif theirs[j][1] < mine[i][0]:
            j += 1
        else:
            return True
    return False


def _ranges(token: Token) -> Ranges:
    assert token is not None
    return ((ord(token), ord(token)),) if isinstance(token, str) else token


# Parsing


@lru_cache(maxsize=_CACHED)
def _parse_glob(text: str) -> Pattern:
    """Parse a glob into segments and runs; `.` and empty segments are ignored."""
    names = [name for name in text.split("/") if name not in {"", "."}]
    tokens: list[Token] = [None if name == "**" else name for name in names]
    if not any(map(_is_wild, names)):
        tokens.append(None)
    return _make_pattern(tokens, all(_parse_segment(name).possible for name in names))


@lru_cache(maxsize=_CACHED)
def _is_wild(text: str) -> bool:
    return "*" in text or "?" in text or _CLASS.search(text, 0, _last_close(text)) is not None


def _last_close(text: str) -> int:
    """Return where the search for classes can stop, so that not every `[` searches to the end for its `]`."""
    return text.rfind("]") + 1


@lru_cache(maxsize=_CACHED)
def _parse_segment(text: str) -> Pattern:
    """Parse a segment into characters, sets of characters and runs."""
    tokens: list[Token] = []
    at, closed = 0, _last_close(text)
    while at < len(text):
        group = _CLASS.match(text, at, closed) if text[at] == "[" else None
        if text[at] == "*":
            tokens.append(None)
        elif text[at] == "?":
            tokens.append(_without_slash([(0, _LAST)]))
        elif group is not None:
            ranges = _read_class(group[2])
            tokens.append(_without_slash(_complement(ranges) if group[1] else ranges))
        else:
            tokens.append(text[at])
        at = group.end() if group is not None else at + 1
    return _make_pattern(tokens, () not in tokens)


def _make_pattern(tokens: Sequence[Token], possible: bool) -> Pattern:
    kept: list[Token] = []
    positions: dict[Token, int] = {}
    for token in tokens:
        if token is not None or not kept or kept[-1] is not None:  # adjacent runs are one
            positions[token] = positions.get(token, 0) | 1 << len(kept)
            kept.append(token)
    return Pattern(tuple(kept), positions.pop(None, 0), positions, possible)


def _read_class(text: str) -> list[tuple[int, int]]:
    """Parse the text between the brackets of a class into ranges, sorted and disjoint.

    >>> _read_class("xa-cb-d")
    [(97, 100), (120, 120)]
    """
    ranges = []
    at = 0
    while at < len(text):
        is_range = text[at + 1 : at + 2] == "-" and at + 2 < len(text)
        ranges.append((ord(text[at]), ord(text[at + 2 * is_range])))
        at += 3 if is_range else 1
    merged: list[tuple[int, int]] = []
    for low, high in sorted(pair for pair in ranges if pair[0] <= pair[1]):
        if merged and low <= merged[-1][1] + 1:
            low, high = merged[-1][0], max(high, merged.pop()[1])  # noqa: PLW2901 (the two become one)
        merged.append((low, high))
    return merged


def _complement(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    starts = [0, *(high + 1 for _, high in ranges)]
    ends = [*(low - 1 for low, _ in ranges), _LAST]
    return [(low, high) for low, high in zip(starts, ends, strict=True) if low <= high]


def _without_slash(ranges: Sequence[tuple[int, int]]) -> Ranges:
    """Remove `/`, which no segment contains, from ranges."""
    parts = [
        part for low, high in ranges for part in ((low, min(high, _SLASH - 1)), (max(low, _SLASH + 1), high))
    ]
    return tuple((low, high) for low, high in parts if low <= high)
