"""Whether this clone trusts its tasks/tasks.toml, by the hash that `tasks trust` recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfiles.basics.digest import hex_digest
from taskfiles.store.git import run_git

if TYPE_CHECKING:
    from taskfiles.store.repository import Repository

TRUST_KEY = "tasks.trust"  # in the clone's own git configuration


def is_trusted(repository: Repository | None, data: bytes) -> bool:
    """Return whether the bytes of a configuration are trusted; without git none are.

    Raises TaskfilesError (git-failed).
    """
    if repository is None:
        return False
    recorded = run_git(repository.top, "config", "--local", "--get", TRUST_KEY, check=False)
    return recorded.strip() == hex_digest(data)
