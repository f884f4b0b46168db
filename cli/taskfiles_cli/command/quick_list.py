"""`tasks list [--state STATE] --output json` from the index alone, without all that other commands need.

What is not exactly of that form, or not certain, is left to the long way, which says the same.
"""

from __future__ import annotations

import os
import sys

from taskfiles.store.index.rows import read_rows
from taskfiles.store.index.table import SEPARATOR
from taskfiles.store.location import (
    find_git,
    find_root,
    has_leases,
    index_directory,
    journal_directory,
    leases_directory,
    pending_names,
    sparse_file,
)
from taskfiles.task.layout import DIRECTORIES, TASKS_DIR
from taskfiles_cli.line.surroundings import cache_directory, state_directory

TYPE_CHECKING = False  # as in `taskfiles.store.location`
if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskfiles.store.index.rows import Piece


def answer(argv: Sequence[str]) -> int | None:
    """Write the answer and give the exit code; None where the long way must be gone."""
    known, state = _read(argv)
    if not known or sys.stdout is None or sys.stdout.isatty():
        return None
    rows = _rows(state)
    if rows is None:
        return None
    try:
        _write(rows)
    except OSError as error:
        return _refuse(error)
    return 0


def _read(argv: Sequence[str]) -> tuple[bool, str | None]:
    """Read the command line: whether it is of the form, and the state that it names."""
    if argv[:1] != ["list"] or len(argv) not in {3, 5}:
        return False, None
    options = dict(zip(argv[1::2], argv[2::2], strict=True))
    output = options.pop("--output", None) or options.pop("-o", None)
    state = options.pop("--state", None) or options.pop("-s", None)
    return output == "json" and not options and (state is None or state in DIRECTORIES), state


def _rows(state: str | None) -> list[Piece] | None:
    try:
        here = os.path.realpath(os.getcwd())
        git = find_git(here)
    except OSError:
        return None
    root = find_root(here, git[0] if git else None)
    if root is None or os.path.islink(os.path.join(root, TASKS_DIR)):
        return None
    if git is not None and os.path.exists(sparse_file(git[1])):
        return None  # the long way says what is not checked out
    try:
        journal = journal_directory(root, git[2] if git else None, state_directory(os.environ))
        if journal is not None and pending_names(journal):
            return None  # the long way undoes what was cut short
        if has_leases(leases_directory(root, git)):
            return None  # the long way adds who holds what
        directory = index_directory(root, git[1] if git else None, cache_directory(os.environ))
        return read_rows(root, directory, state) if directory is not None else None
    except Exception:
        return None


def _write(rows: list[Piece]) -> None:
    """Write the rows as one JSON array; they are neither joined nor copied first."""
    write = sys.stdout.buffer.write
    write(b"[")
    for number, row in enumerate(rows):
        if number:
            write(SEPARATOR)
        write(row)
    write(b"]\n")
    sys.stdout.buffer.flush()


def _refuse(error: OSError) -> int:
    """Say that writing failed as every command does."""
    from taskfiles_cli.command.funnel import guard  # noqa: PLC0415 (only a failure needs it)
    from taskfiles_cli.render.console import Console  # noqa: PLC0415

    console = Console("json")
    return guard(console, lambda: console.refuse(error))
