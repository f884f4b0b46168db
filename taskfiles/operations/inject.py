"""Use case: write the block that informs agents about this project into a file of the repository."""

from __future__ import annotations

import os
from typing import NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.store import disk
from taskfiles.store.location import find_git
from taskfiles.text.block import find_block, put_block
from taskfiles.text.diff import text_diff

_MAX_SIZE = 16 * 1024 * 1024


class Injection(NamedTuple):
    """A planned write of a block into a file.

    `path` is relative to the top of the repository; `file` is the real path, links resolved; `line` is that
    of the existing block, or 1; `before` is None if there is no file.
    """

    path: str
    file: str
    before: bytes | None
    after: bytes
    line: int
    has_block: bool
    identity: disk.Identity | None

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty if nothing changes."""
        source = "/dev/null" if self.before is None else f"a/{self.path}"
        return text_diff(self.before or b"", self.after, source, f"b/{self.path}")


def plan_injection(file: str, root: str, text: str, head: bytes = b"") -> Injection:
    """Read a file and plan to write a block into it; nothing is written. A new file begins with `head`.

    `root` is the project's; the file must be in its repository, or without git below the root.
    Raises TaskfilesError: bad-value, outside-root (a link that leads out), block-damaged, io.
    """
    base = os.path.realpath(root)
    git = find_git(base)
    top = os.path.realpath(git[0]) if git else base
    place = os.path.realpath(file)
    inside = os.path.relpath(place, top)
    parts = inside.split(os.sep)
    if parts[0].casefold() in {os.pardir, os.curdir, ".git"}:
        raise _outside(file, top)
    path = "/".join(parts)
    with disk.io_errors("Reading", path):
        try:
            content = disk.read_regular(place, _MAX_SIZE)
        except FileNotFoundError:
            return Injection(path, place, None, put_block(path, head, text), 1, False, None)
    if content is None or len(content[0]) > _MAX_SIZE:
        problem, remedy = "it is not a small regular file", "Name a text file; nothing was changed."
        raise TaskfilesError("io", path=path, action="Reading", problem=problem, remedy=remedy)
    data, identity = content
    block = find_block(path, data)
    line = block.line if block else 1
    return Injection(path, place, data, put_block(path, data, text), line, block is not None, identity)


def _outside(file: str, top: str) -> TaskfilesError:
    where = os.path.join(os.path.realpath(os.path.dirname(file)), os.path.basename(file))
    if os.path.islink(file) and os.path.relpath(where, top).split(os.sep)[0] != os.pardir:
        return TaskfilesError("outside-root", path=file)
    problem, remedy = "it is not a file of this repository", "Name one below its top, such as AGENTS.md."
    return TaskfilesError("bad-value", option="file", given=file, problem=problem, remedy=remedy)


def write_injection(injection: Injection) -> None:
    """Write a planned injection in one step; the caller holds the store's lock.

    Raises TaskfilesError (changed-underneath, io).
    """
    if injection.changed:
        disk.write_over(injection.file, injection.after, injection.identity, injection.path, injection.before)
