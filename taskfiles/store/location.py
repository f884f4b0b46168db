"""Find a project's root and the git directories around it, without running git.

Paths are text here: every command starts with this, and importing `pathlib` takes longer than all of it.
"""

from __future__ import annotations

import os
from zlib import crc32

from taskfiles.task.layout import CONFIG_NAME, DIRECTORIES, TASKS_DIR

RUNS = "runs"  # the directory of records of running attempts, in the journal's directory
ROLLED_BACK = "taken-back"  # code of the notice that an interrupted change is rolled back


def find_git(start: str) -> tuple[str, str, str] | None:
    """Find the work tree around a directory; None if there is none.

    Returns its top, its own git directory, and the one that all worktrees share.
    """
    for top in _upwards(start):
        dot_git = os.path.join(top, ".git")
        if os.path.isdir(dot_git):
            git_dir = dot_git
        elif os.path.isfile(dot_git):
            pointer = _read_line(dot_git)
            if not pointer.startswith("gitdir: "):
                continue
            git_dir = os.path.realpath(os.path.join(top, pointer.removeprefix("gitdir: ")))
        else:
            continue
        common = _read_line(os.path.join(git_dir, "commondir"))
        return top, git_dir, os.path.realpath(os.path.join(git_dir, common)) if common else git_dir
    return None


def find_root(start: str, top: str | None) -> str | None:
    """Find the nearest project at or above a directory, not above `top`, the top of its work tree."""
    for directory in _upwards(start):
        if is_project(directory):
            return directory
        if directory == top:
            break
    return None


def is_project(directory: str) -> bool:
    """Return whether a directory's `tasks/` contains a state directory or a configuration."""
    tasks = os.path.join(directory, TASKS_DIR)
    return os.path.isfile(os.path.join(tasks, CONFIG_NAME)) or any(
        os.path.isdir(os.path.join(tasks, name)) for name in DIRECTORIES.values()
    )


def index_directory(root: str, git_dir: str | None, cache: str | None) -> str | None:
    """Return the directory of a project's index: below its work tree's git directory, else the user's cache.

    None if a `.git` file points nowhere, or without either.
    """
    if git_dir is None:
        if cache is None:
            return None
        state = os.path.join(cache, "tasks")
    elif os.path.isdir(git_dir):
        state = os.path.join(git_dir, "tasks")
    else:
        return None
    # Several projects may share a git directory; `open_base` refuses an index of another root.
    return os.path.join(state, "index", f"{crc32(os.fsencode(root)):08x}")


def journal_directory(root: str, common: str | None, state: str | None) -> str | None:
    """Return the directory of a project's journal: below the common git directory, else the user's state.

    None if a `.git` file points nowhere, or without either.
    """
    if common is not None:
        return os.path.join(common, "tasks") if os.path.isdir(common) else None
    if state is None:
        return None
    from taskfiles.basics.digest import hex_digest  # noqa: PLC0415 (a project without git)

    return os.path.join(state, "tasks", hex_digest(os.fsencode(root))[:16])


def pending_names(journal: str) -> list[str]:
    """List the records of changes in progress, or left by killed commands."""
    try:
        return sorted(os.listdir(os.path.join(journal, "pending")))
    except OSError:
        return []


def attempt_names(journal: str) -> list[str]:
    """List the records of attempts in progress, or left by killed runs; see `run.ledger`."""
    try:
        return sorted(name for name in os.listdir(os.path.join(journal, RUNS)) if name.endswith(".json"))
    except OSError:
        return []


def _upwards(directory: str) -> list[str]:
    found = [directory]
    while (above := os.path.dirname(found[-1])) != found[-1]:
        found.append(above)
    return found


def _read_line(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.read(1 << 16)).partition("\n")[0].rstrip("\r")
    except OSError:
        return ""
