"""Which texts of tasks/tasks.toml a repository trusts, as `tasks trust` recorded them.

Trust is of a repository and a text: all worktrees of a clone share it, for each text that was trusted, and a
copy or a moved clone has none, even with git's configuration copied along. So an archive can't bring its own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from taskfiles.basics.digest import hex_digest
from taskfiles.store.git import run_git

if TYPE_CHECKING:
    from taskfiles.store.repository import Repository

TRUST_KEY = "tasks.trust"  # in the clone's own git configuration, one value for each text


def is_trusted(repository: Repository | None, data: bytes) -> bool:
    """Return whether the bytes of a configuration are trusted; without git none are.

    Raises TaskfilesError (git-failed).
    """
    return repository is not None and _seal(repository, data) in _list(repository)


def trust(repository: Repository, data: bytes) -> bool:
    """Trust the bytes of a configuration; return whether they were not trusted. Raises as `is_trusted`."""
    if is_trusted(repository, data):
        return False
    run_git(repository.top, "config", "--local", "--add", TRUST_KEY, _seal(repository, data))
    return True


def revoke(repository: Repository) -> bool:
    """Trust no text any more; return whether one was trusted. Raises as `is_trusted`."""
    if not _list(repository):
        return False
    run_git(repository.top, "config", "--local", "--unset-all", TRUST_KEY)
    return True


def _list(repository: Repository) -> list[str]:
    return run_git(repository.top, "config", "--local", "--get-all", TRUST_KEY, check=False).split()


def _seal(repository: Repository, data: bytes) -> str:
    """Return the value recorded for a text: its hash together with the repository's place."""
    return hex_digest(os.fsencode(os.path.realpath(repository.common_dir)) + b"\0" + data)
