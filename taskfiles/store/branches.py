"""Which branches and worktrees have moved task files since they left this one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.store.git import run_git
from taskfiles.task.layout import TASKS_DIR, is_markdown


class Branch(NamedTuple):
    """A branch that is not merged, the files that it moved or deleted, and the worktree that has it out.

    Paths are relative to the root.
    """

    name: str
    paths: list[str]
    worktree: str | None


def find_moving_branches(root: Path) -> list[Branch]:
    """List the branches, and detached worktrees, whose commits moved or deleted task files.

    They count from the merge base with HEAD. Without git, or before the first commit, the list is empty.
    """
    try:
        listed = run_git(root, "for-each-ref", "--no-merged=HEAD", "--format=%(refname)", "refs/heads")
        out = _worktrees(root)
    except TaskfilesError:
        return []
    tips = {ref: ref.removeprefix("refs/heads/") for ref in listed.split()}
    tips |= {tip: tip[:12] for tip in out if not tip.startswith("refs/")}
    found = []
    for tip, name in tips.items():
        paths = _moved(root, tip)
        if paths:
            found.append(Branch(name, paths, out.get(tip)))
    return found


def _worktrees(root: Path) -> dict[str, str]:
    """Map what other worktrees have out, a reference or a commit, to their directories."""
    found: dict[str, str] = {}
    for block in run_git(root, "worktree", "list", "--porcelain").split("\n\n"):
        lines = dict(line.partition(" ")[::2] for line in block.splitlines())
        tip = lines.get("branch") or lines.get("HEAD")
        if tip and "worktree" in lines:
            found[tip] = lines["worktree"]
    return found


def _moved(root: Path, tip: str) -> list[str]:
    base = run_git(root, "merge-base", "HEAD", tip, check=False).strip()
    if not base:
        return []
    options = ("--name-status", "-z", "--find-renames", "--diff-filter=DR", "--relative")
    words = run_git(root, "diff", *options, base, tip, "--", TASKS_DIR, check=False).split("\0")
    found, at = [], 0
    while at < len(words) - 1:
        status, path = words[at], words[at + 1]
        at += 3 if status.startswith("R") else 2
        if is_markdown(path):
            found.append(path)
    return sorted(found)
