"""Versions of tasks in commits: read from git, and paired to changes of one task each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.history.commits import Commit, FileChange
from taskfiles.merge.task import is_one_history
from taskfiles.store.git import read_objects, run_git
from taskfiles.task.layout import TASKS_DIR
from taskfiles.task.names import ids_in_path
from taskfiles.task.task import Task, find_task


class Pair(NamedTuple):
    """A task before and after a change; None for no task. One of them is there."""

    before: Task | None
    after: Task | None

    @property
    def task(self) -> Task:
        """The newer version of the two that is there."""
        found = self.after or self.before
        assert found is not None
        return found


class Versions:
    """The texts of files in git, each read once, many at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[str, bytes | None] = {}
        self._tasks: dict[
            tuple[str, str], Task | None
        ] = {}  # most versions are a change's end and a beginning

    def load(self, changes: Collection[FileChange]) -> None:
        """Read what changes of files need, in one process.

        Raises TaskfilesError: history-missing where the clone lacks one of them, git-failed.
        """
        names = {name for each in changes for name in (each.before, each.after) if name is not None}
        wanted = sorted(names - self._texts.keys())
        try:
            found = read_objects(self._root, wanted)
        except TaskfilesError as error:
            if _is_partial(self._root):  # git ends at the first object that it would have to fetch
                raise _history_missing() from error
            raise
        if None in found:
            raise _history_missing()
        self._texts |= dict(zip(wanted, found, strict=True))

    def task(self, path: str, blob: str | None) -> Task | None:
        """Return a version as a task; None for no file, or one that is not a readable task."""
        data = self._texts.get(blob) if blob is not None else None
        if blob is None or data is None:
            return None
        if (path, blob) not in self._tasks:
            self._tasks[path, blob] = find_task(path, data)
        return self._tasks[path, blob]

    def pairs(self, changes: Sequence[FileChange]) -> list[Pair]:
        """Pair the versions of one commit by the tasks that they are, moved and renamed ones too."""
        self.load(changes)
        before = [task for each in changes if (task := self.task(each.path, each.before)) is not None]
        after = [task for each in changes if (task := self.task(each.path, each.after)) is not None]
        found, left = [], list(before)
        for task in after:
            same = next((old for old in left if old.id == task.id and old.path == task.path), None)
            same = same or next((old for old in left if old.id == task.id), None)
            if same is not None:
                left.remove(same)
            found.append(Pair(same, task))
        for number, pair in enumerate(found):
            if pair.before is None and (old := _find_renamed(pair.task, left)) is not None:
                left.remove(old)
                found[number] = Pair(old, pair.after)
        return found + [Pair(old, None) for old in left]


def _is_partial(root: Path) -> bool:
    """Return whether git has left objects with the remote, as `git clone --filter` does."""
    words = ("config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$")
    return bool(run_git(root, *words, check=False))


def _history_missing() -> TaskfilesError:
    return TaskfilesError("history-missing", tasks=TASKS_DIR)


def _find_renamed(task: Task, gone: Sequence[Task]) -> Task | None:
    """Return the task that was given another id, by the instant of its creation."""
    if task.values.get("created_at") is None:
        return None
    return next((old for old in gone if is_one_history(old, task)), None)


def follow(
    root: Path, commits: Sequence[Commit], task_id: str, path: str | None
) -> list[tuple[Commit, Pair]]:
    """Follow one task back through commits, the newest first, through moves and renames.

    Files are looked at whose names may be the task's, or that were at its path. Raises TaskfilesError
    (git-failed).
    """
    versions = Versions(root)
    names = {task_id}
    paths = {path} if path is not None else set()
    found: list[tuple[Commit, Pair]] = []
    at = 0
    while at < len(commits):
        versions.load([file for commit in commits[at:] for file in _relevant(commit, names, paths)])
        known = (len(names), len(paths))
        while at < len(commits) and known == (len(names), len(paths)):
            commit = commits[at]
            at += 1
            files = _relevant(commit, names, paths)
            for pair in versions.pairs(files) if files else ():
                if pair.task.id in names:
                    found.append((commit, pair))
                    if pair.before is not None:
                        names.add(pair.before.id)
                        paths.add(pair.before.path)
    return found


def _relevant(commit: Commit, names: set[str], paths: set[str]) -> list[FileChange]:
    """Return the files of a commit that may be the task, and those that it may have been before."""
    files = [
        file for file in commit.files if file.path in paths or not names.isdisjoint(ids_in_path(file.path))
    ]
    if any(file.before is None for file in files):
        others = [file for file in commit.files if file.after is None and file not in files]
        return files + others
    return files
