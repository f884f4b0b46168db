"""The `.md` files below a directory, whatever stands in the way: links, loops, depth, files that vanish."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from taskfiles.files import naming


def walk_files(top: Path, is_inside: Callable[[Path], bool]) -> Iterator[Path]:
    """List the `.md` files below a directory in the order of their paths, hidden ones left out.

    Directories are entered once, by whatever links. A link to a directory that `is_inside` denies is
    listed itself, as if it were a file, so that whoever reads it can say what it is.
    Raises TaskfilesError (io).
    """
    seen: set[tuple[int, int]] = set()
    pending = [(top, True)]
    while pending:
        path, is_directory = pending.pop()
        if not is_directory or (path.is_symlink() and not is_inside(path)):
            yield path
        else:
            with naming("Listing", path):
                pending += _list(path, seen)


def _list(directory: Path, seen: set[tuple[int, int]]) -> list[tuple[Path, bool]]:
    """List what a directory holds, the last name first, and whether each is a directory."""
    try:
        status = os.stat(directory)
        if (status.st_dev, status.st_ino) in seen:
            return []
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(directory) as scan:
            entries = [entry for entry in scan if not entry.name.startswith(".")]
    except FileNotFoundError:
        return []
    entries.sort(key=lambda entry: entry.name, reverse=True)
    kinds = [(Path(entry.path), _is_directory(entry)) for entry in entries]
    return [(path, is_directory) for path, is_directory in kinds if is_directory or path.suffix == ".md"]


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False
