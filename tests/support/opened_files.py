"""Note which files are opened while some work is done in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_watching: list[tuple[str, list[str]]] = []
_hooked = False


@contextmanager
def opened(below: Path) -> Iterator[list[str]]:
    """Collect the paths of files below a directory that are opened meanwhile."""
    global _hooked  # noqa: PLW0603 (an audit hook can't be removed, so there is one for all tests)
    if not _hooked:
        sys.addaudithook(_note)
        _hooked = True
    entry: tuple[str, list[str]] = (str(below), [])
    _watching.append(entry)
    try:
        yield entry[1]
    finally:
        _watching.remove(entry)


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _watching:
        return
    path = arguments[0]
    if isinstance(path, (str, bytes, os.PathLike)):
        for below, found in _watching:
            if os.fsdecode(path).startswith(below):
                found.append(os.fsdecode(path))
