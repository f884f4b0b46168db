"""Where things stand in YAML text: lines, keys, dashes, and what follows them."""

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
    """A place where the edit can't be made without touching what surrounds it: path and reason."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(problem)
        self.path, self.problem = path, problem


class Places:
    """The places of one reading of a text; `path` is of what is being edited, for refusals."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.path: Path = ()

    def unsafe(self, problem: str) -> UnsafeEdit:
        """Make the refusal of this edit."""
        return UnsafeEdit(self.path, problem)

    @staticmethod
    def index_of(parent: Node, key: str) -> int | None:
        """Where a key stands among those of a mapping."""
        return next((i for i, (name, _) in enumerate(parent.children) if name.key == key), None)

    def line_start(self, index: int) -> int:
        """Where the line begins."""
        return line_start(self.text, index)

    def line_end(self, index: int) -> int:
        """Where the line's own text ends, before its line end."""
        match = _LINE_END.search(self.text, index)
        assert match is not None
        return match.start()

    def next_line(self, index: int) -> int:
        """Where the line below begins."""
        match = _LINE_END.search(self.text, index)
        assert match is not None
        return match.end()

    def column(self, index: int) -> int:
        """How far into its line an offset lies."""
        return index - self.line_start(index)

    def check_rest(self, end: int) -> None:
        """Only blanks and a comment may follow a value on its line."""
        rest = _REST.match(self.text, end)
        if rest is None or rest.end() != self.line_end(rest.end()):
            raise self.unsafe("other values follow on the same line")

    def after(self, end: int, indent: int) -> int:
        """The line after a value's end and after the comments that are indented into it."""
        self.check_rest(end)
        index = self.next_line(end)
        while (comment := _COMMENT_LINE.match(self.text, index)) and len(comment["indent"]) > indent:
            index = comment.end()
        return index

    def dash(self, parent: Node, index: int) -> int:
        """Where the dash of a block sequence's item stands."""
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
        """Where the `key:` or the `-` before a value ends."""
        if parent.kind == "sequence":
            return self.dash(parent, index) + 1
        key, value = parent.children[index]
        self.check_key(key)
        colon = COLON.match(self.text, key.end, max(value.start, key.end + 1))
        if colon is None:
            raise self.unsafe("its key and value are not written as `key: value`")
        return colon.end()

    def question_mark(self, key: Node) -> int | None:
        """Where the `?` before a key of the explicit form stands."""
        before = self.text[self.line_start(key.start) : key.start].rstrip()
        return self.line_start(key.start) + len(before) - 1 if before.endswith("?") else None

    def check_key(self, key: Node) -> None:
        """Refuse a key that is written in another way than the usual one."""
        if self.question_mark(key) is not None:
            raise self.unsafe("its key is written in the explicit form (`? key`)")

    def entry_start(self, key: Node) -> int:
        """Where a key and its value begin."""
        mark = self.question_mark(key)
        return key.start if mark is None else mark

    def entry_end(self, key: Node, value: Node) -> int:
        """Where an entry ends; the missing value of an explicit key has a place on a later line."""
        missing = value.start == value.end and self.line_start(value.start) > key.end
        return key.end if missing else value.end
