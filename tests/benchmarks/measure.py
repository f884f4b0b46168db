"""One run of a command: CPU time, peak memory, bytes written."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_PIECE = 1 << 16
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
_MIB = 1 << 20


class Measured(NamedTuple):
    """CPU seconds (user and system), peak memory in MiB, and the number of bytes on standard output."""

    seconds: float
    mib: float
    written: int


def measure(command: Sequence[str | Path], directory: Path) -> Measured:
    """Run a command that must succeed. Raises CalledProcessError with its standard error.

    Linux counts the memory of the process that starts a command as a least peak of the command's own, so
    this process must stay small: the answer is counted in pieces and not kept.
    """
    with tempfile.TemporaryFile() as errors:  # no terminal: a progress bar would be measured too
        child = subprocess.Popen(
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_PLAIN,
        )
        assert child.stdout is not None
        written = 0
        with child.stdout:
            while piece := child.stdout.read1(_PIECE):  # type: ignore[attr-defined]  # it is buffered
                written += len(piece)
        _, status, usage = os.wait4(child.pid, 0)  # of this child alone, unlike RUSAGE_CHILDREN
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            errors.seek(0)
            raise subprocess.CalledProcessError(child.returncode, command, stderr=errors.read().decode())
    return Measured(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_UNIT / _MIB, written)


def run(*command: str | Path) -> None:
    """Run a command that must succeed, without its output and not measured."""
    measure(command, Path.cwd())


# Nothing that slows the interpreter down, and nothing that the environment says to `tasks`.
_PLAIN = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "TASKS_"))}
