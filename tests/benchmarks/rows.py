"""What is measured, in which order, and the state that each row finds the project in."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from measure import measure
from subject import HERE, Subject

LIST = ("list", "--state", "done", "--output", "json")
VALIDATE = ("validate", "--output", "json")
RECORD = ("--status", "failed", "--tool", "t", "--duration-seconds", "5", "--output", "json")
PASS = "pass"
# What is typed before TAB.
TABS = {
    "TAB id": "tasks show task-12",
    "TAB option": "tasks list --",
    "TAB label": "tasks list --label u",
    "TAB state": "tasks move task-12 ",
}


def press_tab(tasks: Path, line: str) -> list[str | Path]:
    """Return the command with which bash asks how a line goes on."""
    words = line.split(" ")
    asked = {
        "_TASKS_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join(words),
        "COMP_CWORD": f"{len(words) - 1}",
    }
    return [shutil.which("env") or "env", *(f"{key}={value}" for key, value in asked.items()), tasks]


def nothing() -> None:
    """Prepare nothing."""


class Row(NamedTuple):
    """A command with the directory it runs in, and what is done, unmeasured, before each run.

    `size` is the number of tasks, 0 where it does not matter.
    """

    name: str
    size: int
    command: Sequence[str | Path]
    directory: Path
    before: Callable[[], None] = nothing


class Stage(NamedTuple):
    """Rows that are measured in turn; with `again` several times in each round, being cheap."""

    rows: Sequence[Row]
    before: Callable[[], None] = nothing
    again: bool = False


class Bench:
    """The rows of one project, each stage leaving what the next one needs."""

    def __init__(self, programs: Path, subject: Subject) -> None:
        self.programs, self.subject = programs, subject
        subject.settle()
        self._written = measure([self._tasks, *LIST], subject.directory).written

    @property
    def _tasks(self) -> Path:
        return self.programs / "tasks"

    def row(self, name: str, *words: str, before: Callable[[], None] = nothing, sized: bool = True) -> Row:
        """Make a row of a command line of `tasks`."""
        size = self.subject.size if sized else 0
        return Row(name, size, [self._tasks, *words], self.subject.directory, before)

    def python(self, name: str, *words: str | Path, sized: bool = True) -> Row:
        """Make a row of a command line of the same interpreter."""
        size = self.subject.size if sized else 0
        return Row(name, size, [self.programs / "python", *words], self.subject.directory)

    def stages(self) -> list[Stage]:
        """Give the stages of one round."""
        subject = self.subject
        bare = self.python(PASS, "-c", "pass", sized=False)
        floor = self.python("floor", HERE / "floor.py", str(self._written))
        scan = self.python("scan", HERE / "floor.py", "0")

        def fresh() -> None:
            subject.retract()
            subject.settle()
            subject.forget()

        def declare() -> None:
            subject.restore()
            subject.declare()
            subject.settle()
            measure([self._tasks, *LIST], subject.directory)
            measure([self._tasks, "show", subject.shown], subject.directory)  # which remembers settings

        def remember() -> None:
            subject.edit()  # in the plain form again
            subject.settle()
            measure([self._tasks, *LIST], subject.directory)

        update = ("update", subject.changed, "--meta", "size=xl", "--output", "json")

        def replace() -> None:
            subject.restore()
            measure([self._tasks, *update], subject.directory)

        changes = [
            self.row("show", "show", subject.shown, "--output", "json"),
            self.row("update", *update, before=subject.restore),
            self.row("record", "record", subject.changed, *RECORD, before=subject.restore),
        ]
        words = ("record", subject.changed, *RECORD)
        declared = self.row("record, labels declared", *words, before=subject.restore)
        graph = self.row("next", "next", "--output", "json")
        starts = [
            self.row(name, *name.split(), sized=False) for name in ("--version", "--help", "list --help")
        ]
        tabs = [
            Row(name, subject.size, press_tab(self._tasks, line), subject.directory)
            for name, line in TABS.items()
        ]
        return [
            Stage([bare, floor, scan]),
            Stage([self.row("list, no index", *LIST)], before=fresh),
            Stage([bare, floor, self.row("list, warm", *LIST)], again=True),
            Stage([floor, self.row("list, one edited", *LIST, before=subject.edit)], again=True),
            Stage([floor, self.row("list, one needs ruamel", *LIST, before=subject.edit_oddly)], again=True),
            Stage([floor, self.row("list, edit remembered", *LIST)], before=remember, again=True),
            Stage([floor, self.row("list, one updated", *LIST, before=replace)], again=True),
            Stage([self.row("validate, no index", *VALIDATE)], before=fresh),
            Stage([bare, scan, self.row("validate, warm", *VALIDATE), graph], again=True),
            Stage([bare, scan, *changes, *starts, *tabs], again=True),
            Stage([bare, scan, declared], before=declare, again=True),
        ]


def peer_row(text: str, directory: Path) -> Row:
    """Make a row of "NAME=COMMAND LINE", run in a directory that is there."""
    name, _, line = text.partition("=")
    return Row(name, 0, shlex.split(line), directory)
