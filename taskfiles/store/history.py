"""When git's history has a task file become done, through its renames; the reading of the log is pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import TaskfilesError
from taskfiles.store.git import run_git
from taskfiles.task.layout import TASKS_DIR

if TYPE_CHECKING:
    from pathlib import Path

_COMMIT = "\x01"
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_STATE = re.compile(r"""\+\s*["']?state["']?\s*:\s*["']?([a-z-]+)""")
_LOG = (
    "-c",
    "core.quotePath=false",
    "log",
    "--no-show-signature",
    f"--format={_COMMIT}%H %aI",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--relative",
    "-M",
)
_CHANGES = ("--diff-filter=MR", "-p", "--unified=0")
_ADDITIONS = ("--diff-filter=A", "--name-only")


class Moment(NamedTuple):
    """A commit and its author's date, as ISO 8601 text."""

    commit: str
    date: str


class Patch(NamedTuple):
    """What a commit does to one file: the state that it sets, None if it sets none."""

    moment: Moment
    source: str
    target: str
    state: str | None


def find_completions(root: Path, paths: Collection[str]) -> tuple[dict[str, Moment], dict[str, Moment]]:
    """Return for each file the commit that made it done, and for each the commit that added it.

    The first is there only if its latest change of state is one to done. Files that git does not know are
    in neither; without git, or if git fails, both are empty.
    """
    try:
        changes = run_git(root, *_LOG, *_CHANGES, "--", TASKS_DIR)
        additions = run_git(root, *_LOG, *_ADDITIONS, "--", TASKS_DIR)
    except TaskfilesError:
        return {}, {}
    names, done = follow(read_patches(changes.split("\n")), paths)
    return done, {path: moment for name, moment in _read_additions(additions) if (path := names.get(name))}


def follow(patches: Iterable[Patch], paths: Collection[str]) -> tuple[dict[str, str], dict[str, Moment]]:
    """Follow files from the newest commit back: their names by older name, and when they became done."""
    names = {path: path for path in paths}
    settled: set[str] = set()
    done: dict[str, Moment] = {}
    for moment, source, target, state in patches:
        path = names.get(target)
        if path is None:
            continue
        names.setdefault(source, path)
        if state is not None and path not in settled:
            settled.add(path)
            if state == "done":
                done[path] = moment
    return names, done


def read_patches(lines: Iterable[str]) -> Iterator[Patch]:
    """Read `git log -p --unified=0`, the newest commit first."""
    moment, source, target, state = Moment("", ""), "", "", None
    left = 0  # lines of the hunk that follow
    for line in lines:
        if left > 0 and not line.startswith("\\"):
            left -= 1
            if found := _STATE.match(line):
                state = found[1]
        elif line.startswith((_COMMIT, "diff --git ")):
            if target:
                yield Patch(moment, source, target, state)
            source, target, state = "", "", None
            if line.startswith(_COMMIT):
                moment = Moment(*line[1:].split(" ", 1))
        elif hunk := _HUNK.match(line):
            left = sum(1 if count is None else int(count) for count in hunk.groups())
        elif line.startswith(("--- a/", "rename from ")):
            source = _read_name(line.removeprefix("--- a/").removeprefix("rename from "))
        elif line.startswith(("+++ b/", "rename to ")):
            target = _read_name(line.removeprefix("+++ b/").removeprefix("rename to "))
    if target:
        yield Patch(moment, source, target, state)


def _read_name(text: str) -> str:
    """Read a name; git ends one that holds a blank with a tab."""
    return text.removesuffix("\t")


def _read_additions(text: str) -> Iterator[tuple[str, Moment]]:
    moment = Moment("", "")
    for line in text.split("\n"):
        if line.startswith(_COMMIT):
            moment = Moment(*line[1:].split(" ", 1))
        elif line:
            yield line, moment
