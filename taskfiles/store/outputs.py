"""Places that a user names for files to be written: what must not be written there."""

from __future__ import annotations

import os

from taskfiles.errors import TaskfilesError
from taskfiles.store.location import is_project
from taskfiles.task.layout import TASKS_DIR

_GIT = ".git"
_HEAD, *_PARTS = "HEAD", "objects", "refs"  # what git itself looks for in a directory of its own


def check_output(option: str, given: str, root: str | None = None) -> None:
    """Refuse a place for output in the `tasks/` of a project or in a directory of git, links resolved.

    `root` is the project at work, whose `tasks/` may be a link. Raises TaskfilesError (bad-value).
    """
    path = os.path.realpath(given)
    if root is not None and _is_below(path, os.path.realpath(os.path.join(root, TASKS_DIR))):
        raise _refusal(option, given, f"it lies in {TASKS_DIR}/")
    while True:
        above, name = os.path.split(path)
        if name.casefold() == _GIT or _is_git(path):
            raise _refusal(option, given, "it lies in git's own directory")
        if above == path:
            return
        if _is_tasks(path, above):
            raise _refusal(option, given, f"it lies in {TASKS_DIR}/")
        path = above


def _is_below(path: str, directory: str) -> bool:
    return os.path.commonpath([path, directory]) == directory


def _is_git(path: str) -> bool:
    return os.path.lexists(os.path.join(path, _HEAD)) and all(
        os.path.isdir(os.path.join(path, part)) for part in _PARTS
    )


def _is_tasks(path: str, above: str) -> bool:
    """Whether a path is the `tasks/` of the project above it, whatever case the file system ignores."""
    if os.path.basename(path).casefold() != TASKS_DIR or not is_project(above):
        return False
    try:
        return os.path.samefile(path, os.path.join(above, TASKS_DIR))
    except OSError:
        return False


def _refusal(option: str, given: str, problem: str) -> TaskfilesError:
    remedy = "Name a place outside of it; nothing was written."
    return TaskfilesError("bad-value", option=option, given=f"“{given}”", problem=problem, remedy=remedy)
