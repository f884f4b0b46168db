"""What git knows of a source's files: when each came, and which commit set its state."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from taskfiles.store.git import ask_git

_HEAD = "\x01"
_SHOWN = ("-z", "-M", "--relative", "--name-status")
_FORMAT = f"--format=tformat:{_HEAD}%H%x00%cI%x00%B%x00"


class Origin(NamedTuple):
    """When a file came, and when its state was set: instants, the commit, and that commit's message."""

    created_at: str
    decided_at: str | None
    commit: str | None
    message: str | None


class _Commit(NamedTuple):
    name: str
    time: str
    message: str
    files: list[tuple[str, str]]  # the path before, "" for a new file, and after


def read_origins(directory: Path, key: str, paths: Collection[str]) -> dict[str, Origin]:
    """Return what git knows of some files below a directory, by path; `key` is the key of the state.

    Renames are followed. A file that differs from HEAD is left out: no commit set what it says. Empty
    outside of a repository and in a shallow clone, whose oldest commit says nothing.
    """
    shallow = ask_git(directory, "rev-parse", "--is-shallow-repository")
    if shallow.status or shallow.out.strip() != "false":
        return {}
    where = ["HEAD", "--", *sorted({f":(literal){path.partition('/')[0]}" for path in paths})]
    found = ask_git(directory, "log", *_SHOWN, _FORMAT, *where)
    pattern = f'-G^[ \t"]*{re.escape(key)}"?[ \t]*[:=]'
    setting = ask_git(directory, "log", *_SHOWN, pattern, _FORMAT, *where)
    changed = ask_git(directory, "diff", "-z", "--relative", "--name-only", *where)
    if found.status or setting.status or changed.status:
        return {}
    sets = {(commit.name, after) for commit in _parse(setting.out) for _, after in commit.files}
    origins = _follow(list(_parse(found.out)), sets)
    return {path: each for path, each in origins.items() if path not in changed.out.split("\0")}


def _follow(commits: list[_Commit], sets: set[tuple[str, str]]) -> dict[str, Origin]:
    """Follow each file from the newest commit back; `sets` are commits with paths whose state they set."""
    now: dict[str, str] = {}  # what a path of an older commit is called today
    gone: set[str] = set()
    origins: dict[str, Origin] = {}
    for commit in commits:
        moved: dict[str, str] = {}
        for before, after in commit.files:
            today = now.pop(after, after)
            if today in gone:
                continue
            old = origins.get(today)
            is_setting = (commit.name, after) in sets
            if old is not None and old.commit is not None:
                origins[today] = old._replace(created_at=commit.time)
            elif is_setting:
                origins[today] = Origin(commit.time, commit.time, commit.name, commit.message.strip())
            else:
                origins[today] = Origin(commit.time, None, None, None)
            if before:
                moved[before] = today
            else:
                gone.add(today)
        now |= moved
    return origins


def _parse(shown: str) -> Iterator[_Commit]:
    """Yield the commits of git's answer, whose words end with NUL."""
    commit: _Commit | None = None
    words = iter(shown.split("\0"))
    for word in words:
        text = word.lstrip("\n")
        if text.startswith(_HEAD):
            if commit is not None:
                yield commit
            commit = _Commit(text[1:], next(words), next(words), [])
        elif commit is not None and text[:1] in {"R", "C"}:
            before, after = next(words), next(words)
            commit.files.append((before if text[0] == "R" else "", after))
        elif commit is not None and text[:1] in {"A", "M", "T"}:
            path = next(words)
            commit.files.append(("" if text[0] == "A" else path, path))
        elif commit is not None and text[:1] == "D":
            next(words)
    if commit is not None:
        yield commit
