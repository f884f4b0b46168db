"""Running a plan in worktrees: one branch a task, one for the plan, where the tasks' branches are merged."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.run.checkout import PREFIX, Checkouts
from taskfiles.run.commits import HEADS, Git, Merging, name_some
from taskfiles.run.copying import check_copied, copy_ignored
from taskfiles.store.copies import find_copies
from taskfiles.store.repository import Repository


class TaskTree(NamedTuple):
    """A task's worktree: its top, the project's root in it, and the commit that it started from."""

    task_id: str
    branch: str
    path: Path
    root: Path
    base: str


class Finish(NamedTuple):
    """What came of a plan's branch: its merge, None where none was asked for; its name and why it stays.

    `branch` is None where it holds nothing any more that the caller's HEAD does not, and so is gone;
    `worktree` is None where that is gone, else it stands there for the reason in `problem`.
    """

    merging: Merging | None
    branch: str | None
    worktree: Path | None = None
    problem: str = ""


class PlanTrees:
    """The worktrees and branches of one run of a plan.

    `root` is the project's root in the caller's checkout, `place` a directory for worktrees, one for each
    project. `environment` is git's. The caller holds the claim of a task whose tree it asks for.
    Several threads may use it at once, each for a task of its own. A checkout that no `git worktree` can
    start from is refused by `begin`, and so is all that would be lost otherwise; killed at any moment, a
    later run goes on from what is committed.

    Submodules are left as `git worktree add` leaves them: empty.
    """

    def __init__(
        self, repository: Repository, root: Path, place: Path, plan_id: str, environment: Mapping[str, str]
    ) -> None:
        self._repository, self._root = repository, root
        self._below = os.path.relpath(os.path.realpath(root), os.path.realpath(repository.top))
        self._git = Git(root, environment)
        self._trees = Checkouts(self._git, repository.common_dir, place)
        self._merging = Lock()
        self.branch = f"{PREFIX}plan-{plan_id}"

    def check_copied(self, paths: Sequence[str]) -> list[str]:
        """Check the ignored files that worktrees will get; return those that are not there.

        Raises TaskfilesError (not-copied).
        """
        return check_copied(self._git, self._root, paths)

    def begin(self, paths: Sequence[str] = (), ids: Sequence[str] = ()) -> str:
        """Start the plan's branch and worktree from HEAD, and return that commit.

        `paths` are the files, relative to the root, that the commit must contain as they are here; `ids` are
        the tasks that will get branches. Raises TaskfilesError: no-worktrees, not-committed, branch-unmerged,
        worktree-taken, git-failed, io; neither a branch nor a worktree has changed then.
        """
        base = self._find_base()
        self._check_names([self.branch, *(PREFIX + task_id for task_id in ids)])
        if other := self._list_uncommitted(paths):
            files = "a task file" if len(other) == 1 else f"{len(other)} task files"
            details = {"paths": other}
            raise TaskfilesError("not-committed", files=files, paths=name_some(other), details=details)
        with self._trees.locked():
            self._trees.check_contained(self.branch, base, "HEAD")
            self._trees.prune()
            self._trees.add(self.branch, base)
        return base

    def _list_uncommitted(self, paths: Sequence[str]) -> list[str]:
        """List the paths that HEAD does not have as they are here; the user's filters are applied."""
        copies = find_copies(self._repository, self._root, paths)
        older = [path for path, copy in copies.items() if copy == "older"]
        if older:
            words = ("diff", "-z", "--name-only", "--relative", "HEAD", "--", *older)
            older = self._git.change("--literal-pathspecs", *words).split("\0")
        return sorted(path for path, copy in copies.items() if copy == "none" or path in older)

    def _check_names(self, branches: Sequence[str]) -> None:
        """Refuse branches that git can't make beside those that are there: one can't be within another."""
        directory = PREFIX.rstrip("/")
        known = [name.removeprefix(HEADS) for name in self._git.list_branches(directory)]
        taken = [directory] if directory in known else []
        taken += [name for name in known if any(name.startswith(f"{branch}/") for branch in branches)]
        if taken:
            names = name_some(taken)
            several = len(taken) > 1
            problem = (
                f"the branch{'es' if several else ''} {names} keep{'' if several else 's'} git from making "
            )
            problem += f"branches below {PREFIX}" if directory in taken else "the branches of the tasks"
            remedy = f"Rename {'them' if several else 'it'}: `git branch --move {taken[0]} NEW-NAME`."
            raise TaskfilesError("no-worktrees", problem=problem, remedy=remedy, details={"branches": taken})

    def _find_base(self) -> str:
        inside = self._git.ask("rev-parse", "--is-inside-work-tree")
        if inside.out.strip() != "true":
            problem = inside.problem if inside.status else "git takes the repository for a bare one"
            remedy = "Run the command in a checkout."
            raise TaskfilesError("no-worktrees", problem=problem, remedy=remedy)
        base = self._git.find_commit("HEAD")
        if base is None:
            problem, remedy = (
                "there is no commit yet to start from",
                "Commit the project's files first, as with `git add -A && git commit`.",
            )
            raise TaskfilesError("no-worktrees", problem=problem, remedy=remedy)
        return base

    def task_tree(self, task_id: str) -> TaskTree:
        """Make a task's worktree, on its own branch, from what the plan's branch holds now.

        Raises TaskfilesError: branch-unmerged, worktree-taken, git-failed, io.
        """
        branch = PREFIX + task_id
        with self._trees.locked():
            base = self._tip()
            self._trees.check_contained(branch, base, self.branch)
            path = self._trees.add(branch, base)
        return TaskTree(task_id, branch, path, Path(os.path.normpath(path / self._below)), base)

    def copy_ignored(self, tree: TaskTree, paths: Sequence[str]) -> None:
        """Copy ignored files from the caller's checkout to a task's.

        Raises TaskfilesError (not-copied, io).
        """
        copy_ignored(self._git, self._root, tree.root, paths)

    def commit_task(self, tree: TaskTree, message: str) -> str:
        """Commit all that a worktree holds on the task's branch, and give the branch's last commit.

        What is ignored is left out, and so are repositories that somebody has made inside. What the agent
        has committed stays as it is. Raises TaskfilesError (commit-failed, git-failed), and then
        everything stays in the worktree; `details.output` are git's words, those of its hooks too.
        """
        problem, output = self._trees.find_stray(tree.branch), ""
        if not problem and (refusal := self._git.commit_all(tree.path, message)):
            problem, output = refusal.problem, refusal.err.strip() or refusal.out.strip() or refusal.ours
        if problem:
            raise TaskfilesError(
                "commit-failed",
                path=str(tree.path),
                branch=tree.branch,
                problem=problem,
                details={"output": output},
            )
        return self._git.run("rev-parse", "HEAD", at=tree.path).strip()

    def restore(self, tree: TaskTree) -> bool:
        """Make a worktree again, as its branch is, if somebody removed it; return whether that was so.

        Raises TaskfilesError (git-failed, io).
        """
        with self._trees.locked():
            if not self._trees.is_gone(tree.branch):
                return False
            self._trees.restore(tree.branch, tree.base)
        return True

    def merge_task(self, tree: TaskTree, message: str | None = None) -> Merging:
        """Merge a task's branch into the plan's, with a merge commit even where none were needed.

        A branch without commits of its own leaves the plan's as it is. After a conflict, or where a hook
        refuses, both branches are as before. Raises TaskfilesError (git-failed, io).
        """
        options = ("--no-ff", "-m", message or f"Merge {tree.branch}")
        with self._merging:
            if problem := self._trees.find_stray(self.branch):
                return Merging(None, (), f"{self._trees.path_of(self.branch)}: {problem}")
            with self._trees.holding(self.branch).busy():
                return self._git.merge(tree.branch, *options, at=self._trees.path_of(self.branch))

    def drop(self, tree: TaskTree) -> str:
        """Remove a task's worktree and branch if nothing is lost by it; return why both stay.

        What git ignores is removed with the worktree. The text is empty if both are gone. Raises
        TaskfilesError (git-failed, io).
        """
        with self._trees.locked():
            if problem := self._trees.find_obstacle(tree.branch):
                return problem
            tip = self._trees.find_tip(tree.branch)
            if tip is not None and not self._git.is_contained(tip, merged := self._tip()):
                _, subjects = self._git.describe(tip, without=merged)
                return f"{tree.branch} holds what {self.branch} does not: {subjects}"
            self._trees.remove(tree.branch)
            if tip is not None:
                self._trees.delete(tree.branch, tip)
        return ""

    def finish(self, *, merge: bool) -> Finish:
        """End the run: remove the plan's worktree, and with `merge` bring its branch to the caller's.

        Where that is refused or has conflicts, the caller's checkout is as it was. Trees that were not
        dropped stay. Raises TaskfilesError (git-failed, io).
        """
        merging = self._bring() if merge else None
        with self._trees.locked():
            problem, branch = self._trees.find_obstacle(self.branch), self.branch
            worktree = self._trees.path_of(self.branch)
            if not problem:
                tip, head = self._tip(), self._git.find_commit("HEAD")
                self._trees.remove(self.branch)
                if head is not None and self._git.is_contained(tip, head):
                    self._trees.delete(self.branch, tip)
                    branch = ""
        self.close()
        return Finish(merging, branch or None, worktree if problem else None, problem)

    def _bring(self) -> Merging:
        if self._git.find_branch() is None:
            problem = f"HEAD is on no branch; `git merge {self.branch}` on one that is to have it"
            return Merging(None, (), problem)
        return self._git.merge(self.branch)

    def close(self) -> None:
        """Leave everything as it is, for a run that goes on later."""
        self._trees.close()

    def _tip(self) -> str:
        tip = self._trees.find_tip(self.branch)
        if tip is None:
            problem = f"{self.branch} is gone"
            raise TaskfilesError("git-failed", command="rev-parse", problem=problem)
        return tip
