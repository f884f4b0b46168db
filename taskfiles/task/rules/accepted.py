"""A task file as rules read it: values that the schema refuses are replaced by a mark.

A rule that compares or computes then never meets a number out of range, or a value of a wrong type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from taskfiles.task.source import Source
    from taskfiles.text.document import Document
    from taskfiles.text.nodes import Path, Value


class _Refused:
    """The mark in place of a refused value: neither text, number, list, mapping nor None."""

    def __repr__(self) -> str:
        return "REFUSED"


REFUSED: Final[Any] = _Refused()


class Accepted:
    """A task file without the values at some paths; the keys remain."""

    def __init__(self, task: Source, refused: Iterable[Path]) -> None:
        self._task, self.path, self.id = task, task.path, task.id
        self.values: dict[str, Value] = task.values
        paths = [path for path in refused if path]
        self.state = REFUSED if ("state",) in paths else task.state
        self.kind = REFUSED if ("kind",) in paths else task.kind
        copied: set[int] = set()
        for path in paths:
            self._replace(path, copied)

    @property
    def document(self) -> Document:
        """The file's text, split into its parts."""
        return self._task.document

    @property
    def body(self) -> str:
        """The text below the frontmatter."""
        return self._task.body

    def _replace(self, path: Path, copied: set[int]) -> None:
        """Put the mark at a path; what contains it is copied once, the task's own values stay."""
        self.values = inner = _own(self.values, copied)
        for step in path[:-1]:
            if not _has(inner, step):
                return
            inner[step] = _own(inner[step], copied)
            inner = inner[step]
        if _has(inner, path[-1]):
            inner[path[-1]] = REFUSED


def _own(value: Any, copied: set[int]) -> Any:
    """Return a list or mapping that may be changed: a copy, unless it is one already."""
    if id(value) in copied or not isinstance(value, (dict, list)):
        return value
    copy = value.copy()
    copied.add(id(copy))
    return copy


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)
