"""What was changed through a store, for reports of an error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Tally:
    """The number of files that were changed, and entries `{path, field, from, to}`."""

    def __init__(self) -> None:
        self.files = 0
        self.changes: list[dict[str, Any]] = []

    def add(self, path: str, changes: Sequence[dict[str, Any]]) -> None:
        """Count a file with its changes; without any it counts as one of its path."""
        self.files += 1
        self.changes += changes or [{"path": path, "field": "path", "from": path, "to": path}]
