"""Tasks of other tools as plain values, as the modules of `sources` return them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from taskfiles.migrate.markers import Dropped
from taskfiles.migrate.rows import Row
from taskfiles.text.nodes import Value


class Place(NamedTuple):
    """A place in a source: a path relative to its directory, line and column from 1."""

    path: str
    line: int = 1
    column: int = 1


class SourceFinding(NamedTuple):
    """What is wrong with a source at one place; while there is an error nothing is written.

    `code` is a word for programs, `message` a sentence for people.
    """

    place: Place
    code: str
    severity: Literal["error", "warning"]
    message: str

    def __str__(self) -> str:
        path, line, column = self.place
        return f"{path}:{line}:{column}: {self.message}"


@dataclass
class ForeignTask:
    """A task as its source has it.

    `keys` are the source's own, for which the table has rows; `lines` are the lines of those keys. `body` is
    what the task's file will have after its frontmatter, `body_line` the line on which it begins, `raw` the
    body as the source has it where options have made another. `others` are names beside the old id that texts
    have for it. `words` are
    words that stand in no key, such as a state that a directory means, by the name of a row; they come first.
    `ours` are keys of this format that the source's module has worked out itself. Relations name other
    tasks by their old ids. The id here comes from `wanted_id`, else from the old one, or where that says
    nothing from the title.
    """

    place: Place
    old_id: str
    title: str
    body: bytes
    keys: Mapping[str, Value] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    ours: Mapping[str, Value] = field(default_factory=dict)
    relations: Mapping[str, list[str]] = field(default_factory=dict)
    body_line: int = 1
    is_id_from_title: bool = False
    wanted_id: str = ""
    others: tuple[str, ...] = ()
    raw: bytes | None = None

    @property
    def source_body(self) -> bytes:
        """The body as the source has it."""
        return self.body if self.raw is None else self.raw

    def at(self, key: str) -> Place:
        """Return the place of one of the keys, or of the task where it has none."""
        return self.place._replace(line=self.lines[key]) if key in self.lines else self.place

    def at_text(self, line: int) -> Place:
        """Return the place of a line of the body, from 0; that of the task if others are in its file."""
        return self.place._replace(line=self.body_line + line) if self.lines else self.place


class Setting(NamedTuple):
    """A table of tasks.toml that comes from a source's configuration: its path, its keys.

    `name` is what the source calls it, such as `scopes`.
    """

    name: str
    path: tuple[str, ...]
    values: Mapping[str, Any] = {}


@dataclass
class Reading:
    """What a source holds: its tasks in their order, what is wrong with it, and what it configures.

    `declared` are words of a row that the source's configuration names, `settings` what becomes a table of
    tasks.toml, `idle` keys of the configuration that have no place here.
    """

    tasks: list[ForeignTask] = field(default_factory=list)
    findings: list[SourceFinding] = field(default_factory=list)
    declared: dict[str, list[str]] = field(default_factory=dict)
    settings: list[Setting] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)

    def report(self, place: Place, code: str, message: str, *, is_error: bool = True) -> None:
        """Add a finding."""
        self.findings.append(SourceFinding(place, code, "error" if is_error else "warning", message))


class Care(NamedTuple):
    """What a migration may make of files that are not as they should be, or not as this project has them.

    With `repair` it reads what is known to be broken in such sources as it was meant, with `loose` files
    without frontmatter by what they say in bold before their sections. The others make bodies that are not
    byte for byte those of the source: with `headings` sections get the names of this project's, with
    `references` old ids in texts become ids of here, with `markers` the tool's comments are dropped.
    """

    repair: bool = False
    loose: bool = False
    headings: bool = False
    references: bool = False
    markers: bool = False


STRICT = Care()


class Source(NamedTuple):
    """A kind of source: its name on command lines and in keys, its tool, its table, and its functions.

    `finds` returns whether a directory or file looks like one; `read` reads it, with some care. `parse`
    reads the text of a source that another program printed, given the name that findings have for it.
    `drop_markers` drops the comments that the tool writes into texts, if it writes any.
    """

    name: str
    tool: str
    rows: Mapping[str, Row]
    finds: Callable[[Path], bool]
    read: Callable[[Path, Care], Reading]
    parse: Callable[[str, str], Reading] | None = None
    drop_markers: Callable[[str], tuple[str, list[Dropped]]] | None = None
