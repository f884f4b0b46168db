"""What the last commit has of files in the work tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from taskfiles.errors import TaskfilesError
from taskfiles.store.git import run_git

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from taskfiles.store.repository import Repository

Copy = Literal["same", "older", "none"]


def find_copies(repository: Repository | None, root: Path, paths: Sequence[str]) -> dict[str, Copy]:
    """Map each path below a root to what HEAD has of it: the same text, an older one, or none.

    A file that one of git's filters converts has an older text, since no filter is run.
    """
    copies: dict[str, Copy] = dict.fromkeys(paths, "none")
    if repository is None or not paths:
        return copies
    listed = ("--literal-pathspecs", "ls-tree", "-r", "-z", "--name-only", "HEAD", "--", *paths)
    differing = ("--literal-pathspecs", "diff", "-z", "--name-only", "--relative", "HEAD", "--", *paths)
    try:
        held = run_git(root, *listed, check=False).split("\0")
        changed = set(run_git(root, *differing, check=False).split("\0"))
    except TaskfilesError:  # git can't be run: promise nothing
        return copies
    for path in held:
        if path in copies:
            copies[path] = "older" if path in changed else "same"
    return copies
