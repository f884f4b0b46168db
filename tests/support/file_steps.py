"""The steps of work in a project: what it asks of the file system there, counted as it does so."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_CHANGES = frozenset({"open", "os.rename", "os.remove", "os.link", "os.mkdir"})
_LOOKS = frozenset({"os.listdir", "os.scandir"})


def fork_at(
    step: int,
    number: signal.Signals,
    work: Callable[[], object],
    place: Path,
    *,
    looks: bool = False,
    elsewhere: frozenset[str] = frozenset(),
    counted: int | None = None,
) -> int:
    """Run work in a forked child that sends itself a signal before its n-th step below a place.

    Steps are changes, and with `looks` what is asked of the file system besides; the events `elsewhere` are
    steps whatever their path. Gives the child's number; it exits with 0 unless the work fails. How many steps
    there were is written to the descriptor `counted`.
    """
    child = os.fork()
    if child == 0:
        try:
            act = lambda: os.kill(os.getpid(), number)  # noqa: E731 (its name says what it is for)
            steps = _watch(step, act, place, looks=looks, elsewhere=elsewhere)
            work()
            if counted is not None:
                os.write(counted, str(steps()).encode())
            os._exit(0)
        finally:
            os._exit(1)
    return child


def _watch(
    step: int, act: Callable[[], object], place: Path, *, looks: bool, elsewhere: frozenset[str]
) -> Callable[[], int]:
    """From now on, act before the n-th step; the function given returns how many there have been.

    Python tells its audit hooks, which stay, of every call that opens, renames, removes or lists a file, but
    not of syncs, nor of looks at what a file is.
    """
    events, left = _CHANGES | _LOOKS if looks else _CHANGES, step

    def note(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in elsewhere or (event in events and _path(arguments).startswith(str(place))):
            left -= 1
            if left == 0:
                act()

    sync, look = os.fsync, os.stat

    def fsync(descriptor: int) -> None:
        note("open", (str(place),))
        sync(descriptor)

    def stat(path: int | str | bytes | os.PathLike[str], **options: bool) -> os.stat_result:
        note("open", (path,))
        return look(path, **options)

    os.fsync = fsync  # type: ignore[assignment]
    if looks:
        os.stat = stat  # type: ignore[assignment]
    sys.addaudithook(note)
    return lambda: step - left


def _path(arguments: tuple[object, ...]) -> str:
    first = arguments[0]
    return os.fsdecode(first) if isinstance(first, (str, bytes, os.PathLike)) else ""
