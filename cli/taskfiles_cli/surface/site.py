"""A directory of files that was made here: written anew, never over what is somebody else's."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable

from taskfiles import Store, TaskfilesError
from taskfiles.store.disk import io_errors
from taskfiles.store.outputs import check_output

LIST = ".tasks-web.json"  # the files that were written, so that the next time knows which are its own
_NAME = re.compile(r"(?:[A-Za-z0-9_.-]+/)*[A-Za-z0-9_.-]+")


def write_site(store: Store, directory: str, files: Iterable[tuple[str, bytes]]) -> int:
    """Write files by their names into a directory, and remove those of the last time; gives their number.

    Raises TaskfilesError: bad-value for a place in `tasks/` or `.git`, a directory that holds anything which
    was not written here, or a link where a directory of the site belongs; io.
    """
    check_output("--export", directory, os.fspath(store.root))
    with io_errors("Writing", directory):
        last = _read_last(directory)
        _write_list(directory, last)  # were this the end, the next time would know the directory
        written: list[str] = []
        for name, content in files:
            _write(directory, name, content)
            written.append(name)
        for name in sorted(last - {*written, LIST}, reverse=True):
            _remove(directory, name)
        _write_list(directory, written)
    return len(written)


def _write_list(directory: str, names: Iterable[str]) -> None:
    _write(directory, LIST, (json.dumps({"files": sorted(names)}, indent=0) + "\n").encode())


def _read_last(directory: str) -> set[str]:
    """Return the names of the files that were written the last time."""
    if not os.path.isdir(directory):
        if os.path.lexists(directory):
            raise _refuse(directory, "it is not a directory")
        return set()
    if not os.listdir(directory):
        return set()
    path = os.path.join(directory, LIST)
    try:
        with open(path, "rb") as file:
            names = json.loads(file.read())["files"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise _refuse(directory, "it holds files that were not written by this command") from None
    if not isinstance(names, list):
        raise _refuse(directory, f"its {LIST} is not in the form that this command writes")
    return {name for name in names if isinstance(name, str) and _is_name(name)}


def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and not {".", ".."} & {*name.split("/")}


def _write(directory: str, name: str, content: bytes) -> None:
    assert _is_name(name), name
    path = _check_way(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.islink(path):
        os.unlink(path)
    with open(path, "wb") as file:
        file.write(content)


def _remove(directory: str, name: str) -> None:
    path = _check_way(directory, name)
    if os.path.lexists(path) and not os.path.isdir(path):
        os.unlink(path)
    above = os.path.dirname(path)
    while above != directory and os.path.isdir(above) and not os.listdir(above):
        os.rmdir(above)
        above = os.path.dirname(above)


def _check_way(directory: str, name: str) -> str:
    """Return the path of a file of the site; a link on the way would lead out of it."""
    path = directory
    for part in name.split("/"):
        if path != directory and os.path.islink(path):
            raise _refuse(directory, f"{os.path.relpath(path, directory)} in it is a link")
        path = os.path.join(path, part)
    return path


def _refuse(directory: str, problem: str) -> TaskfilesError:
    remedy = "Name a new or empty directory, or one that this command wrote."
    return TaskfilesError(
        "bad-value", option="--export", given=f"“{directory[:80]}”", problem=problem, remedy=remedy
    )
