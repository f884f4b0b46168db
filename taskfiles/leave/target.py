"""A tool that tasks are written for, and a task as that tool has it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from taskfiles.migrate.foreign import Source
from taskfiles.migrate.rows import fold
from taskfiles.task.task import Task
from taskfiles.text.nodes import Value

Namer = Callable[[Task, bool], str]  # an id for a task, given whether others name it
Precision = Literal["second", "minute", "day"]


@dataclass
class Item:
    """A task as another tool has it.

    `old_id` is its id there, `state` the tool's own folded word. `keys` are the source table's keys that
    have a value; `own` are keys that came from this tool and had no place here. `parent`, `children` and
    `waits` name other tasks by their ids there; `kept` are the relations among `own`, by our names. `body` is
    the text that its file gets.
    """

    task: Task
    old_id: str
    state: str
    keys: dict[str, Value] = field(default_factory=dict)
    own: dict[str, Value] = field(default_factory=dict)
    parent: str | None = None
    children: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    kept: dict[str, list[str]] = field(default_factory=dict)
    body: bytes = b""

    @property
    def title(self) -> str:
        """The title."""
        return str(self.task.values.get("title", ""))

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 in it can't be in a JSON file."""
        return self.body.decode(errors="replace")


class Leaving(NamedTuple):
    """All tasks as another tool has them, parents before their children, and the project's name."""

    items: Sequence[Item]
    project: str


def spell_plainly(word: str) -> Value:
    """Return a folded word as it is."""
    return word


def fits_always(task: Task, old_id: str, is_named: bool) -> bool:  # noqa: ARG001 (todo.txt looks)
    """Return whether a task can keep the id that it came with."""
    return True


def remember_none(task: Task) -> str | None:  # noqa: ARG001 (GitHub's links say more)
    """Return the id there that a task has by what it says otherwise."""
    return None


def keep_ids(kept: Collection[str]) -> Namer:  # noqa: ARG001 (other tools number)
    """Return what gives a task the id that it has here."""
    return lambda task, _: task.id


class Target(NamedTuple):
    """A tool that tasks can be written for.

    `source` reads what `write` writes, so both have one table; `place` is what is migrated from, below the
    directory. `spell` returns a folded word as the tool writes it, `only` the words that it knows where the
    source's table has more, by the row's name. `prints` formats an instant or a day. `names` returns, given
    the folded ids that tasks keep, what gives an id to one that has none of this tool yet, or none that it
    can keep (`fits`, which gets to know whether others name the task); `remembers` returns one that it has
    by other means than a migration. `single` are rows of names that hold one text. `headings` are the tool's
    names of our sections. `renames` says that a task has another id there than here.
    """

    source: Source
    write: Callable[[Leaving], dict[str, bytes]]
    prints: Callable[[str], str]
    precision: Precision = "second"
    place: str = ""
    spell: Callable[[str], Value] = spell_plainly
    only: Mapping[str, Sequence[str]] = {}
    names: Callable[[Collection[str]], Namer] = keep_ids
    fits: Callable[[Task, str, bool], bool] = fits_always
    remembers: Callable[[Task], str | None] = remember_none
    single: Collection[str] = ()
    headings: Mapping[str, str] = {}
    renames: bool = True

    @property
    def state_row(self) -> str:
        """The name of the row that holds the state."""
        return next(name for name, row in self.source.rows.items() if row.ours == "state")

    def knows(self, name: str, word: str) -> bool:
        """Return whether a row has a folded word."""
        return fold(word) in (self.only.get(name) or self.source.rows[name].words)
