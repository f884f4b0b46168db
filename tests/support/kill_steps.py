"""Work that is killed at each of its steps in turn: before every change that it makes to the file system."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from itertools import count

from support.effort import Effort, spread
from support.file_steps import fork_at
from support.layouts import make_project
from support.project import Project
from taskfiles import Store

Tree = dict[str, bytes]
FEW = 9  # steps of a command in the short profile


def kill_at(
    step: int, work: Callable[[], object], project: Project, *, elsewhere: frozenset[str] = frozenset()
) -> bool:
    """Run work in a forked child that kills itself before its n-th step in a project; tells whether it did.

    Steps are changes (see `fork_at`); the events `elsewhere` are steps whatever their path.
    """
    child = fork_at(step, signal.SIGKILL, work, project.root, elsewhere=elsewhere)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0, "the work failed"
    return False


def count_steps(work: Callable[[], object], project: Project) -> int:
    """Run work in a forked child and return its number of steps in a project."""
    told, tell = os.pipe()
    child = fork_at(0, signal.SIGKILL, work, project.root, counted=tell)
    os.close(tell)
    with os.fdopen(told) as file:
        steps = file.read()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, "the work failed"
    return int(steps)


def clear(project: Project, layout: str | None = None) -> None:
    """Make the project empty again, of a layout; by default the one that it has."""
    layout = layout or project.layout
    for directory in (project.root / "tasks", project.root / ".git/tasks"):
        shutil.rmtree(directory, ignore_errors=True)
    make_project(project.root, layout)


def pending(project: Project) -> list[str]:
    """What is left of commands that were cut short."""
    return [file.name for file in (project.root / ".git/tasks/pending").glob("*")]


def kill_everywhere(
    project: Project,
    effort: Effort,
    arrange: Callable[[], object],
    work: Callable[[], object],
    repair: Callable[[int], object],
) -> tuple[int, int]:
    """Kill work at each step; after a repair all is as before or as after it, with nothing left over.

    Gives after how many steps it was undone, and after how many it was found whole. In the short profile
    a few steps are taken, the first and the last among them, and each counts for those beside it.
    """
    layout = project.layout
    clear(project, layout)
    arrange()
    before = project.tree()
    steps = range(1, count_steps(work, project) + 1)
    after = project.tree()
    assert after != before
    taken = spread(steps, FEW)
    back = whole = 0
    for step in effort.pick(short=taken, deep=count(1)):
        clear(project, layout)
        arrange()
        before = project.tree()
        if not kill_at(step, work, project):
            break
        repair(step)
        with Store(project.root).locks.store():  # whoever holds it removes temporary files left behind
            found = project.tree()
        assert found in (before, after), f"killed at step {step}: {sorted(found)}"
        back, whole = back + (found == before), whole + (found == after)
        assert not pending(project)
    share = effort.pick(short=len(steps) / len(taken), deep=1.0)
    return round(back * share), round(whole * share)
