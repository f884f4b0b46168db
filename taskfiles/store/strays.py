"""Files that look like tasks and that no command reads: another ending, or a name that begins with a dot."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

from taskfiles.errors import number_of
from taskfiles.store import disk
from taskfiles.store.reader import Reader
from taskfiles.task.findings import Finding, make_finding
from taskfiles.task.layout import TASKS_DIR, is_markdown
from taskfiles.task.names import ids_in_name, split_name
from taskfiles.task.task import Unreadable
from taskfiles.text.document import looks_like_task

_TEXTS = frozenset((".markdown", ".mdown", ".mdwn", ".mkd", ".mkdn", ".mdx", ".txt", ".text"))


def find_strays(reader: Reader) -> Iterator[Finding]:
    """Yield a finding for each file below `tasks/` that looks like a task and is passed over, sorted by path.

    A directory whose name begins with a dot is one finding, whatever is below it. Links are not followed.
    Git's own directories are left alone, and so is a backup beside the file that it is of.
    """
    pending = [reader.file(TASKS_DIR)]
    while pending:
        place = pending.pop()
        try:
            with os.scandir(place) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError:  # gone meanwhile, or not to be read, which reading the tasks has said
            continue
        names = {entry.name for entry in entries}
        for entry in entries:
            if is_markdown(entry.name) and entry.name[0] != "." and not entry.is_dir(follow_symlinks=False):
                continue  # read as a task, or as none; most are
            path = reader.relative(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if entry.name.startswith("."):
                    yield from _look_below(reader, entry.path)
                else:
                    pending.append(entry.path)
            elif entry.is_file(follow_symlinks=False) and _is_stray(reader, path, names):
                yield _describe(path)


def _look_below(reader: Reader, directory: str) -> Iterator[Finding]:
    if os.path.basename(directory) == ".git":
        return
    found = []
    for place, below, names in os.walk(directory):
        below[:] = sorted(name for name in below if name != ".git")
        paths = (reader.relative(os.path.join(place, name)) for name in sorted(names) if is_markdown(name))
        found += [path for path in paths if split_name(os.path.basename(path)) or _has_fence(reader, path)]
    if found:
        shown, files = f"{reader.relative(directory)}/", number_of(len(found), "task file")
        yield make_finding("hidden-directory", found[0], 1, 1, directory=shown, files=files)


def _is_stray(reader: Reader, path: str, beside: set[str]) -> bool:
    name = path.rpartition("/")[2]
    if name.startswith("."):
        if not ids_in_name(name[1:]) or name[1:] in beside:
            return False
        return split_name(name[1:]) is not None or _has_fence(reader, path)
    if is_markdown(name) or _is_backup(name, beside):
        return False
    ending = os.path.splitext(name)[1].lower()
    is_named = split_name(name) is not None
    if is_named and (not ending or ending in _TEXTS):
        return True
    return (is_named or ending in _TEXTS) and _has_fence(reader, path)


def _is_backup(name: str, beside: set[str]) -> bool:
    """Return whether a name is that of a file beside it with something appended: `~`, `.orig`, `.~1~`."""
    while (shorter := name.removesuffix("~") if name.endswith("~") else os.path.splitext(name)[0]) != name:
        name = shorter
        if is_markdown(name) and name in beside:
            return True
    return False


def _has_fence(reader: Reader, path: str) -> bool:
    with suppress(Unreadable, FileNotFoundError, OSError):
        content = disk.read_regular(reader.file(path))
        return content is not None and looks_like_task(content[0])
    return False


def _describe(path: str) -> Finding:
    name = path.rpartition("/")[2]
    stem = split_name(name.lstrip(".")) or os.path.splitext(name)[0]
    return make_finding("other-ending", path, 1, 1, name=f"{stem}.md")
