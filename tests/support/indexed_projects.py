"""Projects whose files are old enough to be remembered; answers compared with those of the slow way."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from support.in_process import call
from support.project import Done, Project
from support.slow_path import slow_path
from taskfiles.store.location import index_directory
from taskfiles.task.remembered import RACY_NS

LIST = ("list", "--output", "json")
READY = ("list", "--state", "ready", "--output", "json")
LONG_WAY = "taskfiles_cli.main"  # imported by all but the list that comes from the index alone
PROJECTS = 160

_TRACED = """
import atexit, os, sys
from taskfiles_cli.entry import run
atexit.register(lambda: os.write(int(os.environ["TELL"]), " ".join(sys.modules).encode()))
run()
"""


class Shelf:
    """Projects made at once and handed out one by one.

    A file changed within the last two seconds is never remembered, and nobody can set the time at which a
    file changed (its ctime). So all projects are made first, and the first test that takes one waits until
    they are old enough. Renaming a directory leaves the times of the files in it as they are: that is how
    a project gets to its test, and how an old file comes to be in another's place.
    """

    def __init__(self, directory: Path) -> None:
        template = _make(directory / "template")
        self._free = [directory / str(number) for number in range(PROJECTS)]
        for place in self._free:
            shutil.copytree(template, place, symlinks=True, copy_function=shutil.copy)
        self._old_at = time.time_ns() + RACY_NS + 50_000_000

    def take(self, place: Path) -> Project:
        """Move a project with only old files to a place."""
        while (left := self._old_at - time.time_ns()) > 0:
            select.select([], [], [], left / 1e9)
        self._free.pop().rename(place)
        return Project(place)


def _make(place: Path) -> Path:
    project = Project(place)
    for task_id in ("alpha", "beta", "gamma"):
        project.task(task_id, priority="low")
    project.task("shipped", state="done")
    project.task("someday", state="idea")
    project.task("begun", state="in-progress", extra="x_map: {'a': 1}\n")  # only ruamel.yaml reads this
    project.write("tasks/README.md", "# About\n")
    project.write("tasks/10-ready/notes.txt", "no task\n")
    project.write("tasks/10-ready/.task-hidden.md", "---\nid: hidden\n---\n")
    # Another `10-ready`: `alpha` differs without being longer or shorter, `beta` is gone, `delta` is new.
    shutil.copytree(place / "tasks/10-ready", place / "aside/10-ready")
    alpha = place / "aside/10-ready/task-alpha.md"
    alpha.write_bytes(alpha.read_bytes().replace(b"Title", b"TITLE"))
    (place / "aside/10-ready/task-beta.md").unlink()
    delta = project.task("delta")
    delta.rename(place / "aside/10-ready" / delta.name)
    # And two with one file each: unfinished, and closed to all without special rights.
    for name, data, mode in (("broken", b"---\nid: alpha\n", 0o644), ("closed", alpha.read_bytes(), 0)):
        file = project.write(f"aside/{name}/task-alpha.md", data)
        file.chmod(mode)
    # And a whole `tasks` of the other layout, with a task of no text, which has its id from its name.
    project.write("aside/flat/tasks.toml", 'format = 1\nlayout = "flat"\n')
    for path, task_id in {"alpha": "alpha", "beta": "beta", "web/gamma": "gamma"}.items():
        project.write(f"aside/flat/{path}.md", (place / f"tasks/10-ready/task-{task_id}.md").read_bytes())
    project.write("aside/flat/omega.md", "")
    project.git("init", "-q", "-b", "main", "--template=")
    return place


def swap(first: Path, second: Path) -> None:
    """Exchange two names."""
    between = first.with_name(".between")
    first.rename(between)
    second.rename(first)
    between.rename(second)


def index_of(project: Project, git_dir: Path | None = None) -> Path:
    """Give the directory of a project's index."""
    found = index_directory(os.path.realpath(project.root), str(git_dir or project.root / ".git"), None)
    assert found is not None
    return Path(found)


class Traced(NamedTuple):
    """What a process did and imported."""

    done: Done
    modules: frozenset[str]

    @property
    def is_fast(self) -> bool:
        """Whether the answer came from the index alone."""
        return LONG_WAY not in self.modules


_SLOW = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from support.slow_path import slow_path
way = slow_path()
way.__enter__()
"""


def trace(
    project: Project,
    *argv: str,
    slow: bool = False,
    cwd: Path | None = None,
    before: Callable[[], None] | None = None,
    wrapper: Sequence[str] = (),
) -> Traced:
    """Run `tasks` as a process of its own and tell what it imported; a hang is an error."""
    code = [_SLOW + _TRACED, str(Path(__file__).parents[1])] if slow else [_TRACED]
    reader, writer = os.pipe()
    with open(reader, "rb") as told:
        try:
            done = subprocess.run(
                [*wrapper, sys.executable, "-c", *code, *argv],
                cwd=cwd or project.root,
                env=project.environment({"TELL": str(writer)}),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                pass_fds=[writer],
                preexec_fn=before,
                timeout=30,
                check=False,
            )
        finally:
            os.close(writer)
        modules = frozenset(told.read().decode().split())
    assert modules, done.stderr
    return Traced(Done(done.returncode, done.stdout.decode(), done.stderr.decode()), modules)


def answer(project: Project, *argv: str, slow: bool, cwd: Path | None = None) -> Done:
    """Run a command in this process, as it is or on the slow way."""
    with slow_path() if slow else contextlib.nullcontext():
        return call(project, *argv, cwd=cwd)


def remember(project: Project) -> None:
    """Let the index be made, and see that it is used."""
    answer(project, *LIST, slow=False)
    assert same(project, fast=True).code == 0


def same(project: Project, *, fast: bool | None = None, cwd: Path | None = None) -> Done:
    """Compare answers with those of the slow way, byte by byte; gives that of the whole list.

    `fast` tells whether the index alone must or must not have been enough. The plain answers are given
    in this process, which is quicker; those compared with them by processes of their own.
    """
    done = Done(0, "", "")
    for argv in (READY, LIST):
        plain = answer(project, *argv, slow=True, cwd=cwd)
        done, modules = found = trace(project, *argv, cwd=cwd)
        assert done == plain
        assert fast is None or found.is_fast is fast
        assert modules
    for argv in (("list", "--strict", "--search", "TITLE"), ("validate", "--output", "jsonl")):
        plain = answer(project, *argv, slow=True, cwd=cwd)
        assert answer(project, *argv, slow=False, cwd=cwd) == plain
    return done
