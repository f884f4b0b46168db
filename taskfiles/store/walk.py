"""List the `.md` files below a directory, in spite of links, loops, depth and files that disappear."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from taskfiles.store.disk import io_errors
from taskfiles.task.layout import is_markdown


def walk_files(
    top: str, is_inside: Callable[[str], bool], visited: dict[str, int] | None = None
) -> Iterator[tuple[str, os.DirEntry[str] | None]]:
    """Yield the `.md` files below a directory in the order of their paths, without hidden ones.

    Each comes with its directory entry, or None for a link. A directory is visited once, even if several
    links lead to it. A link to a directory outside, by `is_inside`, is yielded itself, so that reading it
    reports the link. `visited` receives the directories with their times of modification, in nanoseconds.
    Raises TaskfilesError (io).
    """
    seen: set[tuple[int, int]] = set()
    pending: list[tuple[str, bool, os.DirEntry[str] | None]] = [(top, True, None)]
    while pending:
        path, is_directory, entry = pending.pop()
        if not is_directory or (os.path.islink(path) and not is_inside(path)):
            yield path, entry
        else:
            with io_errors("Listing", path):
                pending += _list(path, seen, visited if visited is not None else {})


def _list(
    directory: str, seen: set[tuple[int, int]], visited: dict[str, int]
) -> list[tuple[str, bool, os.DirEntry[str] | None]]:
    """List a directory, the last name first: path, whether it is a directory, entry."""
    try:
        status = os.stat(directory)
        if (status.st_dev, status.st_ino) in seen:
            return []
        seen.add((status.st_dev, status.st_ino))
        visited[directory] = status.st_mtime_ns
        with os.scandir(directory) as scan:
            entries = [entry for entry in scan if not entry.name.startswith(".")]
    except FileNotFoundError:
        return []
    entries.sort(key=lambda entry: entry.name, reverse=True)
    kinds = [(entry, _is_directory(entry)) for entry in entries]
    return [
        (entry.path, is_directory, None if entry.is_symlink() else entry)
        for entry, is_directory in kinds
        if is_directory or is_markdown(entry.name)
    ]


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False
