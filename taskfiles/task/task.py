"""One task file: its values, their positions, its body and its findings."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.instants import find_instant
from taskfiles.errors import TaskfilesError
from taskfiles.task import values
from taskfiles.task.findings import (
    Finding,
    Places,
    Problem,
    front_position,
    locate,
    make_finding,
    unpack_finding,
)
from taskfiles.task.keys import DEFAULTS
from taskfiles.task.remembered import Lost, is_related
from taskfiles.text.document import Document, Malformed, split_document
from taskfiles.text.nodes import Node, Value, YamlProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from taskfiles.task.model import ExecutionAttempt, TaskExecution, TaskMeta
    from taskfiles.task.remembered import Remembered, Row


class Unreadable(Exception):
    """The error for a file that looks like a task and can't be read as one; `finding` says why and where."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


class Task:
    """A readable task file: its frontmatter is a mapping with a valid id, whatever else is wrong with it.

    `path` is relative to the project root, with `/`. `values` are the frontmatter's own, without
    defaults: `key in task.values` is true if the file has the key.
    """

    _reload: Callable[[Task], Document]
    row: Row | None = None
    is_bare = True  # whether neither values nor text of a task from the index have been read

    def __init__(self, path: str, document: Document, values: dict[str, Value]) -> None:
        self.path, self.document, self.values = path, document, values
        self.entry: Remembered | None = None

    @classmethod
    def from_row(cls, path: str, row: Row, read: Callable[[Task], Document]) -> Task:
        """Return the task of a row of the index; as `from_entry`, and single values are read from columns."""
        task = cls.__new__(cls)
        task.path, task.entry, task.row, task._reload, task.id = path, row, row, read, row.id
        return task

    @classmethod
    def from_entry(cls, path: str, entry: Remembered, read: Callable[[Task], Document]) -> Task:
        """Return the task of an index entry; `read` loads its document on first use."""
        task = cls.__new__(cls)
        task.path, task.entry, task.row, task._reload, task.id = path, entry, None, read, entry.id
        return task

    @classmethod
    def from_unreadable(cls, path: str, data: bytes, like: Task) -> Task:
        """Return a file that can't be read, such as one with conflict markers, with the values of another.

        Its document is its bytes alone, and its findings are those of the other.
        """
        task = cls(path, Document(b"", "", b"", data), like.values)
        task.__dict__ |= {"_errors": like.errors, "_findings": like.findings}
        return task

    @cached_property
    def values(self) -> dict[str, Value]:
        """The frontmatter's own keys and values."""
        assert self.entry is not None
        self.is_bare = False
        try:
            return self.entry.read_values()
        except Lost:
            return _read_yaml(self.document.front).entries()

    def value(self, key: str) -> Value:
        """Return one of the frontmatter's own values; None if it has no such key."""
        row = self.row
        if row is None or (not self.is_bare and "values" in self.__dict__):
            return self.values.get(key)
        try:
            value = row.table.column(key)[row.at]
        except Lost:
            return self.values.get(key)
        found: Value = None if value is ... else value
        return found

    @property
    def is_certain(self) -> bool:
        """Whether columns of the index alone have shown that what is asked for matches the task."""
        row = self.row
        return row is not None and row.at in row.table.certain

    @cached_property
    def document(self) -> Document:
        """The file's text, split into its parts.

        Raises TaskfilesError (changed-underneath) if the file has changed since the index was read.
        """
        self.is_bare = False
        return self._reload(self)

    def __repr__(self) -> str:
        return f"Task({self.id!r}, state={self.state!r}, path={self.path!r})"

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.document.to_bytes()

    @cached_property
    def root(self) -> Node:
        """The frontmatter's nodes with their positions, parsed on first use.

        They take ten times the memory of the values, and only findings and edits need them.
        """
        return _read_yaml(self.document.front)

    @cached_property
    def places(self) -> Places:
        """The lines of the frontmatter, found on first use."""
        return Places(self.document.front)

    def drop_cached(self) -> None:
        """Drop cached data that can be read again, to free memory."""
        if self.entry is None:
            names: tuple[str, ...] = ("root", "places")
        elif self.is_bare:
            return
        else:
            names = ("root", "places", "values", "document")
        for name in names:
            self.__dict__.pop(name, None)

    def matches(self, data: bytes) -> bool:
        """Return whether this task was read from these bytes."""
        return self.etag == hex_digest(data)[:32]

    @cached_property
    def id(self) -> str:
        """The id; always valid."""
        return self.entry.id if self.entry is not None else str(self.values["id"])

    def get(self, key: str) -> Any:
        """Return a known key's value as it is in the file, or its default if the file has none.

        Instants are text here; `created_at`, `updated_at`, `completed_at` and `meta` have them as datetimes.
        """
        value = self.value(key)
        return DEFAULTS.get(key) if value is None else value

    @property
    def title(self) -> Any:
        """The title as it is in the file; not checked."""
        return self.get("title")

    @property
    def kind(self) -> Any:
        """The kind as it is in the file: epic, story or task; not checked."""
        return self.get("kind")

    @property
    def state(self) -> Any:
        """The state as it is in the file, whatever its directory; not checked."""
        if self.entry is not None and self.entry.state:  # saves unpacking the values
            return self.entry.state
        return self.get("state")

    @property
    def created_at(self) -> datetime | None:
        """When the task was created, an aware datetime; None if the file has no valid instant for it."""
        return find_instant(self.value("created_at"))

    @property
    def updated_at(self) -> datetime | None:
        """When the task was last changed; as `created_at`."""
        return find_instant(self.value("updated_at"))

    @property
    def completed_at(self) -> datetime | None:
        """When the task was completed; as `created_at`."""
        return find_instant(self.value("completed_at"))

    @cached_property
    def etag(self) -> str:
        """A digest of the file's bytes, for `--if-match`."""
        return self.entry.etag if self.entry is not None else hex_digest(self.data)[:32]

    @property
    def body(self) -> str:
        """The text below the frontmatter; bytes that are not UTF-8 appear as U+FFFD."""
        return self.document.body.decode(errors="replace")

    @property
    def related(self) -> bool:
        """Whether the task names others: children, parent, dependencies."""
        entry = self.entry
        return is_related(self.values) if entry is None else entry.related

    @property
    def boxes(self) -> int:
        """The number of checkboxes in the acceptance criteria, ticked or not."""
        return self.criteria[1]

    @property
    def criteria(self) -> tuple[int, int]:
        """How many of the checkboxes in the acceptance criteria are ticked, and how many there are."""
        if self.entry is not None and self.entry.boxes is not None:
            return self.entry.boxes
        from taskfiles.text.criteria import count_criteria  # noqa: PLC0415 (the index knows most numbers)

        return count_criteria(self.body)

    @property
    def errors(self) -> Sequence[Finding]:
        """The findings that make this file invalid, by line and column; other files are not read."""
        if self.entry is not None:
            errors = self.entry.errors
            return [unpack_finding(error) for error in errors] if errors else ()
        return self._errors

    @cached_property
    def _errors(self) -> Sequence[Finding]:
        from taskfiles.task.rules import file_errors  # noqa: PLC0415 (what the index knows needs no rules)

        return self._locate(file_errors(self))

    @property
    def findings(self) -> Sequence[Finding]:
        """All findings of the rules for one file, by line and column."""
        known = self.entry.findings if self.entry is not None else None
        if known is not None:
            return [unpack_finding(finding) for finding in known]
        return self._findings

    @cached_property
    def _findings(self) -> Sequence[Finding]:
        from taskfiles.task.rules import file_warnings  # noqa: PLC0415 (as above)

        return _in_order([*self.errors, *self._locate(file_warnings(self))])

    def line_of(self, node: Node | None) -> int:
        """Return the file's line, from 1, of a frontmatter node; for None, the frontmatter's first line."""
        return self.places.find(node.start if node else 0)[0]

    def _locate(self, problems: Iterable[Problem]) -> list[Finding]:
        return _in_order(self.locate(problem) for problem in problems)

    def locate(self, problem: Problem) -> Finding:
        """Return a problem of this file as a finding with its position."""
        return locate(problem, self.path, self.document, lambda: self.root, lambda: self.places)

    @property
    def valid(self) -> bool:
        """Whether the file itself has no errors."""
        return not self.errors

    @cached_property
    def meta(self) -> TaskMeta:
        """The frontmatter as a typed model.

        Raises TaskfilesError (unreadable-task) if the file has an error; `errors` lists them.
        """
        if self.errors:
            raise self._refuse(self.errors[0])
        from taskfiles.task.model import TaskMeta  # noqa: PLC0415 (pydantic is needed here only)

        return TaskMeta.model_validate(self.values)

    @property
    def execution(self) -> TaskExecution | None:
        """The recorded attempts as a model; None if there are none. Raises as `meta` does."""
        return self.meta.execution

    @cached_property
    def attempts(self) -> tuple[ExecutionAttempt, ...]:
        """The recorded attempts as models, whatever else is wrong with the file; empty if there are none.

        Raises TaskfilesError (unreadable-task) if `execution` itself has an error: figures over the
        remaining attempts would be silently wrong.
        """
        if "execution" not in self.values:
            return ()
        for finding in self.errors:
            if finding.field is not None and finding.field.partition(".")[0] == "execution":
                raise self._refuse(finding)
        from taskfiles.task.model import TaskExecution  # noqa: PLC0415 (as in `meta`)

        return tuple(TaskExecution.model_validate(self.values["execution"]).attempts)

    def _refuse(self, finding: Finding) -> TaskfilesError:
        return TaskfilesError(
            "unreadable-task",
            path=self.path,
            line=finding.line,
            column=finding.column,
            problem=finding.message,
        )


def _read_yaml(front: str) -> Node:
    from taskfiles.text.yaml import read_yaml  # noqa: PLC0415 (the index knows most values)

    return read_yaml(front)


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.line, finding.column, finding.code))


def parse_task(path: str, data: bytes) -> Task:
    """Parse a task file's bytes.

    Raises Unreadable if they are not a task (docs/reference/format.md lists the cases).
    """
    try:
        document = split_document(data)
    except Malformed as bad:
        raise Unreadable(make_finding(bad.code, path, bad.line, bad.column, **bad.params)) from None
    try:
        root = _read_yaml(document.front)
    except YamlProblem as bad:
        line, column = front_position(document.front, bad.index)
        raise Unreadable(make_finding(bad.code, path, line, column, **bad.params)) from None
    if root.kind != "mapping":
        found = values.describe(root.value) if root.value is not None else "empty"
        line, column = front_position(document.front, root.start)
        raise Unreadable(make_finding("not-a-mapping", path, line, column, found=found))
    _check_id(path, document, root)
    task = Task(path, document, root.entries())
    task.root = root
    return task


def find_task(path: str, data: bytes) -> Task | None:
    """Return the task that a file's bytes are; None if they can't be read as one."""
    try:
        return parse_task(path, data)
    except Unreadable:
        return None


def _check_id(path: str, document: Document, root: Node) -> None:
    node = root.find_key(("id",)) or root
    given = root.entries().get("id")
    if given is None:
        from taskfiles.task.names import suggest_id  # noqa: PLC0415 (only this error needs it)

        suggestion = suggest_id(root.entries().get("title"))
        line, column = front_position(document.front, node.start)
        raise Unreadable(make_finding("missing-id", path, line, column, "id", suggestion=suggestion))
    line, column = front_position(document.front, (root.get("id") or root).start)
    try:
        values.check_id(given)
    except values.BadValue as bad:
        raise Unreadable(make_finding(bad.code, path, line, column, "id", **bad.params)) from None
