"""Work that stops before each of its steps in turn, while other work runs from beginning to end."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.file_steps import fork_at
from support.in_process import call
from support.project import Done, Project

_ELSEWHERE = frozenset({"subprocess.Popen", "fcntl.flock"})


def stop_at(
    step: int, argv: list[str], place: Path, project: Project, meanwhile: Callable[[], object]
) -> Done | None:
    """Run a command as `stop_work_at` runs work. Gives what it left, or None where it has fewer steps."""

    def work() -> list[object]:
        done = call(project, *argv)
        return [done.code, done.out, done.err]

    found = stop_work_at(step, work, place, meanwhile)
    return None if found is None else Done(*found)


def stop_work_at(
    step: int, work: Callable[[], list[object]], place: Path, meanwhile: Callable[[], object]
) -> list[Any] | None:
    """Do work in a forked child; before its n-th step below a place it stops until `meanwhile` is over.

    Steps are changes and looks; locks, and programs that it starts, wherever they are. Gives what the work
    gave, as JSON has it, or None where it has fewer steps.
    """
    with tempfile.TemporaryFile("w+") as told:

        def tell() -> None:
            json.dump(work(), told)
            told.flush()

        child = fork_at(step, signal.SIGSTOP, tell, place, looks=True, elsewhere=_ELSEWHERE)
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            assert os.waitstatus_to_exitcode(status) == 0, "the work failed"
            return None
        try:
            meanwhile()
        finally:
            os.kill(child, signal.SIGCONT)
            _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0, "the work failed"
        told.seek(0)
        found: list[Any] = json.load(told)
        return found
