"""Commands in which one call of the system fails, or between two of which a signal comes."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from support.in_process import call
from support.project import Done, Project
from taskfiles_cli.command import signals

_EVENTS = frozenset(
    {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.listdir", "os.scandir", "os.chmod"}
)


class Ended(NamedTuple):
    """How a command ended: what it left, None where SIGKILL ended it; whether its step was reached."""

    done: Done | None
    reached: bool


def run_failing(project: Project, argv: tuple[str, ...], step: int, act: Callable[[], object]) -> Ended:
    """Run a command in a forked child in which something happens before its n-th step in the project.

    Steps are calls of the system on files below the root: opening, renaming, removing, linking, listing,
    syncing, writing, locking and looking.
    """
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(told)
            signals.heed()
            steps = _watch(step, act, project.root)
            done = call(project, *argv)
            left = steps()
            with os.fdopen(tell, "w") as file:
                json.dump([done.code, done.out, done.err, left <= 0], file)
            code = 0
        finally:
            os._exit(code)
    os.close(tell)
    with os.fdopen(told) as file:
        text = file.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, status
        return Ended(None, True)
    assert text, "the command did not end by itself"
    code, out, err, reached = json.loads(text)
    return Ended(Done(code, out, err), reached)


def failing(number: int) -> Callable[[], object]:
    """Fail as the system does."""

    def act() -> object:
        raise OSError(number, os.strerror(number))

    return act


def signalling(number: signal.Signals) -> Callable[[], object]:
    """Send the process a signal."""
    return lambda: os.kill(os.getpid(), number)


def _watch(step: int, act: Callable[[], object], place: Path) -> Callable[[], int]:
    left = step
    inside = str(place)

    def note(path: object) -> None:
        nonlocal left
        if isinstance(path, (str, bytes, os.PathLike)) and os.fsdecode(path).startswith(inside):
            left -= 1
            if left == 0:
                act()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS:
            note(arguments[0])

    def named(function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of a descriptor, noted by the path that is open under it."""

        def noted(descriptor: int, *arguments: Any) -> Any:
            try:
                path = os.readlink(f"/proc/self/fd/{descriptor}")
            except OSError:
                path = ""
            note(path)
            return function(descriptor, *arguments)

        return noted

    for name in ("fsync", "write", "pwrite", "fchmod"):
        setattr(os, name, named(getattr(os, name)))
    fcntl.flock = named(fcntl.flock)
    look = os.stat

    def stat(path: Any, **options: Any) -> os.stat_result:
        note(path)
        return look(path, **options)

    os.stat = stat  # type: ignore[assignment]
    sys.addaudithook(hook)
    return lambda: left
