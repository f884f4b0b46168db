"""The commits that changed task files, with the files that each of them changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from taskfiles.store.git import run_git
from taskfiles.store.log import make_format, split_log
from taskfiles.task.layout import TASKS_DIR, is_markdown

_FIELDS = ("%H", "%at", "%an", "%s", "%D")


class FileChange(NamedTuple):
    """A file before and after a commit: path and blob; the blob is None where there was no file."""

    path: str
    before: str | None
    after: str | None


class Commit(NamedTuple):
    """A commit: its name, when its change was made (seconds since 1970), by whom, its subject, its files.

    With `is_cut` a shallow clone ends there: whatever it changed, git shows all its files as new.
    """

    name: str
    time: int
    by: str
    subject: str
    files: list[FileChange]
    is_cut: bool = False


def list_commits(root: Path, since: int | None = None) -> list[Commit]:
    """List the commits of HEAD that changed Markdown files below `tasks/`, the newest first; one process.

    A merge has only the files that differ from all its parents. Paths are relative to the root. Renames are
    an absent file and a new one. Raises TaskfilesError (git-failed).
    """
    words = ["--root", "--decorate=full", "--raw", "-z", "--no-abbrev", "--no-renames", "--relative", "-c"]
    if since is not None:
        words.append(f"--since=@{since}")
    shown = run_git(root, "log", *words, make_format(*_FIELDS), "HEAD", "--", TASKS_DIR)
    return [each for each in _parse(shown) if each.files]


def _parse(shown: str) -> Iterator[Commit]:
    for (name, time, by, subject, names), words in split_log(shown, len(_FIELDS)):
        changes = (_file(line, next(words)) for line in words)
        files = [each for each in changes if each is not None]
        yield Commit(name, int(time), by, subject, files, "grafted" in names.split(", "))


def _file(line: str, path: str) -> FileChange | None:
    """Read a raw line of git's: a colon, mode and blob of each parent and of the result, and a letter."""
    if not is_markdown(path):
        return None
    parents = len(line) - len(line.lstrip(":"))
    words = line[parents:].split()
    modes, blobs = words[: parents + 1], words[parents + 1 : 2 * parents + 2]
    regular = [mode.startswith("100") for mode in modes]
    if not any(regular):
        return None
    before = blobs[0] if regular[0] else None
    return FileChange(path, before, blobs[-1] if regular[-1] else None)
