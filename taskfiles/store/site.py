"""Where a project is in a clone: in which worktree, and how far below its top. Moving either changes nothing.

Git names a linked worktree by its directory in `worktrees/`, which `git worktree move` keeps. Another
worktree may get that name later, so that a mark in this directory distinguishes the two.
"""

from __future__ import annotations

import os
from contextlib import suppress

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.store.disk import write_aside
from taskfiles.store.location import NOWHERE, named_work_tree, read_pointer
from taskfiles.store.shared import make_directories

_MARK = os.path.join("tasks", "worktree")  # below a worktree's own git directory


class Site(NamedTuple):
    """A project in a clone: its worktree as a path below the common git directory, a mark of that, its place.

    `worktree` is `.` for the main work tree, which needs no mark; `below` is relative to the worktree's top.
    """

    worktree: str
    mark: str
    below: str


def find_site(root: str, git: tuple[str, str, str] | None, *, make: bool = False) -> Site | None:
    """Return a project's site, by the result of `find_git`; None without git.

    With `make` a worktree without a mark gets one, if it can be written.
    """
    if git is None or git[2] == NOWHERE:
        return None
    top, git_dir, common = git
    worktree = os.path.relpath(os.path.realpath(git_dir), os.path.realpath(common))
    mark = "" if worktree == os.curdir else _find_mark(git_dir, make=make)
    return Site(worktree, mark, os.path.relpath(os.path.realpath(root), os.path.realpath(top)))


def site_of(value: object) -> Site | None:
    """Read a site from the JSON of one; None for anything else."""
    return Site(*value) if isinstance(value, list) and [*map(type, value)] == [str, str, str] else None


def find_place(site: Site, common: str) -> str | None:
    """Find the directory of a site by git's own files; None where only its worktree itself knows it."""
    if site.worktree == os.curdir:
        named = named_work_tree(common) or (os.pardir if os.path.basename(common) == ".git" else None)
        top = None if named is None else os.path.join(common, named)
    else:
        git_dir = os.path.join(common, site.worktree)
        pointer = read_pointer(os.path.join(git_dir, "gitdir"))
        is_same = pointer and _find_mark(git_dir, make=False) == site.mark
        top = os.path.dirname(os.path.join(git_dir, pointer)) if is_same else None
    return None if top is None else os.path.normpath(os.path.join(top, site.below))


def is_listed(site: Site, common: str) -> bool:
    """Return whether git has a worktree still, wherever it is."""
    git_dir = os.path.join(common, site.worktree)
    is_main = site.worktree == os.curdir
    return is_main or (os.path.isdir(git_dir) and _find_mark(git_dir, make=False) == site.mark)


def _find_mark(git_dir: str, *, make: bool) -> str:
    path = os.path.join(git_dir, _MARK)
    found = read_pointer(path)
    if found or not make:
        return found
    with suppress(OSError):
        make_directories(os.path.dirname(path))
        new = write_aside(path, os.urandom(8).hex().encode() + b"\n")
        try:
            with suppress(FileExistsError):  # another command was first
                os.link(new, path)
        finally:
            os.unlink(new)
    return read_pointer(path)
