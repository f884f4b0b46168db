"""One order for the items of two lists that have gone apart; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from heapq import merge as merge_sorted
from typing import Any, TypeAlias

Token: TypeAlias = tuple[Hashable, int]  # what an item is known by, and which of its equals it is
Rank: TypeAlias = Callable[[Token], Any]


def number_equals(keys: Sequence[Hashable]) -> list[Token]:
    """Tell equal keys apart: the first, the second and so on.

    >>> number_equals(["a", "b", "a"])
    [('a', 0), ('b', 0), ('a', 1)]
    """
    seen: Counter[Hashable] = Counter()
    tokens: list[Token] = []
    for key in keys:
        tokens.append((key, seen[key]))
        seen[key] += 1
    return tokens


def merge_order(
    base: Sequence[Token], ours: Sequence[Token], theirs: Sequence[Token], *, rank: Rank | None = None
) -> list[Token]:
    """Put all that stands in either list into one order that keeps the order within each.

    Where the two put what they share into different orders, the side that moved something leads, ours
    where both did. What both added between the same neighbours stands ours first, or by `rank`.
    """
    shared = set(ours) & set(theirs)
    unmoved = [token for token in ours if token in shared] == [token for token in base if token in shared]
    leader = theirs if unmoved else ours
    our_runs, their_runs = _runs(ours, shared), _runs(theirs, shared)
    result: list[Token] = []
    for neighbour in [None, *(token for token in leader if token in shared)]:
        if neighbour is not None:
            result.append(neighbour)
        runs = our_runs.get(neighbour, []), their_runs.get(neighbour, [])
        result += merge_sorted(*runs, key=rank) if rank else [*runs[0], *runs[1]]
    return result


def _runs(tokens: Sequence[Token], shared: Collection[Token]) -> dict[Token | None, list[Token]]:
    """Group what only one side has by the shared neighbour before it."""
    runs: dict[Token | None, list[Token]] = {}
    neighbour: Token | None = None
    for token in tokens:
        if token in shared:
            neighbour = token
        else:
            runs.setdefault(neighbour, []).append(token)
    return runs
