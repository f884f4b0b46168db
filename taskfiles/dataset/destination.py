"""The directory that a dataset is written into: what it must not be."""

from __future__ import annotations

import os
import stat

from taskfiles.dataset.manifest import NAME
from taskfiles.errors import TaskfilesError, number_of
from taskfiles.store.disk import io_errors

_SYSTEM = ("/dev", "/proc", "/sys", "/boot", "/etc", "/usr", "/bin", "/sbin", "/lib")
_BESIDE = (".md", ".txt", ".rst")  # what a repository for datasets has at its top, too
_NAMED = 3
_ELSEWHERE = "Name a directory that is empty, does not exist yet, or contains a dataset; nothing was changed."


def check_destination(directory: str, home: str | None = None) -> None:
    """Refuse a place where a dataset would stand among other things, or make no sense.

    A dataset that is there may have company. `home` is the directory of the user.
    Raises TaskfilesError (bad-dataset, io).
    """
    if not directory.strip():
        raise _refused(directory or "An empty name", "it names no directory")
    place = os.path.realpath(directory)
    problem = _find_problem(place, home)
    if problem is None and not os.path.lexists(os.path.join(place, NAME)):
        with io_errors("Reading", directory):
            problem = _find_company(place)
    if problem is not None:
        raise _refused(directory, problem)


def _find_problem(place: str, home: str | None) -> str | None:
    if place == os.path.dirname(place):
        return "it is the root of the file system"
    if home is not None and place == os.path.realpath(home):
        return "it is your home directory"
    system = next((each for each in _SYSTEM if f"{place}/".startswith(f"{os.path.realpath(each)}/")), None)
    if system is not None:
        return f"it lies in {system}, which belongs to the system"
    while not os.path.lexists(place):
        place = os.path.dirname(place)
    return None if stat.S_ISDIR(os.stat(place).st_mode) else f"{place} is no directory"


def _find_company(place: str) -> str | None:
    """Name what lies in a directory without a dataset; what is hidden or describes it does not count."""
    if not os.path.isdir(place):
        return None
    found = sorted(
        name for name in os.listdir(place) if not name.startswith(".") and not _is_description(name)
    )
    if not found:
        return None
    more = f" and {number_of(len(found) - _NAMED, 'other')}" if len(found) > _NAMED else ""
    listed = f"{', '.join(found[:_NAMED])}{more}"
    return f"it contains other files and no {NAME}: {listed}"


def _is_description(name: str) -> bool:
    return name.upper() in {"LICENSE", "README"} or name.lower().endswith(_BESIDE)


def _refused(directory: str, problem: str) -> TaskfilesError:
    return TaskfilesError("bad-dataset", path=directory, problem=problem, remedy=_ELSEWHERE)
