"""A project that is measured: what is done to it between two runs, itself unmeasured."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from measure import run

from taskfiles.task.names import CONFIG_PATH

_RACY = 2.1  # seconds; the index remembers no file that is younger than two
_ODD = "x_odd: &odd one\n"  # an anchor, which the plain reader leaves to ruamel.yaml
_LABELS = ("backend", "frontend", "docs", "perf", "ux")  # those of corpus.py, a large import
_WORDINGS = ("do what it should", "do all that it should")
HERE = Path(__file__).parent


class Subject:
    """A generated project of `size` tasks, with one task each for editing by hand, changing and showing."""

    def __init__(self, size: int, directory: Path, layout: str = "flat") -> None:
        self.size, self.directory = size, directory
        # In a process of its own, for what this one needs at most counts as every child's peak.
        run(sys.executable, HERE / "corpus.py", str(size), directory, layout)
        run("git", "init", "-q", directory)
        # Names are text here: 100,000 paths would make this process large.
        tasks = directory / "tasks"
        done, ready = (tasks, tasks) if layout == "flat" else (tasks / "30-done", tasks / "10-ready")
        self._edited = find_in_state("done", done, sorted(os.listdir(done)))
        self.shown = id_of(find_in_state("done", done, sorted(os.listdir(done), reverse=True)).name)
        self._changed = find_in_state("ready", ready, sorted(os.listdir(ready)))
        self.changed = id_of(self._changed.name)
        self._first = self._changed.read_bytes()
        self._edits = 0
        self._touched = time.monotonic()

    def settle(self) -> None:
        """Wait until the index may remember every file."""
        time.sleep(max(0.0, self._touched + _RACY - time.monotonic()))

    def forget(self) -> None:
        """Remove the index, and the log of what was planned: `export` writes that too."""
        shutil.rmtree(self.directory / ".git" / "tasks", ignore_errors=True)

    def edit(self) -> None:
        """Change the title of a done task with an attempt, in place, as an editor does."""
        old, new = _WORDINGS[self._edits % 2], _WORDINGS[(self._edits + 1) % 2]
        text = self._edited.read_text(encoding="utf-8").replace(_ODD, "")
        assert old in text
        self._write_edited(text.replace(old, new))
        self._edits += 1
        self.touch()

    def edit_oddly(self) -> None:
        """Change the same file, which then has what only ruamel.yaml reads until it is edited again."""
        self.edit()
        text = self._edited.read_text(encoding="utf-8")
        self._write_edited(text.replace("kind: task\n", f"kind: task\n{_ODD}", 1))

    def _write_edited(self, text: str) -> None:
        self._edited.write_text(text, encoding="utf-8")

    def restore(self) -> None:
        """Give the task that commands change its first content, so that each run changes as much."""
        self._changed.write_bytes(self._first)
        self.touch()

    def declare(self) -> None:
        """Declare every label of the corpus in tasks.toml, as a project does that wants no others."""
        with (self.directory / CONFIG_PATH).open("a", encoding="utf-8") as file:
            file.writelines(f"\n[labels.{label}]\ndescription = 'Of {label}'\n" for label in _LABELS)
        self.touch()

    def retract(self) -> None:
        """Declare no label any more."""
        config = self.directory / CONFIG_PATH
        text = config.read_text(encoding="utf-8").partition("\n[labels")[0]
        config.write_text(text, encoding="utf-8")
        self.touch()

    def touch(self) -> None:
        """Note that a file has just been written."""
        self._touched = time.monotonic()


def find_in_state(state: str, directory: Path, names: Iterable[str]) -> Path:
    """Return the first of a directory's task files, in the order of their names, whose task has a state."""
    files = (directory / name for name in names if name.endswith(".md"))
    return next(file for file in files if f"\nstate: {state}\n" in file.read_text(encoding="utf-8"))


def id_of(name: str) -> str:
    """Return the id in a file name that the corpus made: `task-N.md`, or `DAY task-task-N.md`."""
    return name.removesuffix(".md").rpartition("task-")[1] + name.removesuffix(".md").rpartition("task-")[2]
