"""Processes that may do less than the tests themselves: no special rights, few files, little memory."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from support.forked import Forked, can_fork
from support.project import SCRIPT, Done, Project

_CAPBSET_DROP = 24
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2
MEMORY = 1 << 30
CAPPED = f"""
import resource, sys
from taskfiles_cli.entry import run
if sys.platform == "linux":
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
run()
"""


def give_up_rights() -> None:
    """Let permission bits bind root too, from the next exec on.

    A change of user would do as well, but such a user often can't reach the interpreter.
    """
    if os.geteuid() == 0 and sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for capability in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
            libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0)


def rights_can_be_given_up(scratch: Path) -> bool:
    """Tell whether a process without rights really is refused what the bits refuse."""
    closed = scratch / "closed"
    closed.mkdir(mode=0o555)
    code = f"open({str(closed / 'file')!r}, 'w')"
    done = subprocess.run(
        [sys.executable, "-c", code], preexec_fn=give_up_rights, capture_output=True, check=False
    )
    return done.returncode != 0


def set_writable(directory: Path, writable: bool) -> None:
    """Set or take the permission to write a directory and all below it."""
    for path in (directory, *directory.rglob("*")):
        executable = 0o111 if path.is_dir() else 0
        path.chmod((0o644 if writable else 0o444) | executable)


def cap_memory() -> None:
    """Bound the memory of a process."""
    if sys.platform == "linux":  # elsewhere the limit is refused or means nothing
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run_limited(
    project: Project,
    *argv: str,
    before: Callable[[], None],
    command: Sequence[str] = SCRIPT,
    stdin: bytes = b"",
    timeout: float = 60,
) -> Done:
    """Run `tasks` (or another command) after `before` has limited its process; a hang is an error."""
    environment = project.environment(None)
    if before is cap_memory and command is SCRIPT and can_fork(environment):
        forked = Forked(argv, cwd=project.root, env=environment, code=CAPPED)
        try:
            out, err = forked.communicate(stdin, timeout)
        finally:
            forked.kill()
        return Done(forked.wait(), out.decode(errors="replace"), err.decode(errors="replace"))
    done = subprocess.run(
        [*command, *argv],
        cwd=project.root,
        input=stdin,
        capture_output=True,
        env=environment,
        preexec_fn=before,
        timeout=timeout,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
