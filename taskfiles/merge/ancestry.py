"""Where two files of one task come from: their common ancestor in git's history."""

from __future__ import annotations

from functools import partial

from taskfiles.errors import TaskfilesError
from taskfiles.merge.task import is_one_history
from taskfiles.merge.twins import Ancestor, Related
from taskfiles.store.git import run_git
from taskfiles.store.store import Store
from taskfiles.task.layout import TASKS_DIR
from taskfiles.task.names import ids_in_path
from taskfiles.task.task import Task, find_task


def ancestor_in(store: Store) -> Ancestor:
    """Return the function that finds the common ancestor of two files of a store."""
    return partial(find_ancestor, store)


def relation_in(store: Store) -> Related:
    """Return the function that decides whether two files of a store come from one task.

    They do if they were created at one instant. If one has no such instant, a common ancestor in git counts
    too.
    """

    def are_related(first: Task, second: Task) -> bool:
        if is_one_history(first, second):
            return True
        unknown = any(task.values.get("created_at") is None for task in (first, second))
        return unknown and find_ancestor(store, first, second) is not None

    return are_related


def find_ancestor(store: Store, first: Task, second: Task) -> Task | None:
    """Find the version that two files with one id come from: the one where their branches diverged.

    It is in the merge base of the merge that brought them together, which need not be committed yet. None if
    they met otherwise: after a rebase or a cherry-pick history does not show what the second was written
    from, and a version that is too young would lose the changes before it.
    """
    if store.repository is None:
        return None
    try:
        history = _History(store, first, second)
        sides = history.find_meeting()
        return history.find_base(sides) if sides else None
    except TaskfilesError:  # git says no, or can't be run
        return None


class _History:
    """Git's history of two files; paths are relative to the project's root, where git is run."""

    def __init__(self, store: Store, first: Task, second: Task) -> None:
        self.root, self.tasks = store.root, (first, second)
        self.paths = (first.path, second.path)

    def git(self, *words: str) -> str:
        return run_git(self.root, "--literal-pathspecs", *words)

    def held(self, commit: str) -> frozenset[str]:
        """Return which of the two files a commit contains."""
        names = self.git("ls-tree", "-z", "--name-only", commit, "--", *self.paths).split("\0")
        return frozenset(names) & {*self.paths}

    def find_meeting(self) -> tuple[str, str] | None:
        """Find the two sides of the merge after which both files existed for the first time."""
        heads = ["HEAD", *self.merging()]
        both = frozenset(self.paths)
        if (pair := self.opposed(heads)) or self.held("HEAD") != both:
            return pair
        for commit in self.git(
            "rev-list", "--full-history", "--topo-order", "HEAD", "--", *self.paths
        ).split():
            if self.held(commit) != both:
                continue
            parents = self.git("rev-parse", f"{commit}^@").split()
            if not any(self.held(parent) == both for parent in parents):
                return self.opposed(parents)
        return None

    def merging(self) -> list[str]:
        """List the other side of a merge that is not committed yet."""
        found = run_git(self.root, "rev-parse", "--verify", "--quiet", "MERGE_HEAD", check=False).split()
        return found[:1]

    def opposed(self, commits: list[str]) -> tuple[str, str] | None:
        """Choose two commits: one contains only the first file, the other only the second."""
        holding = {each: commit for commit in reversed(commits) if len(each := self.held(commit)) == 1}
        sides = [holding.get(frozenset({path})) for path in self.paths]
        return (sides[0], sides[1]) if sides[0] and sides[1] else None

    def find_base(self, sides: tuple[str, str]) -> Task | None:
        """Read the task from the merge base of two commits; None unless it has exactly one file there."""
        (commit, *others) = self.git("merge-base", "--all", *sides).split()
        if others:
            return None  # a criss-cross merge: each base lacks changes of another
        names = self.git("ls-tree", "-r", "-z", "--name-only", commit, "--", TASKS_DIR).split("\0")
        wanted = [name for name in names if name in self.paths or self.is_named(name)]
        if len(wanted) != 1:
            return None
        text = self.git("cat-file", "--filters", f"{commit}:./{wanted[0]}")
        task = find_task(wanted[0], text.encode(errors="surrogateescape"))
        if task is None or task.id != self.tasks[0].id:
            return None
        return task if all(map(partial(_may_be_one, task), self.tasks)) else None

    def is_named(self, path: str) -> bool:
        return self.tasks[0].id in ids_in_path(path)


def _may_be_one(first: Task, second: Task) -> bool:
    """Return whether two files may be one task: nothing in them says otherwise."""
    silent = None in (first.values.get("created_at"), second.values.get("created_at"))
    return silent or is_one_history(first, second)
