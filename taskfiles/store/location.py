"""Find a project's root and the git directories around it, without running git where the user owns them.

Paths are text here: every command starts with this, and importing `pathlib` takes longer than all of it.
"""

from __future__ import annotations

import os
from errno import EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, ENXIO, EPERM
from stat import S_ISDIR, S_ISREG
from zlib import crc32

from taskfiles.task.layout import CONFIG_NAME, DIRECTORIES, TASKS_DIR

NOWHERE = os.devnull  # stands for a git directory that can't be used: no directory, and nothing is below it
RUNS = "runs"  # the directory of records of running attempts, in the journal's directory
ROLLED_BACK = "taken-back"  # code of the notice that an interrupted change is rolled back


def find_git(start: str, closed: list[str] | None = None) -> tuple[str, str, str] | None:
    """Find the work tree around a directory; None if there is none. Raises OSError if that is not known.

    Returns its top, its own git directory, and the one that all worktrees share. Both are NOWHERE if the
    `.git` there leads to no directory of this work tree, or git refuses it for its owner. As git does, it
    passes over a directory `.git` that is not a repository, and one that it may not read: those are added to
    `closed`, since whoever may read it keeps locks there.
    """
    for top in _upwards(start):
        dot_git = os.path.join(top, ".git")
        mode = _mode(dot_git, _ABSENT)
        if S_ISDIR(mode):
            git_dir, is_closed = _check_directory(top, dot_git)
            if is_closed and closed is not None:
                closed.append(dot_git)
            if git_dir is None:
                continue
        elif S_ISREG(mode):
            git_dir = _follow(top, dot_git)
        else:
            continue
        if git_dir == NOWHERE or not _is_accepted(top, dot_git, git_dir):
            return top, NOWHERE, NOWHERE
        return top, git_dir, _common(git_dir)
    return None


def _check_directory(top: str, dot_git: str) -> tuple[str | None, bool]:
    """Return a directory `.git` if it is this work tree's repository; None if it is none, or NOWHERE.

    The second is whether that it is none was found because it may not be read.
    """
    target, common = os.path.realpath(dot_git), _common(dot_git)
    denied: list[str] = []
    if not is_git_directory(dot_git, common, denied):
        return None, bool(denied)
    # Only a linked worktree has its refs elsewhere, and its `.git` is a file.
    is_own = common in {dot_git, target} and (target == dot_git or not _is_of_another(top, target))
    return dot_git if is_own else NOWHERE, False


def _follow(top: str, dot_git: str) -> str:
    """Return the git directory that a file `.git` names; NOWHERE if that is not this work tree's."""
    prefix, _, pointer = read_pointer(dot_git).partition(": ")
    if prefix != "gitdir":
        return NOWHERE
    git_dir = os.path.realpath(os.path.join(top, pointer))
    common = _common(git_dir)
    if not is_git_directory(git_dir, common):
        return NOWHERE
    if common == git_dir:
        return NOWHERE if _is_of_another(top, git_dir) else git_dir
    back = read_pointer(os.path.join(git_dir, "gitdir"))
    is_linked = os.path.dirname(git_dir) == os.path.join(common, "worktrees")
    return git_dir if is_linked and back and _is_same(os.path.join(git_dir, back), dot_git) else NOWHERE


def is_git_directory(git_dir: str, common: str, denied: list[str] | None = None) -> bool:
    """Return whether git takes a directory for a repository's, by the test that git itself makes.

    What may not be read is added to `denied`.
    """
    if not _is_head(os.path.join(git_dir, "HEAD"), denied):
        return False
    return all(
        S_ISDIR(_mode(os.path.join(common, name), _ABSENT | _CLOSED, denied)) for name in ("objects", "refs")
    )


def _is_head(path: str, denied: list[str] | None) -> bool:
    """Return whether a file is a HEAD: a reference or a commit's name; a symbolic link may be one too."""
    try:
        if os.path.islink(path) and os.readlink(path).startswith("refs/"):
            return True
    except OSError:
        return False
    line = _first_line(read_start(path, 1 << 16, denied))
    if line.startswith("ref:"):
        return line.removeprefix("ref:").lstrip().startswith("refs/")
    name = line[:40]
    return len(name) == 40 and not name.strip("0123456789abcdefABCDEF")


def _is_of_another(top: str, git_dir: str) -> bool:
    """Return whether a git directory, links followed, is the one of another work tree than this.

    A work tree's usual directory is its own `.git`. Another one, as a submodule's, may name its work tree;
    one made by `git init --separate-git-dir` does not.
    """
    is_usual = os.path.basename(git_dir) == ".git"
    if is_usual and _is_same(os.path.dirname(git_dir), top):
        return False
    named = named_work_tree(git_dir)
    return is_usual if named is None else not _is_same(os.path.join(git_dir, named), top)


def named_work_tree(git_dir: str) -> str | None:
    """Return the work tree that a git directory's configuration names (`core.worktree`)."""
    inside, found = False, None
    for line in _text(os.path.join(git_dir, "config")).splitlines():
        text = line.strip()
        if text.startswith("["):
            inside = text.partition("]")[0].strip("[ \t").lower() == "core"
            text = text.partition("]")[2].strip()
        key, equals, value = text.partition("=")
        if inside and equals and key.strip().lower() == "worktree":
            found = value.strip().strip('"')
    return found


def _common(git_dir: str) -> str:
    common = read_pointer(os.path.join(git_dir, "commondir"))
    return os.path.realpath(os.path.join(git_dir, common)) if common else git_dir


def _is_same(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False


def _is_accepted(top: str, dot_git: str, git_dir: str) -> bool:
    """Return whether the owner of a work tree is the user, or git accepts it anyway (`safe.directory`)."""
    user = os.geteuid()
    try:
        if all(os.lstat(path).st_uid == user for path in (top, dot_git, git_dir)):
            return True
    except OSError:
        return False
    from taskfiles.store.git import accepts  # noqa: PLC0415 (few work trees are another user's)

    return accepts(top)


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

    None if git's directory can't be used (NOWHERE), or without either.
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

    None if git's directory can't be used (NOWHERE), or without either.
    """
    if common is not None:
        return os.path.join(common, "tasks") if S_ISDIR(_mode(common, _ABSENT | _CLOSED)) else None
    if state is None:
        return None
    from taskfiles.basics.digest import hex_digest  # noqa: PLC0415 (a project without git)

    return os.path.join(state, "tasks", hex_digest(os.fsencode(root))[:16])


def leases_directory(root: str, git: tuple[str, str, str] | None) -> str | None:
    """Return the directory of a project's leases, one for all worktrees of a clone; None without git."""
    if git is None:
        return None
    leases = os.path.join(git[2], "tasks", "leases")
    below = os.path.relpath(root, git[0])
    if below == ".":
        return leases
    from taskfiles.basics.digest import hex_digest  # noqa: PLC0415 (most projects are at the top of theirs)

    # A repository may contain several projects, with the same id in two of them.
    return os.path.join(leases, f"@{hex_digest(os.fsencode(below))[:16]}")


def has_leases(directory: str | None) -> bool:
    """Return whether a directory has leases, live or not."""
    try:
        return directory is not None and any(name.endswith(".json") for name in os.listdir(directory))
    except OSError:
        return False


def sparse_file(git_dir: str) -> str:
    """Return the file with the patterns of a work tree's sparse checkout; without it, everything is there."""
    return os.path.join(git_dir, "info", "sparse-checkout")


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


_ABSENT = frozenset({ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG})
_CLOSED = frozenset({EACCES, EPERM})


def _mode(path: str, absent: frozenset[int], denied: list[str] | None = None) -> int:
    """Return the mode of what is at a path; 0 for the errors that mean that nothing is there.

    What may not be looked at is added to `denied`.

    Raises OSError for others: a repository must not be taken for none, its locks and its journal would be
    passed over.
    """
    try:
        return os.stat(path).st_mode
    except OSError as error:
        if denied is not None and error.errno in _CLOSED:
            denied.append(path)
        if error.errno in absent:
            return 0
        raise


def _upwards(directory: str) -> list[str]:
    found = [directory]
    while (above := os.path.dirname(found[-1])) != found[-1]:
        found.append(above)
    return found


def read_pointer(path: str) -> str:
    """Read the first line of a small file; empty if it can't be read."""
    return _first_line(read_start(path, 1 << 16))


def _first_line(data: bytes) -> str:
    return os.fsdecode(data).partition("\n")[0].rstrip("\r")


def _text(path: str) -> str:
    return os.fsdecode(read_start(path, 1 << 16))


def read_start(path: str, limit: int, denied: list[str] | None = None) -> bytes:
    """Read the first bytes of a regular file without ever waiting; empty if there is none that may be read.

    What may not be read is added to `denied`. Raises OSError if it is not known whether it may.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in _CLOSED and denied is not None:
            denied.append(path)
        if error.errno in _ABSENT | _CLOSED | {ENXIO}:
            return b""
        raise
    try:
        parts = []
        if S_ISREG(os.fstat(descriptor).st_mode):
            while limit > 0 and (part := os.read(descriptor, limit)):
                parts.append(part)
                limit -= len(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)
