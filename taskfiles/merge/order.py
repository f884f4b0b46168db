"""One order for the items of two lists that have diverged; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from heapq import merge as merge_sorted
from typing import Any, TypeAlias

Token: TypeAlias = tuple[Hashable, int]  # the key of an item, and its number among equal ones
Rank: TypeAlias = Callable[[Token], Any]


def number_equals(keys: Sequence[Hashable]) -> list[Token]:
    """Number equal keys, so that each item has a token of its own.

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
    """Return the items of either list in one order that keeps the order within each.

    If the items that both share are in different orders, the order of the side that moved some is used; ours
    if both did. Items that both added after the same neighbour are ordered by `rank`, else ours first.
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
    """Group the items that only one side has by the shared item before them."""
    runs: dict[Token | None, list[Token]] = {}
    neighbour: Token | None = None
    for token in tokens:
        if token in shared:
            neighbour = token
        else:
            runs.setdefault(neighbour, []).append(token)
    return runs
