"""Which tasks are marked, by their paths; pure."""

from __future__ import annotations

from collections.abc import Sequence


class Marks:
    """Marked tasks, and the last one that was: where a row of marks begins."""

    def __init__(self) -> None:
        self.paths: frozenset[str] = frozenset()
        self._last: str | None = None

    def turn(self, path: str) -> None:
        """Mark a task, or take its mark away."""
        self.paths ^= {path}
        self._last = path

    def reach(self, path: str, row: Sequence[str]) -> None:
        """Mark all of a row from the last marked task to this one; alone where that is in another row."""
        begin = row.index(self._last) if self._last in row else row.index(path)
        end = row.index(path)
        self.paths |= {*row[min(begin, end) : max(begin, end) + 1]}
        self._last = path

    def keep(self, paths: Sequence[str]) -> None:
        """Forget marks of tasks that are not there any more: what is not in sight is not changed."""
        self.paths &= {*paths}

    def clear(self) -> None:
        """Forget all."""
        self.paths, self._last = frozenset(), None
