"""Work that is killed at each of its steps in turn: before every change that it makes to the file system."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from itertools import count

from support.file_steps import fork_at
from support.project import Project

Tree = dict[str, bytes]


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


def clear(project: Project) -> None:
    """Make the project empty again."""
    for directory in (project.root / "tasks", project.root / ".git/tasks"):
        shutil.rmtree(directory, ignore_errors=True)
    (project.root / "tasks/10-ready").mkdir(parents=True)


def pending(project: Project) -> list[str]:
    """What is left of commands that were cut short."""
    return [file.name for file in (project.root / ".git/tasks/pending").glob("*")]


def kill_everywhere(
    project: Project,
    arrange: Callable[[], object],
    work: Callable[[], object],
    repair: Callable[[int], object],
) -> tuple[int, int]:
    """Kill work at each step; after a repair all is as before or as after it, with nothing left over.

    Gives how often it was taken back and how often it was found whole.
    """
    back = whole = 0
    after: Tree | None = None
    for step in count(1):
        clear(project)
        arrange()
        before = project.tree()
        if after is None:
            assert not kill_at(0, work, project)
            after = project.tree()
            assert after != before
            continue
        if not kill_at(step - 1, work, project):
            return back, whole
        repair(step)
        found = project.tree()
        assert found in (before, after), f"killed at step {step - 1}: {sorted(found)}"
        back, whole = back + (found == before), whole + (found == after)
        assert not pending(project)
    raise AssertionError("unreachable")
