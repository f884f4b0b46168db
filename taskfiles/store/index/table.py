"""The tasks of the index as a table: one row a task, ordered by id and path, one blob a column.

A command reads the columns that it needs: `ids`, `paths` and `head` always, else the values of single keys
(`column:KEY`; `rest` has those of keys that the format doesn't know), findings, or a state's rows of JSON
with their numbers in the table (`rows:STATE`, `ends:STATE`, `places:STATE`), and for whoever reads few of
them a checksum each (`sums:STATE`). A column that turns out to be damaged raises Lost, and the values are
read from the files.
"""

from __future__ import annotations

from _bisect import bisect_left

from taskfiles.store.index.reading import numbers
from taskfiles.task.remembered import Lost, pack, unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence
    from typing import Any

    from taskfiles.store.index.reading import Base, Seen
    from taskfiles.task.remembered import Key, PlainFinding, Record
    from taskfiles.text.nodes import Value

SEPARATOR = b","  # between two rows
_FEW = 32  # where more of a table's rows than one in so many are asked for, whole states are read
MISSING = ...  # in a column: the task has no such key


class Table:
    """The rows of a base; raises Lost when it is made if what every reader needs is damaged."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.ids, self.paths = base.lines("ids"), base.lines("paths")
        head = unpack(base.blob("head"))
        self.etags: str = head["etags"]
        self.states: list[str] = head["states"]
        self.related: bytes = head["related"]
        self.boxes: list[tuple[int, int] | None] = head["boxes"]
        self.errors: dict[int, tuple[PlainFinding, ...]] = head["errors"]
        self.uncounted: list[int] = head["uncounted"]  # rows of open tasks without numbers of boxes
        self.certain: set[int] = set()
        self._columns: dict[str, list[Any]] = {}
        self._rest: list[dict[str, Any] | None] | None = None
        self._rows: dict[str, bytes] = {}
        self._spans: dict[int, tuple[int, int]] = {}
        self._shapes: tuple[list[tuple[str, ...]], list[int]] | None = None
        self._findings: tuple[bytes, dict[int, tuple[PlainFinding, ...]]] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rest(self) -> list[dict[str, Any] | None]:
        """The values of keys that the format doesn't know. Raises Lost."""
        if self._rest is None:
            self._rest = chunks(self.base.blob("rest"))
        return self._rest

    @property
    def walk(self) -> list[int]:
        """The rows in the order in which files are walked."""
        return numbers(self.base.blob("walk"))

    def has(self, key: str) -> bool:
        """Return whether any task may have a key."""
        return self.base.has(f"column:{key}") or key not in self.base.header["known"]

    def column(self, key: str) -> list[Any]:
        """Return the values of a key, MISSING where a task doesn't have it. Raises Lost."""
        found = self._columns.get(key)
        if found is None:
            found = self._columns[key] = self._read_column(key)
        return found

    def _read_column(self, key: str) -> list[Any]:
        if key not in self.base.header["known"]:
            return [each.get(key, MISSING) if each else MISSING for each in self.rest]
        name = f"column:{key}"
        return chunks(self.base.blob(name)) if self.base.has(name) else [MISSING] * len(self)

    def values(self, at: int) -> dict[str, Value]:
        """Return a task's values, in the order of its file. Raises Lost."""
        if self._shapes is None:
            shapes, which = unpack(self.base.blob("shapes"))
            self._shapes = shapes, numbers(which)
        shapes, which = self._shapes
        columns = self._columns
        try:
            return {key: columns[key][at] for key in shapes[which[at]]}
        except KeyError:
            return {key: self.column(key)[at] for key in shapes[which[at]]}

    @staticmethod
    def in_order(rows: Sequence[int]) -> list[int]:
        """Return rows in the order of ids and paths, which is that of the table."""
        return sorted(rows)

    def row(self, at: int) -> bytes:
        """Return a task's row of JSON. Raises Lost."""
        return next(self._lines((at,)))

    def lines(self, rows: Sequence[int]) -> Iterator[bytes]:
        """Return tasks' rows of JSON, each made as it is asked for. Raises Lost, before the first."""
        return self._lines(rows) if len(rows) * _FEW > len(self) else iter(self._few_lines(rows))

    def _few_lines(self, rows: Sequence[int]) -> list[bytes]:
        """Read rows of JSON one by one: all of a state are megabytes."""
        blob, found, states = self.base.blob, [], self.states
        parts = {
            state: [numbers(blob(f"{name}:{state}")) for name in ("places", "ends", "sums")]
            for state in {states[at] for at in rows}
        }
        for at in rows:
            places, ends, sums = parts[states[at]]
            place = bisect_left(places, at)
            span = start_of(ends, place), ends[place]
            found.append(self.base.part(f"rows:{states[at]}", span, sums[place]))
        return found

    def _lines(self, rows: Sequence[int]) -> Iterator[bytes]:
        states, spans = self.states, self._spans
        for state in {states[at] for at in rows} - self._rows.keys():
            self._rows[state], ends, places = self.section(state)
            begins = [0, *(end + len(SEPARATOR) for end in ends[:-1])]
            spans |= zip(places, zip(begins, ends, strict=True), strict=True)
        found = self._rows
        return (found[states[at]][slice(*spans[at])] for at in rows)

    def section(self, state: str) -> tuple[bytes, list[int], list[int]]:
        """Return the rows of JSON of a state, where each ends, and its number in the table. Raises Lost."""
        if not self.base.has(f"rows:{state}"):
            return b"", [], []
        rows, ends = self.base.blob(f"rows:{state}"), numbers(self.base.blob(f"ends:{state}"))
        return rows, ends, numbers(self.base.blob(f"places:{state}"))

    def findings(self, at: int) -> tuple[PlainFinding, ...] | None:
        """Return the findings of a task's file; None if not computed yet. Raises Lost."""
        checked, found = self.checked()
        return found.get(at, ()) if checked[at] else None

    def checked(self) -> tuple[bytes, dict[int, tuple[PlainFinding, ...]]]:
        """Return a byte a row, 1 if its findings are known, and the findings that there are. Raises Lost."""
        if self._findings is None:
            self._findings = unpack(self.base.blob("findings"))
        return self._findings

    def learn(self, found: dict[int, tuple[PlainFinding, ...]]) -> None:
        """Add the findings of some rows, of most of which there are none. Raises Lost."""
        flags, known = self.checked()
        checked = bytearray(flags)
        for at in found:
            checked[at] = 1
        self._findings = bytes(checked), known | {at: each for at, each in found.items() if each}

    def keys(self, paths: Iterable[str]) -> dict[str, Key]:
        """Return the keys that files had. Raises Lost."""
        listed = {directory: listing.by_name() for directory, listing in self.base.listings().items()}
        parts = ((path, path.rpartition("/")) for path in paths)
        return {path: listed[directory][name] for path, (directory, _, name) in parts}

    def seen(self, gone: Container[str] = ()) -> Seen:
        """Return the key and record of every file of the base but those that are gone. Raises Lost."""
        found: dict[str, Record] = {
            path: Stored(self, at).record() for at, path in enumerate(self.paths) if path not in gone
        }
        found |= {path: record for path, record in self.base.others().items() if path not in gone}
        keys = self.keys(found)
        return {path: (keys[path], record) for path, record in found.items()}


class Stored:
    """A task of the table: what an `Entry` holds, read from the columns when it is asked for."""

    __slots__ = ("at", "id", "state", "table")

    def __init__(self, table: Table, at: int) -> None:
        self.table, self.at = table, at
        self.id, self.state = table.ids[at], table.states[at]

    @property
    def etag(self) -> str:
        """A digest of the file."""
        return self.table.etags[32 * self.at : 32 * self.at + 32]

    @property
    def errors(self) -> tuple[PlainFinding, ...]:
        """The errors of the file."""
        return self.table.errors.get(self.at, ())

    @property
    def findings(self) -> tuple[PlainFinding, ...] | None:
        """The findings of the file; None if not computed yet, or lost."""
        try:
            return self.table.findings(self.at)
        except Lost:
            return None

    @property
    def boxes(self) -> tuple[int, int] | None:
        """The numbers of ticked and of all checkboxes; None if not counted yet."""
        return self.table.boxes[self.at]

    @property
    def related(self) -> bool:
        """Whether the task names others."""
        return self.table.related[self.at] == 1

    @property
    def row(self) -> bytes:
        """The task as `list` writes it in JSON. Raises Lost."""
        return self.table.row(self.at)

    def read_values(self) -> dict[str, Value]:
        """Return the frontmatter's own values. Raises Lost."""
        return self.table.values(self.at)

    def record(self) -> tuple[Any, ...]:
        """Return the fields in the order of an `Entry`. Raises Lost."""
        own = (self.id, self.state, self.etag, pack(self.read_values()), self.errors)
        return (*own, self.findings, self.boxes, self.related, self.row)


def start_of(ends: list[int], place: int) -> int:
    """Return where a row of JSON begins; `SEPARATOR` is before it."""
    return ends[place - 1] + len(SEPARATOR) if place else 0


def chunks(data: bytes) -> list[Any]:
    """Return the items of a column, which is packed in chunks."""
    found: list[Any] = []
    for chunk in unpack(data):
        found += unpack(chunk)
    return found
