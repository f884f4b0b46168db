"""Records of the index, one for each file: a task's entry, an unreadable file's finding, or none."""

from __future__ import annotations

import marshal
from _operator import attrgetter  # `operator` itself imports more

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Protocol, TypeAlias

    from taskfiles.text.nodes import Value

    class Remembered(Protocol):
        """What is known of a task without its text; reading values and row may raise Lost."""

        @property
        def id(self) -> str:
            """The task's id."""

        @property
        def state(self) -> str:
            """The state; empty if it is not a text."""

        @property
        def etag(self) -> str:
            """A digest of the file."""

        @property
        def errors(self) -> tuple[PlainFinding, ...]:
            """The errors of the file."""

        @property
        def findings(self) -> tuple[PlainFinding, ...] | None:
            """The findings of the file; None if not computed yet."""

        @property
        def boxes(self) -> tuple[int, int] | None:
            """The numbers of ticked and of all checkboxes; None if not counted yet."""

        @property
        def related(self) -> bool:
            """Whether the task names others."""

        @property
        def row(self) -> bytes:
            """The task as `list` writes it in JSON. Raises Lost."""

        def read_values(self) -> dict[str, Value]:
            """Return the frontmatter's own values. Raises Lost."""

    class Columns(Protocol):
        """What is known of many tasks, key by key; `related` has a byte a task, 1 if it names others.

        `certain` are the rows of which columns alone have shown that what is asked for matches them.
        """

        ids: list[str]
        paths: list[str]
        states: list[str]  # as of a row
        related: bytes
        certain: set[int]
        boxes: list[tuple[int, int] | None]  # as of a row
        errors: dict[int, tuple[PlainFinding, ...]]  # of the rows that have any

        def has(self, key: str) -> bool:
            """Return whether any task may have a key."""

        def column(self, key: str) -> list[Any]:
            """Return the values of a key, `...` where a task has no such key. Raises Lost."""

        def in_order(self, rows: Sequence[int]) -> list[int]:
            """Return rows in the order of ids and paths."""

        def lines(self, rows: Sequence[int]) -> Iterator[bytes]:
            """Return tasks as `list` writes them in JSON, by their rows' numbers. Raises Lost at once."""

    class Row(Remembered, Protocol):
        """What is known of a task whose values can be read one by one: a row of some columns."""

        @property
        def at(self) -> int:
            """The number of the row."""

        @property
        def table(self) -> Columns:
            """The columns."""


Key: TypeAlias = "tuple[int, int, int, int]"  # inode, size, mtime_ns, ctime_ns
# What `findings.Finding.pack` returns: `marshal` writes plain values only.
PlainFinding: TypeAlias = "tuple[Any, ...]"
# An entry's fields; one finding alone for an unreadable file; None for a file that is not a task.
Record: TypeAlias = "tuple[Any, ...] | None"

MARSHAL_VERSION = 4  # the newest that Python 3.11 reads
RACY_NS = 2_000_000_000  # a file modified this shortly before it was read may change again unseen, as in git

# Keys that JSON adds to a file's own: to every task, to one that is shown whole, and for reserved names.
ADDED_KEYS = ("path", "etag", "valid", "claim")
SHOW_KEYS = ("body", "derived")
MILESTONE_DUE = "milestone_due"  # what `show`, `next` and `tree` add besides: tasks.toml has it
RESERVED = frozenset({*ADDED_KEYS, *SHOW_KEYS, "extra"})


COUNTED = frozenset({"idea", "ready", "in-progress"})  # states whose tasks need their checkboxes counted


class Lost(Exception):
    """What the index held is damaged; the files have it."""


class Entry:
    """A readable task, as it is put into the index.

    `values` is the frontmatter's own values, marshalled; `errors` and `findings` are those of the rules for
    one file; `boxes` counts its acceptance criteria, the ticked and all; `related` is whether it names other
    tasks; `row` is the task as `list` writes it in JSON. `findings` and `boxes` are None if not computed yet.
    """

    __slots__ = ("boxes", "errors", "etag", "findings", "id", "related", "row", "state", "values")

    def __init__(self, record: tuple[Any, ...]) -> None:
        self.id: str
        self.values: bytes
        self.row: bytes
        self.findings: tuple[PlainFinding, ...] | None
        self.boxes: tuple[int, int] | None
        self.related: bool
        self.id, self.state, self.etag, self.values, self.errors, *more = record
        self.findings, self.boxes, self.related, self.row = more

    def record(self) -> tuple[Any, ...]:
        """Return the fields in the order in which the index stores them."""
        shared = (self.id, self.state, self.etag, self.values, self.errors)
        return (*shared, self.findings, self.boxes, self.related, self.row)

    def read_values(self) -> dict[str, Value]:
        """Return the frontmatter's own values."""
        return unpack_values(self.values)


def is_related(values: dict[str, Value]) -> bool:
    """Return whether a frontmatter names other tasks: children, parent, dependencies."""
    return any(values.get(key) for key in ("children", "parent", "depends_on", "blocks"))


def pack(value: Any) -> bytes:
    """Serialize plain values. Raises ValueError for any other."""
    return marshal.dumps(value, MARSHAL_VERSION)


def unpack(data: bytes) -> Any:
    """Deserialize the bytes of `pack`."""
    return marshal.loads(data)  # noqa: S302 (our own bytes, whose checksum was compared)


def unpack_values(data: bytes) -> dict[str, Value]:
    """Deserialize a frontmatter's values."""
    values: dict[str, Value] = unpack(data)
    return values


key_of = attrgetter("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")  # of an `os.stat_result`


def fits(key: Key) -> bool:
    """Return whether a key fits the columns of the index; times before 1970 or after 2554 do not."""
    return min(key) >= 0 and max(key) < 1 << 64


def is_racy(key: Key, started_ns: int) -> bool:
    """Return whether a file may have changed since it was read, from `started_ns` on, with the same key.

    Times in the future count too: they can mean that a clock was set back.
    """
    return max(key[2], key[3]) > started_ns - RACY_NS
