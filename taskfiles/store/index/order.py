"""The order in which files are walked: by the name at each level."""

from __future__ import annotations

from bisect import bisect_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from taskfiles.store.index.table import Table


def walk_key(path: str) -> list[str]:
    """Return what files are sorted by when they are walked."""
    return path.split("/")


def in_walk_order(table: Table, rows: list[int], extra: Collection[str]) -> Iterable[int | str]:
    """Return rows of a table, which are in the order of a walk, and other paths, in that order too."""
    return _merge(table, rows, extra) if extra else rows


def _merge(table: Table, rows: list[int], extra: Iterable[str]) -> Iterator[int | str]:
    begin = 0
    for path in sorted(extra, key=walk_key):
        end = bisect_left(rows, walk_key(path), begin, key=lambda at: walk_key(table.paths[at]))
        yield from rows[begin:end]
        yield path
        begin = end
    yield from rows[begin:]
