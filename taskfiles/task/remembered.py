"""What an index remembers of a file: a task's record, why a file can't be read, or that it is no task."""

from __future__ import annotations

import marshal
from _operator import attrgetter  # `operator` itself imports more

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from taskfiles.text.nodes import Value

Key: TypeAlias = "tuple[int, int, int, int]"  # inode, size, mtime_ns, ctime_ns
# A finding's fields as a plain tuple, for `marshal` knows no other; `diagnostics.Finding` takes them back.
PlainFinding: TypeAlias = "tuple[Any, ...]"
# What is known of a file: an entry's fields, a finding alone for one that can't be read, nothing for no task.
Record: TypeAlias = "tuple[Any, ...] | None"

MARSHAL_VERSION = 4  # the newest that Python 3.11 reads
RACY_NS = 2_000_000_000  # a file changed so shortly before it was read may change again unseen: git's rule

# Keys of JSON that are not the file's: what every task gets, one that is shown whole, and what is set aside.
ADDED_KEYS = ("path", "etag", "valid")
SHOW_KEYS = ("body", "derived")
RESERVED = frozenset({*ADDED_KEYS, *SHOW_KEYS, "extra"})


class Entry:
    """A readable task as it is remembered.

    `values` are the frontmatter's own, marshalled; `errors` and `findings` are what the file's own rules
    say; `boxes` counts its acceptance criteria; `related` tells whether it names other tasks; `row` is the
    task as `list` writes it in JSON. `findings` and `boxes` are None where they have not been asked.
    """

    __slots__ = ("boxes", "errors", "etag", "findings", "id", "related", "row", "state", "values")

    def __init__(self, record: tuple[Any, ...]) -> None:
        self.id: str
        self.values: bytes
        self.row: bytes
        self.findings: tuple[PlainFinding, ...] | None
        self.boxes: int | None
        self.related: bool
        self.id, self.state, self.etag, self.values, self.errors, *more = record
        self.findings, self.boxes, self.related, self.row = more

    def record(self) -> tuple[Any, ...]:
        """Give the fields in their order, as the index keeps them."""
        shared = (self.id, self.state, self.etag, self.values, self.errors)
        return (*shared, self.findings, self.boxes, self.related, self.row)


def is_related(values: dict[str, Value]) -> bool:
    """Tell whether a frontmatter names other tasks, in keys that relate them."""
    return any(values.get(key) for key in ("children", "parent", "depends_on", "blocks"))


def pack(value: Any) -> bytes:
    """Turn plain values into bytes. Raises ValueError for any other."""
    return marshal.dumps(value, MARSHAL_VERSION)


def unpack(data: bytes) -> Any:
    """Turn bytes of `pack` into values again."""
    return marshal.loads(data)  # noqa: S302 (our own bytes, their checksum compared before)


def unpack_values(data: bytes) -> dict[str, Value]:
    """Give a frontmatter's values."""
    values: dict[str, Value] = unpack(data)
    return values


KEY_FIELDS = ("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
key_of = attrgetter(*KEY_FIELDS)  # of an `os.stat_result`


def fits(key: Key) -> bool:
    """Tell whether a key fits into the columns of the index; times before 1970 or after 2554 don't."""
    return min(key) >= 0 and max(key) < 1 << 64


def is_racy(key: Key, started_ns: int) -> bool:
    """Tell whether a file may have changed after it was read without its key telling.

    Times in the future count too: only they would show that a clock was set back.
    """
    return max(key[2], key[3]) > started_ns - RACY_NS
