"""A git work tree: its directories, and what its branches and other worktrees have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import TaskfilesError
from taskfiles.store.git import ask_git, run_git
from taskfiles.store.location import NOWHERE, find_git

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path


class Repository(NamedTuple):
    """A git work tree: its top directory, its own git directory, and the one that all worktrees share."""

    top: Path
    git_dir: Path
    common_dir: Path


def find_repository(start: Path) -> Repository | None:
    """Find the work tree around a directory, by its `.git`; None if there is none that git would use."""
    from pathlib import Path  # noqa: PLC0415 (see `location`)

    found = find_git(str(start))
    return Repository(*map(Path, found)) if found and found[2] != NOWHERE else None


def find_refusal(start: Path) -> str:
    """Return why git's directory around a place can't be used; empty if it can, or if there is none."""
    found = find_git(str(start))
    if found is None or found[2] != NOWHERE:
        return ""
    try:
        asked = ask_git(found[0], "rev-parse", "--git-dir")
    except TaskfilesError as error:
        return error.message.rstrip(".")
    if asked.status:
        return asked.problem
    return f"{found[0]}/.git leads to a directory that belongs to another work tree"


def count_tracked(repository: Repository | None) -> int | None:
    """Return the number of files in a work tree's index; None without git or if it fails."""
    if repository is None:
        return None
    try:
        listed = run_git(repository.top, "ls-files", "-z")
    except TaskfilesError:
        return None
    return len({path for path in listed.split("\0") if path})  # a file in conflict is listed several times


def find_elsewhere(repository: Repository | None, root: Path, texts: Collection[str]) -> set[str]:
    """Return those of some texts that are in task files of unmerged branches or of other worktrees.

    Texts that are in HEAD do not count. Without git the result is empty.
    """
    if repository is None or not texts:
        return set()
    try:
        branches = run_git(
            root, "for-each-ref", "--no-merged=HEAD", "--format=%(objectname)", check=False
        ).split()
        found = _grep(root, texts, commits=branches) if branches else set()
        listed = run_git(root, "worktree", "list", "--porcelain").splitlines()
        below = root.resolve().relative_to(repository.top.resolve())
        for place in (line.removeprefix("worktree ") for line in listed if line.startswith("worktree ")):
            other = repository.top.joinpath(place, below)
            if other.joinpath("tasks").is_dir() and not other.samefile(root):
                found |= _grep(other, texts, options=("--untracked", "--no-exclude-standard"))
        return found - _grep(root, found, commits=("HEAD",)) if found else found
    except TaskfilesError:  # git can't be run, or is too old
        return set()


def _grep(
    place: Path, texts: Collection[str], *, options: Sequence[str] = (), commits: Sequence[str] = ()
) -> set[str]:
    """Return those of some texts that are in files below `tasks/`, in commits or in the work tree."""
    wanted = [word for text in sorted(texts) for word in ("-e", text)]
    found = run_git(
        place, "grep", "-h", "-o", "-i", "-F", *options, *wanted, *commits, "--", "tasks", check=False
    )
    return {text for text in texts if text.lower() in found.lower()}
