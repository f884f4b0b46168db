"""The sink `git:`: a repository of events, one file for each run and clone, committed and pushed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from taskfiles.basics.digest import hex_digest
from taskfiles.errors import TaskfilesError, number_of
from taskfiles.store.git import run_git_apart
from taskfiles.store.repository import Repository, find_repository
from taskfiles.task.values import find_uuid
from taskfiles.telemetry.delivery import Delivery
from taskfiles.telemetry.event_files import add_events
from taskfiles.telemetry.place import refusal
from taskfiles.telemetry.spool import Chunk

TIMEOUT = 60.0  # seconds for each git command, those that use the network above all
_TRIES = 3
_AS_NOBODY = ("-c", "user.name=tasks", "-c", "user.email=tasks@localhost", "-c", "commit.gpgSign=false")


class EventRepository:
    """A telemetry repository on this machine; no credential is kept, git uses those that it has.

    `clone` distinguishes clones that write to the same remote, so that two never write one file and
    merging has no conflicts. `project` is the repository of the tasks, which is not a place for events.
    """

    def __init__(
        self, place: str, clone: str, project: Repository | None, environment: Mapping[str, str]
    ) -> None:
        self._clone, self._environment = clone, environment
        found = find_repository(Path(place)) if os.path.isdir(place) else None
        if found is None or os.path.realpath(found.top) != os.path.realpath(place):
            remedy = "Clone or create a repository there; nothing was sent to it."
            raise TaskfilesError(
                "io", path=place, action="Using", problem="it is not a git work tree", remedy=remedy
            )
        self._top = found.top
        if project is not None:
            self._refuse_kin(project)

    def _refuse_kin(self, project: Repository) -> None:
        """Refuse a repository that shares a first commit with the project's, whatever its remotes are."""
        roots = self._git("rev-list", "--max-parents=0", "--all").split()
        for part in (roots[at : at + 500] for at in range(0, len(roots), 500)):
            known = ("rev-list", "--no-walk", "--ignore-missing", *part)
            if not run_git_apart(project.top, *known, environment=self._environment, timeout=TIMEOUT).strip():
                continue
            raise refusal(str(self._top), "it shares its first commit with the repository of the tasks")

    def deliver(self, chunks: Sequence[Chunk]) -> Delivery:
        """Write the events, commit them, and push where there is a remote.

        Raises TaskfilesError (git-failed), OSError.
        """
        files: dict[str, list[Mapping[str, Any]]] = {}
        for chunk in chunks:
            for event in chunk.events:
                run = _run_of(event)
                files.setdefault(f"dt={chunk.day}/{run}.{self._clone}.jsonl", []).append(event)
        for path, events in files.items():
            add_events(os.path.join(self._top, path), events)
        self._commit(sorted(files))
        return Delivery(self._push())

    def _commit(self, paths: Sequence[str]) -> None:
        for part in (paths[at : at + 500] for at in range(0, len(paths), 500)):
            self._git("add", "--", *part)
            listed = self._git("diff", "--cached", "--name-only", "-z", "--", *part)
            changed = [path for path in listed.split("\0") if path]
            if changed:
                message = f"Events of {number_of(len(changed), 'run')}"
                # Only these files: what else is staged there is not ours to commit.
                self._git(*_AS_NOBODY, "commit", "-q", "--no-verify", "-m", message, "--", *changed)

    def _push(self) -> str:
        remotes = self._git("remote").split()
        if not remotes:
            return "committed; it has no remote to push to"
        branch = self._git("symbolic-ref", "--short", "HEAD").strip()
        configured = self._config(f"branch.{branch}.remote")
        remote = configured or ("origin" if "origin" in remotes else remotes[0])
        target = self._config(f"branch.{branch}.merge") or f"refs/heads/{branch}"
        for attempt in range(1, _TRIES + 1):
            try:
                self._git("push", "-q", remote, f"HEAD:{target}")
                break
            except TaskfilesError:
                if attempt == _TRIES:
                    raise
                # Another clone was first. No two write one file, so that this merges by itself.
                with suppress(TaskfilesError):
                    self._git("fetch", "-q", remote, target)
                    merge = ("merge", "-q", "--no-edit", "--allow-unrelated-histories")  # both may be new
                    self._git(*_AS_NOBODY, *merge, "FETCH_HEAD")
        return ""

    def _config(self, key: str) -> str:
        with suppress(TaskfilesError):
            return self._git("config", "--get", key).strip()
        return ""

    def _git(self, *arguments: str) -> str:
        return run_git_apart(self._top, *arguments, environment=self._environment, timeout=TIMEOUT)


def _run_of(event: Mapping[str, Any]) -> str:
    """Name an event's run in a file name; what is no UUID is hashed."""
    run = str(event.get("correlationid"))
    return find_uuid(run) or hex_digest(run.encode("utf-8", "replace"))[:32]
