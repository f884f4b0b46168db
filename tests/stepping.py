"""The steps of work in a project: what it asks of the file system there, counted as it does so."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

CHANGES = frozenset({"open", "os.rename", "os.remove", "os.link", "os.mkdir"})
LOOKS = frozenset({"os.listdir", "os.scandir"})


def before_step(
    step: int,
    act: Callable[[], object],
    place: Path,
    *,
    events: frozenset[str] = CHANGES,
    elsewhere: frozenset[str] = frozenset(),
    stats: bool = False,
) -> None:
    """From now on, act before the n-th step below a place; for a child, as it can't be taken back.

    Python tells its audit hooks of every call that opens, renames or removes a file; syncs count as well, and
    with `stats` looks at what a file is. The events `elsewhere` are steps whatever their path.
    """
    left, is_at_it = step, False

    def note(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left, is_at_it
        is_here = event in events and _path(arguments).startswith(str(place))
        if is_at_it or not (is_here or event in elsewhere):
            return
        left -= 1
        if left == 0:
            is_at_it = True
            act()
            is_at_it = False

    sync, look = os.fsync, os.stat

    def fsync(descriptor: int) -> None:
        note("open", (str(place),))
        sync(descriptor)

    def stat(path: int | str | bytes | os.PathLike[str], **options: bool) -> os.stat_result:
        note("open", (path,))
        return look(path, **options)

    os.fsync = fsync  # type: ignore[assignment]
    if stats:
        os.stat = stat  # type: ignore[assignment]
    sys.addaudithook(note)


def _path(arguments: tuple[object, ...]) -> str:
    first = arguments[0]
    return os.fsdecode(first) if isinstance(first, (str, bytes, os.PathLike)) else ""
