"""Branches in worktrees of their own below one directory: made, held, looked at, taken away."""

from __future__ import annotations

import os
import shlex
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.run.commits import HEADS, Git, name_some
from taskfiles.run.holding import Holding, hold, one_at_a_time
from taskfiles.store.location import find_git

PREFIX = "tasks/"  # of all branches that are ours
_HELD = ".held"  # no id begins so


class _Registered(NamedTuple):
    """A worktree as git knows it; the branch is None where HEAD is detached."""

    path: Path
    branch: str | None


class Checkouts:
    """Worktrees of one repository that lie in one directory, each named after its branch.

    `common` is the git directory that all worktrees share. What is made here is held until it is removed
    or `close` is called, so that no two runs use one.
    """

    def __init__(self, git: Git, common: Path, place: Path) -> None:
        self.git, self._common = git, os.path.realpath(common)
        self._place = Path(os.path.realpath(place))
        self._held: dict[str, Holding] = {}

    def locked(self) -> AbstractContextManager[None]:
        """Change the repository's worktrees and branches one at a time. Raises TaskfilesError (io)."""
        return one_at_a_time(str(self._place))

    def path_of(self, branch: str) -> Path:
        """Return the path of the worktree of a branch of ours."""
        return self._place / branch.removeprefix(PREFIX)

    def holding(self, branch: str) -> Holding:
        """Return the hold on a worktree made here."""
        return self._held[branch]

    def find_tip(self, branch: str) -> str | None:
        """Find the last commit of a branch."""
        return self.git.find_commit(HEADS + branch)

    def check_contained(self, branch: str, commit: str, into: str) -> None:
        """Refuse a branch that holds what a commit does not.

        Raises TaskfilesError (branch-unmerged, git-failed).
        """
        tip = self.find_tip(branch)
        if tip is None or self.git.is_contained(tip, commit):
            return
        count, subjects = self.git.describe(tip, without=commit)
        paths = [shlex.quote(str(each.path)) for each in self._list() if each.branch == branch]
        raise TaskfilesError(
            "branch-unmerged",
            branch=branch,
            into=into,
            count=f"{count} commit{'s' if count > 1 else ''}",
            subjects=subjects,
            remedy="".join(f"`git worktree remove {path}`, then " for path in paths),
            details={"branch": branch, "commits": count},
        )

    def add(self, branch: str, commit: str) -> Path:
        """Set a branch, new or contained in a commit, to that commit, and make its worktree, under `locked`.

        What an earlier run has left in its place is taken away where nothing is lost by it. Raises
        TaskfilesError (worktree-taken, git-failed, io).
        """
        path = self.path_of(branch)
        holding = hold(str(self._place / _HELD), path.name)
        if holding is None:
            raise _taken(branch, path, "another run is working there", "Wait until that has ended.")
        try:
            self._clear(branch, path, holding)
            former = self.find_tip(branch)
            self._move(branch, commit, former)
            with holding.busy():
                try:
                    self.git.change("worktree", "add", "--quiet", str(path), branch)
                except TaskfilesError:  # a hook's refusal leaves a worktree that is made to the end
                    self.git.act("worktree", "remove", "--force", "--force", str(path))
                    self._move(branch, former, commit)
                    holding.settle()
                    raise
        except BaseException:
            holding.release()
            raise
        self._held[branch] = holding
        return path

    def _move(self, branch: str, commit: str | None, former: str | None) -> None:
        """Create, move or delete a branch that is still where it was."""
        zero = "0" * len(commit or former or "")
        words = ("-m", "tasks run", HEADS + branch, commit or zero, former or zero)
        self.git.change("update-ref", *words)

    def _clear(self, branch: str, path: Path, holding: Holding) -> None:
        known, _ = self._list(), self.is_gone(branch)
        for other in known:
            if other.branch == branch and other.path != path:
                remedy = "Switch that worktree to another branch, or remove it."
                raise _taken(branch, path, f"the branch is checked out in {other.path}", remedy)
        if any(each.path == path for each in known):
            if not holding.was_cut_short and os.path.lexists(path):
                problem = self.find_obstacle(branch)
                if problem:
                    remedy = "Commit or move away what you need of it, then run the command again."
                    raise _taken(branch, path, problem, remedy)
            # Twice, for git has locked what it did not come to the end of making.
            force = ["--force", "--force"] if holding.was_cut_short else ["--force"]
            self.git.change("worktree", "remove", *force, str(path))
        if os.path.lexists(path):
            raise _taken(branch, path, "something else stands there", "Move it away.")
        holding.settle()

    def is_gone(self, branch: str) -> bool:
        """Whether a worktree was removed with all that was in it; an empty directory goes as well."""
        path = self.path_of(branch)
        with suppress(OSError):
            path.rmdir()
        return not os.path.lexists(path)

    def restore(self, branch: str, commit: str) -> None:
        """Make a removed worktree again, as its branch is, or from a commit; call it under `locked`.

        Raises TaskfilesError (git-failed, io).
        """
        path = self.path_of(branch)
        with self._held[branch].busy():
            if any(each.path == path for each in self._list()):
                self.git.act("worktree", "remove", "--force", "--force", str(path))
            if self.find_tip(branch) is None:
                self._move(branch, commit, None)
            self.git.change("worktree", "add", "--quiet", str(path), branch)

    def prune(self) -> None:
        """Remove worktrees of ours from git's list whose directory is gone; call it under `locked`."""
        for each in self._list():
            if each.path.is_relative_to(self._place) and not os.path.lexists(each.path):
                self.git.act("worktree", "remove", "--force", str(each.path))

    def find_stray(self, branch: str) -> str:
        """Return why what is in a worktree's place is not its branch's worktree; empty if it is."""
        path = self.path_of(branch)
        found = find_git(str(path))
        # Without its own `.git`, git would take the nearest repository above for the one that is meant.
        if found is None or found[0] != str(path) or found[2] != self._common:
            return "it is not a worktree of this repository any more"
        current = self.git.find_branch(path)
        return "" if current == branch else f"it is on {current or 'no branch'} instead"

    def find_obstacle(self, branch: str) -> str:
        """Return what would be lost with a branch's worktree; empty if nothing would.

        What git ignores, the results of building say, counts for nothing: it goes with the worktree.
        """
        path = self.path_of(branch)
        if problem := self.find_stray(branch):
            return problem
        if changed := [name for _, name in self.git.list_changes(path)]:
            return f"it holds what is not committed: {name_some(changed)}"
        index = self.git.run("ls-files", "--stage", "-z", at=path).split("\0")
        links = [entry.partition("\t")[2] for entry in index if entry.startswith("160000 ")]
        inner = [name for name in links if os.path.lexists(path / name / ".git")]
        return f"it holds repositories of their own: {name_some(inner)}" if inner else ""

    def remove(self, branch: str) -> None:
        """Take away a worktree that has no obstacle; call it under `locked`.

        Raises TaskfilesError (git-failed, io).
        """
        holding = self._held[branch]
        try:
            with holding.busy():
                # By force, for without it git removes none that has submodules, be they empty.
                self.git.change("worktree", "remove", "--force", str(self.path_of(branch)))
        except TaskfilesError:  # somebody has locked it, say, and may yet put work into it
            holding.settle()
            raise
        self._held.pop(branch).release()

    def delete(self, branch: str, tip: str) -> None:
        """Delete a branch that still is where it was. Raises TaskfilesError (git-failed)."""
        self._move(branch, None, tip)

    def close(self) -> None:
        """Let other runs have what is left."""
        while self._held:
            self._held.popitem()[1].release()

    def _list(self) -> list[_Registered]:
        listed = self.git.run("worktree", "list", "--porcelain")
        found = []
        for block in listed.split("\n\n"):
            lines = dict(line.partition(" ")[::2] for line in block.splitlines())
            if "worktree" in lines:
                branch = lines["branch"].removeprefix(HEADS) if "branch" in lines else None
                found.append(_Registered(Path(lines["worktree"]), branch))
        return found


def _taken(branch: str, path: Path, problem: str, remedy: str) -> TaskfilesError:
    details = {"branch": branch, "worktree": str(path)}
    return TaskfilesError(
        "worktree-taken", path=str(path), branch=branch, problem=problem, remedy=remedy, details=details
    )
