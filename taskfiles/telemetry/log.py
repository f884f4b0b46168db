"""The log of events in a clone: a file for each day and host, whole lines only.

It lies in the git directory that all worktrees share, never in the work tree, and is written only: no
command reads it to decide anything.
"""

from __future__ import annotations

import os
import stat

from taskfiles.store.shared import make_directories, share

TYPE_CHECKING = False  # as in `taskfiles.store.location`
if TYPE_CHECKING:
    from collections.abc import Sequence

_PLACE = os.path.join("telemetry", "v1")
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")


def directory_of(state: str) -> str:
    """Return the directory of the log below a clone's state directory."""
    return os.path.join(state, _PLACE)


def file_of(directory: str, day: str, host: str) -> str:
    """Return the file of a day (`2026-11-21`, in UTC) and a host."""
    name = "".join(char if char in _SAFE else "_" for char in host).lstrip(".") or "host"
    return os.path.join(directory, f"dt={day}", f"{name}.jsonl")


def append(path: str, lines: Sequence[bytes]) -> None:
    """Add lines to a file of the log, each in one write, so that no other process's comes between.

    Where the file ends in a line that was torn, that line is ended first. Raises OSError, also for
    what is no regular file, and then some of the lines may be there.
    """
    try:
        descriptor = os.open(path, _FLAGS, 0o666)
    except FileNotFoundError:
        make_directories(os.path.dirname(path))
        descriptor = os.open(path, _FLAGS, 0o666)
    try:
        share(descriptor, path)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is not a regular file", path)
        torn = status.st_size > 0 and not _ends_line(path, status.st_size)
        for line in lines:
            whole = b"\n" + line if torn else line
            if os.write(descriptor, whole) != len(whole):
                raise OSError(0, "it could be written in part only", path)
            torn = False
    finally:
        os.close(descriptor)


def _ends_line(path: str, size: int) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        return os.pread(descriptor, 1, size - 1) == b"\n"
    finally:
        os.close(descriptor)
