"""What git knows of a source's files: when each came, and which commit set its state."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from taskfiles.store.git import ask_git
from taskfiles.store.log import make_format, split_log

_FIELDS = ("%H", "%cI", "%B")
_SHOWN = ("-z", "-M", "--relative", "--name-status", make_format(*_FIELDS))
_MAGIC = re.compile(r"[\\*?\[]")


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


class History(NamedTuple):
    """What git knows of files, by path, and why it knows nothing, or less than it could."""

    origins: dict[str, Origin]
    problem: str | None = None


def read_history(directory: Path, key: str, paths: Collection[str]) -> History:
    """Read what git knows of some Markdown files below a directory; `key` is the key of the state.

    Renames are followed. A file that differs from HEAD is left out: no commit set what it says. Empty
    outside of a repository, before the first commit, and in a shallow clone, whose oldest commit says
    nothing; where git can't read what commits changed, as in a clone without all objects, it says only when
    files came.
    """
    shallow = ask_git(directory, "rev-parse", "--is-shallow-repository", "HEAD")
    if shallow.status:
        return History({})
    if shallow.out.split()[0] != "false":
        return History({}, "The clone is shallow, so that its history says nothing; fetch all of it.")
    where = ["HEAD", "--", *sorted({_where(path) for path in paths})]
    found = ask_git(directory, "log", *_SHOWN, *where)
    changed = ask_git(directory, "diff", "-z", "--relative", "--name-only", *where)
    if found.status or changed.status:
        return History({}, _say(found.err or changed.err))
    pattern = f'-G^[ \t"]*{re.escape(key)}"?[ \t]*[:=]'
    setting = ask_git(directory, "log", pattern, *_SHOWN, *where)
    sets = {(commit.name, after) for commit in _parse(setting.out) for _, after in commit.files}
    origins = _follow(list(_parse(found.out)), set() if setting.status else sets)
    left = {path: each for path, each in origins.items() if path not in changed.out.split("\0")}
    return History(left, _say(setting.err) if setting.status else None)


def _where(path: str) -> str:
    """Return git's pattern for the Markdown files below the first directory of a path: it reads no others."""
    top, _, rest = path.partition("/")
    return f":(icase){_MAGIC.sub(_escape, top)}/*.md" if rest else f":(literal){path}"


def _escape(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _say(error: str) -> str:
    first = next((line.strip() for line in error.splitlines() if line.strip()), "no reason given")
    return f"Git can't read all of its history: {first.removeprefix('fatal: ')}."


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
    for (name, time, message), words in split_log(shown, len(_FIELDS)):
        files = []
        for status in words:
            before = next(words)
            after = next(words) if status[:1] in {"R", "C"} else before
            if status[:1] != "D":
                files.append(("" if status[:1] in {"A", "C"} else before, after))
        yield _Commit(name, time, message, files)
