"""Findings: what is wrong with a file, where, and how to fix it."""

from __future__ import annotations

from _bisect import bisect_right  # `bisect` is the same, and a module more
from collections.abc import Callable
from typing import Any, Literal

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.patterns import lazy
from taskfiles.remedy import Remedy
from taskfiles.task.codes import FINDINGS, Severity
from taskfiles.task.remembered import PlainFinding
from taskfiles.text.document import Document, count_lines, line_start
from taskfiles.text.nodes import Node, Path, field_name

_LINE_END = lazy(r"\r\n|\n|\r")


class Problem(NamedTuple):
    """A finding without a position yet: code, frontmatter path, parameters of its message.

    `at` is what to point at: the value, its key, an offset into the frontmatter's text, or a line of the
    body, counted from 0.
    """

    code: str
    path: Path = ()
    params: dict[str, Any] = {}  # noqa: RUF012 (never changed)
    at: Literal["value", "key", "front", "body"] = "value"
    body_line: int = 0
    offset: int = 0


class Finding(NamedTuple):
    """A finding with its position: line and column from 1, `path` relative to the root."""

    code: str
    severity: Severity
    message: str
    path: str
    line: int
    column: int
    field: str | None
    hint: str  # a Remedy, but for a project's own rules

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.severity}[{self.code}] {self.message}"

    def pack(self) -> PlainFinding:
        """Return plain values for the index: the hint's are the values that it is filled from."""
        data = self.hint.data if isinstance(self.hint, Remedy) else {}
        plain = {name: value if type(value) is int else str(value) for name, value in data.items()}
        return (*self[:-1], plain)


def unpack_finding(packed: PlainFinding) -> Finding:
    """Return the finding of what `Finding.pack` returned."""
    return Finding._make((*packed[:-1], _hint(packed[0], packed[-1])))


def _hint(code: str, data: dict[str, Any]) -> Remedy:
    return Remedy(FINDINGS[code].hint, f"finding.{code}", **data)


def make_finding(
    code: str, path: str, line: int, column: int, field: str | None = None, **params: Any
) -> Finding:
    """Return a code's finding at a position, its message and hint filled in."""
    spec = FINDINGS[code]
    message, hint = spec.message.format(**params), _hint(code, params)
    return Finding(code, spec.severity, message[:1].upper() + message[1:], path, line, column, field, hint)


class Places:
    """The lines of one frontmatter: found once, so that a file's many findings don't each count them."""

    def __init__(self, front: str) -> None:
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(front))]

    def find(self, index: int) -> tuple[int, int]:
        """Return the file's line and column, from 1, of an offset into the frontmatter text."""
        number = bisect_right(self._starts, index)
        return number + 1, index - self._starts[number - 1] + 1


def locate(
    problem: Problem,
    path: str,
    document: Document,
    root: Callable[[], Node],
    places: Callable[[], Places] | None = None,
) -> Finding:
    """Return a problem of a readable file as a finding; `root` parses the nodes if they are needed.

    `places` returns the frontmatter's lines, for a file with several findings.
    """
    line, column = find_place(problem, document, root, places)
    field = field_name(problem.path) or None
    return make_finding(problem.code, path, line, column, field, **problem.params)


def find_place(
    problem: Problem,
    document: Document,
    root: Callable[[], Node],
    places: Callable[[], Places] | None = None,
) -> tuple[int, int]:
    """Return the line and column, from 1, that a problem points to; `root` and `places` as in `locate`."""
    if problem.at == "body":
        return document.body_line + problem.body_line, 1
    index = problem.offset if problem.at == "front" else _index(problem, root())
    return places().find(index) if places is not None else front_position(document.front, index)


def _index(problem: Problem, root: Node) -> int:
    """Return the offset of the key or value; if it is missing, that of the nearest mapping around it."""
    path = problem.path
    if problem.at == "key" and (key := root.find_key(path)):
        return key.start
    while path:
        if node := root.find(path):
            return node.start
        path = path[:-1]
    return 0


def front_position(front: str, index: int) -> tuple[int, int]:
    """Return the file's line and column, from 1, of an offset into the frontmatter text."""
    before = front[:index]
    return count_lines(before) + 2, len(before) - line_start(before, len(before)) + 1
