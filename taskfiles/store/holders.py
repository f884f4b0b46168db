"""Find the files that may hold a task: by the index where it is valid, else by the bytes of all files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress

from taskfiles.store.index.known import find_known
from taskfiles.store.reader import Loaded, Reader
from taskfiles.task.findings import Finding
from taskfiles.task.layout import DIRECTORIES, ENDING, FLAT, TASKS_DIR
from taskfiles.task.names import id_in_path, ids_in_path
from taskfiles.task.task import Unreadable


def read_holders(reader: Reader, task_id: str) -> tuple[list[Loaded], list[Finding]]:
    """Read the files that have an id: return the tasks, and findings of unreadable files named after it.

    Files that the index knows are not opened unless they have the id.
    Raises FileNotFoundError if a file disappears meanwhile.
    """
    found: list[Loaded] = []
    broken: list[Finding] = []
    for path in find_holders(reader, task_id):
        try:
            loaded = reader.read(path)
        except Unreadable as error:
            if task_id in ids_in_path(path):
                broken.append(error.finding)
            continue
        if loaded is not None and loaded.task.id == task_id:
            found.append(loaded)
    if found:  # then a file with the name but without frontmatter does not make the id ambiguous
        broken = [finding for finding in broken if finding.severity == "error"]
    return found, broken


def is_named(reader: Reader, task_id: str, layout: str) -> bool:
    """Return whether a regular file stands where the layout puts a task, under the name of one with an id.

    Only names are read: the task may have another id inside, and one with this id may stand elsewhere.
    """
    if layout == FLAT:
        path = f"{TASKS_DIR}/{task_id}{ENDING}"
        return id_in_path(path, layout) == task_id and _is_regular(reader.file(path))
    for directory in DIRECTORIES.values():
        place = reader.file(f"{TASKS_DIR}/{directory}")
        with suppress(OSError):
            for name in os.listdir(place):
                if task_id in name and id_in_path(name, layout) == task_id and _is_regular(f"{place}/{name}"):
                    return True
    return False


def find_path(reader: Reader, task_id: str, layout: str) -> str | None:
    """Return the path of a file that has an id, in its name or inside; None if there is none."""
    for path in find_holders(reader, task_id):
        if task_id == id_in_path(path, layout):
            return path
        with suppress(FileNotFoundError, Unreadable):
            loaded = reader.read(path)
            if loaded is not None and loaded.task.id == task_id:
                return path
    return None


def _is_regular(file: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(file).st_mode)
    except (OSError, ValueError):  # no such file, or no name of one
        return False


def find_holders(reader: Reader, task_id: str) -> Iterator[str]:
    """Yield the paths of the files that are named after an id, or may have it inside.

    Raises FileNotFoundError if a file disappears meanwhile, TaskfilesError (io).
    """
    known = find_known(reader.root, reader.cache, task_id) if reader.cache is not None else None
    if known is None:
        yield from _may_hold(reader, task_id, reader.walk())
    else:
        paths, unknown = known
        yield from sorted({*paths, *_may_hold(reader, task_id, unknown)})


def _may_hold(reader: Reader, task_id: str, paths: Iterable[str]) -> Iterator[str]:
    """Yield the files whose name or bytes have the id's letters; escapes in YAML may stand for them."""
    letters = os.fsencode(task_id)
    for path in paths:
        if task_id in ids_in_path(path):
            yield path
            continue
        with suppress(Unreadable):
            content = reader.read_bytes(path)
            if content is not None and (letters in content[0] or b"\\" in content[0]):
                yield path
