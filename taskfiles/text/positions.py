"""Offsets in YAML text: of lines, keys, dashes and the comments that follow them."""

from __future__ import annotations

from taskfiles.basics.patterns import lazy
from taskfiles.text.document import line_start
from taskfiles.text.nodes import Node, Path

_LINE_END = lazy(r"\r\n|\n|\r|\Z")
_REST = lazy(r"[ \t]*(?:#[^\r\n]*|(?=[\r\n]|\Z))")
_COMMENT_LINE = lazy(r"(?:[ \t]*(?:\r\n|\n|\r))*(?P<indent> *)#[^\r\n]*(?:\r\n|\n|\r|\Z)")
COLON = lazy(r"\s*:")
_DASH = lazy(r"(?m)^[ \t]*(-)(?=\s|\Z)")


class UnsafeEdit(Exception):
    """An edit that can't be made without touching other text: the path of the value, the reason."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(problem)
        self.path, self.problem = path, problem


class Positions:
    """Lookups of offsets in one text; `path` is that of the value being edited, for error messages."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.path: Path = ()

    def unsafe(self, problem: str) -> UnsafeEdit:
        """Return the error that refuses the current edit."""
        return UnsafeEdit(self.path, problem)

    @staticmethod
    def index_of(parent: Node, key: str) -> int | None:
        """Return the index of a key in a mapping; None if the mapping does not have it."""
        return parent.position(key)

    def line_start(self, index: int) -> int:
        """Return the start of the line around an offset."""
        return line_start(self.text, index)

    def line_end(self, index: int) -> int:
        """Return the end of the line's text, before its line end."""
        match = _LINE_END.search(self.text, index)
        assert match is not None
        return match.start()

    def next_line(self, index: int) -> int:
        """Return the start of the next line."""
        match = _LINE_END.search(self.text, index)
        assert match is not None
        return match.end()

    def column(self, index: int) -> int:
        """Return the column of an offset, from 0."""
        return index - self.line_start(index)

    def check_rest(self, end: int) -> None:
        """Raise UnsafeEdit if anything but blanks and a comment follows a value on its line."""
        rest = _REST.match(self.text, end)
        if rest is None or rest.end() != self.line_end(rest.end()):
            raise self.unsafe("other values follow on the same line")

    def after(self, end: int, indent: int) -> int:
        """Return the start of the line after a value and after the comments indented below it."""
        self.check_rest(end)
        index = self.next_line(end)
        while (comment := _COMMENT_LINE.match(self.text, index)) and len(comment["indent"]) > indent:
            index = comment.end()
        return index

    def dash(self, parent: Node, index: int) -> int:
        """Return the offset of the dash of a block sequence's item."""
        item = parent.children[index]
        if index == 0:
            if self.text.startswith("-", parent.start):
                return parent.start
            low = parent.start
        else:
            low = self.next_line(parent.children[index - 1].end)
        found = [match.start(1) for match in _DASH.finditer(self.text, low, max(item.start, low))]
        if not found:
            raise self.unsafe("its dash can't be told apart")
        return found[-1]

    def lead(self, parent: Node, index: int) -> int:
        """Return the end of the `key:` or the `-` before a value."""
        if parent.kind == "sequence":
            return self.dash(parent, index) + 1
        key, value = parent.children[index]
        self.check_key(key)
        colon = COLON.match(self.text, key.end, max(value.start, key.end + 1))
        if colon is None:
            raise self.unsafe("its key and value are not written as `key: value`")
        return colon.end()

    def question_mark(self, key: Node) -> int | None:
        """Return the offset of the `?` before a key in explicit form; None for a usual key."""
        before = self.text[self.line_start(key.start) : key.start].rstrip()
        return self.line_start(key.start) + len(before) - 1 if before.endswith("?") else None

    def check_key(self, key: Node) -> None:
        """Raise UnsafeEdit for a key in explicit form."""
        if self.question_mark(key) is not None:
            raise self.unsafe("its key is written in the explicit form (`? key`)")

    def entry_start(self, key: Node) -> int:
        """Return the start of an entry, a `?` before its key included."""
        mark = self.question_mark(key)
        return key.start if mark is None else mark

    def entry_end(self, key: Node, value: Node) -> int:
        """Return the end of an entry; the parser places the missing value of an explicit key further down."""
        missing = value.start == value.end and self.line_start(value.start) > key.end
        return key.end if missing else value.end
