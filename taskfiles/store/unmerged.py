"""What git has not merged: files of which the index holds the versions of both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import TaskfilesError
from taskfiles.store.git import run_git
from taskfiles.task.layout import TASKS_DIR

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from taskfiles.store.repository import Repository

BASE, OURS, THEIRS = 1, 2, 3  # stages of git's index
# What git calls the other side of a merge, a cherry-pick, a revert, a rebase.
_OTHERS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD")


class Version(NamedTuple):
    """One side's version of an unmerged file: its path below the root, its stage, and where git has it.

    `source` is its name for `git show`: `HEAD:./tasks/fix.md`, or `:2:./tasks/fix.md` in the index.
    """

    path: str
    stage: int
    source: str
    data: bytes


def find_unmerged(repository: Repository | None, root: Path) -> list[str]:
    """List the files below `tasks/` that git has as unmerged, relative to the root; one process.

    The list is empty without git, or where git can't say.
    """
    return sorted({path for path, _, _ in _list_stages(repository, root)})


def read_versions(
    repository: Repository | None, root: Path, is_wanted: Callable[[str], bool]
) -> list[Version]:
    """Read the versions of unmerged files below `tasks/` with wanted paths; empty as for `find_unmerged`.

    Both sides of a file that both have moved are read from their commits: the index has git's merge of the
    two in their place, conflict markers included.
    """
    stages = [each for each in _list_stages(repository, root) if is_wanted(each[0])]
    if not stages:
        return []
    heads = {OURS: "HEAD", THEIRS: _find_other(root)}
    return [_read(root, path, stage, blob, heads.get(stage)) for path, stage, blob in stages]


def _list_stages(repository: Repository | None, root: Path) -> list[tuple[str, int, str]]:
    """List path, stage and blob of each version in the index."""
    if repository is None:
        return []
    try:
        listed = run_git(root, "ls-files", "--unmerged", "-z", "--", TASKS_DIR)
    except TaskfilesError:
        return []
    entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
    return [(path, int(head.split()[2]), head.split()[1]) for head, _, path in entries]


def _find_other(root: Path) -> str | None:
    for name in _OTHERS:
        if run_git(root, "rev-parse", "--verify", "--quiet", name, check=False).strip():
            return name
    return None


def _read(root: Path, path: str, stage: int, blob: str, head: str | None) -> Version:
    if head is not None:
        source = f"{head}:./{path}"
        text = run_git(root, "cat-file", "--filters", source, check=False)
        if text:
            return Version(path, stage, source, text.encode(errors="surrogateescape"))
    text = run_git(root, "cat-file", "--filters", f"--path={path}", blob, check=False)
    return Version(path, stage, f":{stage}:./{path}", text.encode(errors="surrogateescape"))
