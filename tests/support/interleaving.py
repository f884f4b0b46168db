"""A command that stops before each of its steps in turn, while another runs from beginning to end."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

from support.file_steps import fork_at
from support.in_process import call
from support.project import Done, Project


def stop_at(
    step: int, argv: list[str], place: Path, project: Project, meanwhile: Callable[[], object]
) -> Done | None:
    """Run a command in a forked child; before its n-th step below a place it stops until `meanwhile` is over.

    Steps are changes and looks. Gives what the command left, or None where it has fewer steps.
    """
    with tempfile.TemporaryFile("w+") as told:

        def work() -> None:
            done = call(project, *argv)
            json.dump([done.code, done.out, done.err], told)
            told.flush()

        child = fork_at(step, signal.SIGSTOP, work, place, looks=True)
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            assert os.waitstatus_to_exitcode(status) == 0, "the command failed"
            return None
        try:
            meanwhile()
        finally:
            os.kill(child, signal.SIGCONT)
            _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0, "the command failed"
        told.seek(0)
        return Done(*json.load(told))
