"""What an attempt leaves in the work tree: the commit before and after it, the files that it changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.store.git import run_git
from taskfiles.store.repository import Repository
from taskfiles.task.names import ids_in_name

_MOST = 1000  # files of an attempt that are named
_CLEAN = (-1, -1)  # the stamp of what does not differ from its commit


class TreeState(NamedTuple):
    """A work tree at one moment: its commit, and size and time of the files that differ from it, by path."""

    commit: str | None
    dirty: dict[str, tuple[int, int] | None]


def look(repository: Repository | None) -> TreeState | None:
    """Look at a work tree; None without git, or where git fails."""
    if repository is None:
        return None
    try:
        commit = run_git(repository.top, "rev-parse", "--verify", "-q", "HEAD", check=False).strip()
        listed = run_git(repository.top, "status", "--porcelain=v1", "-z", "--no-renames", "-uall")
    except TaskfilesError:
        return None
    paths = [entry[3:] for entry in listed.split("\0") if len(entry) > 3]
    return TreeState(commit or None, {path: _stamp(os.path.join(repository.top, path)) for path in paths})


def changed_files(
    repository: Repository, before: TreeState, after: TreeState, *, without: str
) -> list[str] | None:
    """List the files that were added or changed between two looks and are there; relative to the top.

    The file of the task `without` is not one of them: its record is kept there. None where git fails, or
    where there are too many to name.
    """
    found = {path for path, stamp in after.dirty.items() if stamp and stamp != before.dirty.get(path)}
    if after.commit and after.commit != before.commit:
        since = before.commit or _empty_tree(repository)
        try:
            names = run_git(
                repository.top,
                "diff",
                "--name-only",
                "-z",
                "--no-renames",
                "--diff-filter=AM",
                since,
                after.commit,
            )
        except TaskfilesError:
            return None
        found |= {path for path in names.split("\0") if path}
    kept = {path for path in found if without not in ids_in_name(path.rpartition("/")[2]) and _is_text(path)}
    there = sorted(path for path in kept if os.path.lexists(os.path.join(repository.top, path)))
    return there if len(there) <= _MOST else None


def has_changed(before: TreeState, after: TreeState, *, without: Callable[[str], bool]) -> bool:
    """Whether a commit was made between two looks, or a file added, changed or removed.

    Paths of which `without` is true are no deeds.
    """
    if after.commit != before.commit:
        return True
    paths = before.dirty.keys() | after.dirty.keys()
    return any(
        before.dirty.get(path, _CLEAN) != after.dirty.get(path, _CLEAN) and not without(path)
        for path in paths
    )


def _empty_tree(repository: Repository) -> str:
    return run_git(repository.top, "hash-object", "-t", "tree", os.devnull).strip()


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _is_text(path: str) -> bool:
    """Whether a name can stand in a task file; git's may be any bytes."""
    return bool(path.strip()) and path.isprintable()
