"""Ignored files that work needs, such as `.env`, copied into a worktree."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from taskfiles.errors import TaskfilesError
from taskfiles.run.commits import Git
from taskfiles.store.disk import io_errors


def check_copied(git: Git, root: Path, paths: Sequence[str]) -> list[str]:
    """Check the paths of `run.copy` before anything is copied; return those that are not there.

    `root` is the project's in the caller's checkout. Raises TaskfilesError (not-copied) for a path that git
    does not ignore, since it would be committed, or that leads out of the project.
    """
    missing = []
    for path in paths:
        place = root / path
        if not os.path.lexists(place):
            missing.append(path)
        elif problem := _find_problem(git, root, path, source=root):
            raise _refused(path, problem)
    return missing


def copy_ignored(git: Git, root: Path, target: Path, paths: Sequence[str]) -> None:
    """Copy files and directories from one root to another, where git ignores them; what is there stays.

    In a directory regular files are copied, and what lies behind links is not. Raises TaskfilesError:
    not-copied, io.
    """
    for path in paths:
        if not os.path.lexists(root / path):
            continue
        for place in (root, target):
            if problem := _find_problem(git, place, path, source=root):
                raise _refused(path, problem)
        for name in _list_files(root, path):
            _copy(root / name, target, target / name)


def _find_problem(git: Git, root: Path, path: str, *, source: Path) -> str:
    """Return why a path is not copied from `source`, or to another root; empty if it may be."""
    place, is_target = root / path, root != source
    inside = os.path.realpath(place.parent if is_target else place)
    if not Path(inside).is_relative_to(os.path.realpath(root)):
        return "it leads out of the project"
    if ".git" in Path(inside).relative_to(os.path.realpath(root)).parts:
        return "it leads to git's own directory"
    if not is_target and not (os.path.isfile(inside) or os.path.isdir(inside)):
        return "it is neither a file nor a directory"
    # A directory is asked about as one, which patterns with a final slash need.
    name = f"{path}/" if os.path.isdir(source / path) and not os.path.islink(source / path) else path
    asked = git.ask("check-ignore", "--quiet", "--", name, at=root)
    return "" if asked.status == 0 else "git does not ignore it, so that it would be committed"


def _list_files(root: Path, path: str) -> Iterator[str]:
    """List the regular files of a path, or the file that it is, relative to the root."""
    if not os.path.isdir(root / path):
        yield path
        return
    for directory, names, files in os.walk(root / path):
        names[:] = sorted(name for name in names if name.lower() != ".git")
        for name in sorted(files):
            place = os.path.join(directory, name)
            if os.path.isfile(place) and not os.path.islink(place):
                yield os.path.relpath(place, root)


def _copy(source: Path, target_root: Path, target: Path) -> None:
    with io_errors("Copying", source):
        os.makedirs(target.parent, exist_ok=True)
        if not Path(os.path.realpath(target.parent)).is_relative_to(os.path.realpath(target_root)):
            raise _refused(str(source), "it leads out of the project")
        if os.path.lexists(target):
            return
        mode = os.stat(source).st_mode & 0o777
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(source, "rb") as file, open(os.open(target, flags, mode), "wb") as copy:
            shutil.copyfileobj(file, copy)


def _refused(path: str, problem: str) -> TaskfilesError:
    return TaskfilesError("not-copied", path=path, problem=problem, details={"path": path})
