"""Places of sinks on this machine: outside of the project, and not in another clone of its repository."""

from __future__ import annotations

import os
from pathlib import Path

from taskfiles.errors import TaskfilesError
from taskfiles.store.repository import Repository, find_repository
from taskfiles.telemetry.origin import parsed_remotes
from taskfiles.telemetry.remote import Remote


def check_apart(place: str, root: str, project: Repository | None) -> None:
    """Refuse a place where events would be committed and pushed with the project: see `find_kinship`.

    Raises TaskfilesError (io).
    """
    problem = find_kinship(place, root, project)
    if problem is not None:
        raise refusal(place, problem)


def find_kinship(place: str, root: str, project: Repository | None) -> str | None:
    """Return how a place belongs to the project, as a clause; None where it is apart.

    It belongs to it inside its work tree or git directory, in another worktree, and in a clone that has a
    remote in common with it. `root` is the directory that holds tasks/.
    """
    inside = [root] if project is None else [project.top, project.git_dir, project.common_dir]
    if any(is_below(place, str(directory)) for directory in inside):
        return "it lies in the work tree of the tasks"
    around = find_repository(Path(os.path.realpath(place))) if project is not None else None
    if project is None or around is None:
        return None
    if os.path.realpath(around.common_dir) == os.path.realpath(project.common_dir):
        return "it holds the tasks themselves"
    shared = _remotes(around) & _remotes(project)
    if not shared:
        return None
    name = min(remote.name for remote in shared)
    return f"it is a clone of the project's own repository: both have the remote {name}"


def is_below(place: str, directory: str) -> bool:
    """Return whether a place is a directory or lies in it, symbolic links followed."""
    place, directory = os.path.realpath(place), os.path.realpath(directory)
    return os.path.commonpath([place, directory]) == directory


def refusal(place: str, problem: str) -> TaskfilesError:
    """Return the error for a place that is not a place for events."""
    remedy = "Give events a place of their own; nothing was sent to it."
    return TaskfilesError("io", path=place, action="Using", problem=problem, remedy=remedy)


def _remotes(repository: Repository) -> set[Remote]:
    return parsed_remotes(str(repository.common_dir), str(repository.top))
