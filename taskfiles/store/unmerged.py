"""What git has not merged: files of which the index holds the versions of both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfiles.errors import TaskfilesError
from taskfiles.store.git import run_git
from taskfiles.task.layout import TASKS_DIR

if TYPE_CHECKING:
    from pathlib import Path

    from taskfiles.store.repository import Repository


def find_unmerged(repository: Repository | None, root: Path) -> list[str]:
    """List the files below `tasks/` that git has as unmerged, relative to the root; one process.

    The list is empty without git, or where git can't say.
    """
    if repository is None:
        return []
    try:
        listed = run_git(root, "ls-files", "--unmerged", "-z", "--", TASKS_DIR)
    except TaskfilesError:
        return []
    return sorted({entry.partition("\t")[2] for entry in listed.split("\0") if entry})
