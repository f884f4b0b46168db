"""Commands whose standard output is a terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess

from support.forked import Forked, can_fork
from support.processes import launch
from support.project import SCRIPT, Project


def on_pty(project: Project, *argv: str, env: dict[str, str], columns: int = 0) -> str:
    """Run a command with its standard output on a pseudo-terminal; gives what the terminal got."""
    ours, theirs = pty.openpty()
    if columns:
        env = env | {"COLUMNS": str(columns)}
    environment = project.environment(env)
    streams = {"stdin": subprocess.DEVNULL, "stdout": theirs, "stderr": subprocess.DEVNULL}
    process: subprocess.Popen[bytes] | Forked
    if can_fork(environment):
        process = Forked(argv, cwd=project.root, env=environment, **streams)
    else:
        process = launch([*SCRIPT, *argv], cwd=project.root, env=environment, **streams)
    os.close(theirs)
    got = b""
    while select.select([ours], [], [], 30)[0]:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so when the other side has closed
            break
        if not part:
            break
        got += part
    os.close(ours)
    process.wait(timeout=30)
    return got.decode().replace("\r\n", "\n")
