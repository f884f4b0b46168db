"""Which changes of files a commit holds already."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.store.git import run_git

_MOST_COMMITS = 20  # that are looked for; a git process each
_LITERAL = "--literal-pathspecs"


class Made(NamedTuple):
    """A change of a file: its path before, and its path and bytes after; None for no file."""

    before: str | None
    path: str | None
    data: bytes | None


def find_commits(root: Path, changes: Sequence[Made]) -> dict[str, str]:
    """Map the path of each change that HEAD holds to the commit that brought it, abbreviated.

    Paths are relative to the root. Without git, or if it fails, the result is empty.
    """
    paths = sorted({path for change in changes for path in change[:2] if path})
    if not paths:
        return {}
    try:
        held = read_head(root, paths)
        return _find_newest(root, {path for change in changes if (path := _committed_path(change, held))})
    except TaskfilesError:  # git can't be run: promise nothing
        return {}


def _committed_path(change: Made, held: dict[str, str]) -> str | None:
    """Return a path by which the history knows a change that HEAD may hold; None if HEAD does not hold it."""
    if change.before != change.path and change.before in held:
        return None
    if change.data is None or change.path is None:
        return change.before
    return change.path if held.get(change.path) in _blob_names(change.data) else None


def _blob_names(data: bytes) -> set[str]:
    """Return the names that git can give to a file's content: by either hash, line ends converted or not."""
    texts = {data, data.replace(b"\r\n", b"\n")}
    blobs = [b"blob %d\0%s" % (len(text), text) for text in texts]
    named = {hashlib.sha1(blob, usedforsecurity=False).hexdigest() for blob in blobs}
    return named | {hashlib.sha256(blob).hexdigest() for blob in blobs}


def read_head(root: Path, paths: Sequence[str]) -> dict[str, str]:
    """Map the paths of files in the last commit, at or below these paths, to their blobs.

    Without a commit the result is empty. Raises TaskfilesError (git-failed) if git can't be run.
    """
    listed = run_git(root, _LITERAL, "ls-tree", "-r", "-z", "HEAD", "--", *paths, check=False)
    found = (line.partition("\t") for line in listed.split("\0") if line)
    return {path: kind.rpartition(" ")[2] for kind, _, path in found}


def _find_newest(root: Path, paths: set[str]) -> dict[str, str]:
    """Return the newest commit that touched each path, without those that none did."""
    found: dict[str, str] = {}
    left = set(paths)
    for _ in range(_MOST_COMMITS):
        if not left:
            break
        options = ("-1", "--format=%h", "--name-only", "-z", "--relative", "--no-renames")
        shown = run_git(root, _LITERAL, "log", *options, "HEAD", "--", *sorted(left), check=False)
        commit, _, names = shown.partition("\0")
        touched = left.intersection(names.removeprefix("\n").split("\0"))
        found |= dict.fromkeys(touched, commit.strip())
        left -= touched
        if not touched:  # none did, or a merge that lists no files
            break
    return found
