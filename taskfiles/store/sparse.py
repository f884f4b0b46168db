"""Task files of git's index that a sparse checkout leaves out of the work tree."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.store.location import sparse_file
from taskfiles.task.layout import TASKS_DIR, is_markdown
from taskfiles.task.names import ids_in_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from taskfiles.store.reader import Reader

_SHOWN = 3  # patterns that a message names


class Absent(NamedTuple):
    """Paths of the task files that are not checked out, relative to the root, and the checkout's patterns.

    `ids` maps their ids to paths, as far as they are known without fetching anything.
    """

    paths: list[str]
    patterns: list[str]
    ids: dict[str, str]

    def describe_patterns(self) -> str:
        """Return the patterns that speak of tasks, else the first ones, as one phrase."""
        named = [each for each in self.patterns if TASKS_DIR in each] or self.patterns
        return ", ".join(named[:_SHOWN]) + (", …" if len(named) > _SHOWN else "")


NONE_ABSENT = Absent([], [], {})


def find_absent(git_dir: str | None, reader: Reader) -> Absent:
    """Find the task files of the index that are not checked out.

    Git is asked only where there is a sparse checkout, or was one. If it fails there are none.
    """
    if git_dir is None or not os.path.exists(sparse_file(git_dir)):
        return NONE_ABSENT
    from pathlib import Path  # noqa: PLC0415 (few clones are sparse)

    from taskfiles.errors import TaskfilesError  # noqa: PLC0415 (as above)
    from taskfiles.store.git import run_git  # noqa: PLC0415 (as above)

    root = Path(reader.root)
    try:
        listed = run_git(root, "ls-files", "-t", "-z", "--", TASKS_DIR).split("\0")
    except TaskfilesError:
        return NONE_ABSENT
    flagged = (line[2:] for line in listed if line.startswith(("S ", "s ")) and is_markdown(line))
    paths = sorted(path for path in flagged if not os.path.lexists(reader.file(path)))
    if not paths:
        return NONE_ABSENT
    ids = {task_id: path for path in paths for task_id in ids_in_path(path)}
    ids |= _read_ids(root, [path for path in paths if not ids_in_path(path)])
    return Absent(paths, _read_patterns(git_dir), ids)


def check_left_out(top: str, git_dir: str, directory: str) -> None:
    """Raise TaskfilesError (not-checked-out) if the index holds tasks for a directory without a project.

    Those of directories above it, up to the top of the work tree, count too.
    """
    if not os.path.exists(sparse_file(git_dir)):
        return
    from pathlib import Path  # noqa: PLC0415 (few clones are sparse)

    from taskfiles.errors import TaskfilesError  # noqa: PLC0415 (as above)
    from taskfiles.store.git import run_git  # noqa: PLC0415 (as above)

    above = os.path.relpath(directory, top)
    while True:
        place = os.path.normpath(os.path.join(above, TASKS_DIR))
        listed = run_git(Path(top), "--literal-pathspecs", "ls-files", "-t", "-z", "--", place, check=False)
        if listed.startswith("S "):
            raise TaskfilesError("not-checked-out", path=f"{place}/", place=place)
        if above in {".", ""}:
            return
        above = os.path.dirname(above) or "."


def _read_ids(root: Path, paths: Sequence[str]) -> dict[str, str]:
    """Read the ids of files whose names don't say them; none in a partial clone: git would fetch them."""
    from taskfiles.store.git import run_git  # noqa: PLC0415 (as above)

    if not paths or run_git(root, "config", "--get", "extensions.partialClone", check=False).strip():
        return {}
    words = ("grep", "--cached", "-z", "-I", "-e", "^id:", "--", *paths)
    found = run_git(root, "--literal-pathspecs", *words, check=False)
    ids: dict[str, str] = {}
    for line in reversed(found.splitlines()):  # the first of a file counts, which is the frontmatter's
        path, _, text = line.partition("\0")
        ids[text.removeprefix("id:").strip().strip("\"'")] = path
    return ids


def _read_patterns(git_dir: str) -> list[str]:
    try:
        with open(sparse_file(git_dir), encoding="utf-8", errors="replace") as file:
            lines = [line.strip() for line in file.read(1 << 16).splitlines()]
    except OSError:
        return []
    return [line for line in lines if line and not line.startswith("#")]
