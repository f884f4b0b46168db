"""Split a task file's bytes into frontmatter and body, byte-exact; the only module that knows fences."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.patterns import lazy_bytes

BOM = b"\xef\xbb\xbf"
MAX_BYTES = 64 * 1024 * 1024
MAX_FRONT = 2 * 1024 * 1024  # thousands of attempts; reading takes a hundred times as much memory
_OPEN = lazy_bytes(rb"---[ \t]*(?:\r\n|\n)")
_CLOSE = lazy_bytes(rb"^---[ \t]*(?:\r?\n|\r?\Z)", re.MULTILINE)
# Seven characters or more: git uses longer markers for files that both sides renamed.
_CONFLICT = lazy_bytes(rb"^(?:<{7,}|>{7,})(?: |\r?$)", re.MULTILINE)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"-\0", b"\0-", b"\0\0\0-")


class Document(NamedTuple):
    """A task file in four parts that, joined, are the file byte for byte.

    `head` is an optional BOM with the opening fence line, `front` the frontmatter text,
    `fence` the closing fence line, `body` the rest as raw bytes.
    """

    head: bytes
    front: str
    fence: bytes
    body: bytes

    def to_bytes(self) -> bytes:
        """Join the parts into the file's bytes."""
        return b"".join((self.head, self.front.encode(), self.fence, self.body))

    def with_parts(self, front: str, body: bytes) -> Document:
        """Return the document with another frontmatter and body, which a last fence gets its line end for."""
        ends = self.fence.endswith(b"\n") or not body
        missing = b"" if ends else b"\n" if self.fence.endswith(b"\r") else self.newline.encode()
        return Document(self.head, front, self.fence + missing, body)

    @property
    def newline(self) -> str:
        """The line end of the opening fence, which edits use for the lines they add."""
        return self.head.rpartition(b"-")[2].strip(b" \t").decode()

    @property
    def body_line(self) -> int:
        """The line number, from 1, on which the body begins."""
        return count_lines(self.front) + 3


class Malformed(Exception):
    """A file that looks like a task and can't be read as one: finding code, line and column from 1."""

    def __init__(self, code: str, line: int = 1, column: int = 1, **params: Any) -> None:
        super().__init__(code)
        self.code, self.line, self.column, self.params = code, line, column, params


def count_lines(text: str) -> int:
    r"""Count line ends as YAML does: `\n`, `\r\n` or a lone `\r`.

    >>> count_lines("a\r\nb\rc\n")
    3
    """
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def looks_like_task(start: bytes) -> bool:
    """Return whether a file's first bytes are those of a task (docs/reference/format.md).

    A conflict marker on the first line counts too: a merge must not make a task disappear.
    """
    start = start.removeprefix(BOM)
    return start.startswith((b"---", b"<<<<<<<", *_WIDE))


def split_document(data: bytes) -> Document:
    """Split a task file's bytes into its parts. Raises Malformed."""
    if len(data) > MAX_BYTES:
        raise Malformed("too-large", what="file", limit=MAX_BYTES // (1024 * 1024))
    if data.startswith(_WIDE[:2]) or data.removeprefix(BOM)[:4].count(b"\0"):
        raise Malformed("not-utf8", encoding="UTF-16 or UTF-32")
    if (nul := data.find(b"\0")) >= 0:
        line, column = position(data, nul)
        raise Malformed("nul-byte", line, column)
    start = len(BOM) if data.startswith(BOM) else 0
    opening = _OPEN.match(data, start)
    if opening is None:
        _explain_opening(data, start)
    dashes = data.find(b"\n---", opening.end() - 1)  # a pattern alone would look at each character
    closing = _CLOSE.search(data, dashes + 1) if dashes >= 0 else None
    front = data[opening.end() : closing.start() if closing else len(data)]
    if (marker := find_marker(front)) is not None:
        line, column = position(data, opening.end() + marker)
        raise Malformed("conflict-marker", line, column)
    if closing is None:
        raise Malformed("no-closing-fence")
    if len(front) > MAX_FRONT:
        raise Malformed("too-large", 2, what="frontmatter", limit=MAX_FRONT // (1024 * 1024))
    try:
        text = front.decode()
    except UnicodeDecodeError as error:
        line, column = position(data, opening.end() + error.start)
        raise Malformed("not-utf8", line, column, encoding=f"the byte 0x{front[error.start]:02x}") from None
    return Document(data[: opening.end()], text, closing.group(), data[closing.end() :])


def _explain_opening(data: bytes, start: int) -> NoReturn:
    first = re.split(rb"[\r\n]", data[start : start + 4096], maxsplit=1)[0]
    if first.startswith(b"<<<<<<<"):
        raise Malformed("conflict-marker")
    if not first.startswith(b"---"):
        raise Malformed("no-frontmatter")
    rest = first[3:].strip(b" \t")
    if not rest:
        raise Malformed("no-closing-fence")
    column = len(first) - len(first[3:].lstrip(b" \t")) + 1
    raise Malformed("fence-word", 1, column, word=rest.decode(errors="replace")[:40])


def find_marker(data: bytes) -> int | None:
    """Return the offset of the first line that looks like a merge conflict marker; None if there is none."""
    if b"<<<<<<<" not in data and b">>>>>>>" not in data:
        return None
    marker = _CONFLICT.search(data)
    return None if marker is None else marker.start()


def line_start(text: str, index: int) -> int:
    r"""Return the offset at which the line around an offset begins; a lone `\r` ends a line too.

    >>> line_start("a\nbc\rd", 3), line_start("a\nbc\rd", 5)
    (2, 5)
    """
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def position(data: bytes, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a byte offset; columns count characters."""
    before = data[:offset]
    line_start = max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
    text = before[line_start:].decode(errors="replace")
    lines = before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
    return lines + 1, len(text.removeprefix("\ufeff")) + 1
