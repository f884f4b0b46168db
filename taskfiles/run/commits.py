"""Git in one repository for a run: what commits hold, and making them in the user's own name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.store.git import GitResult, act_git, ask_git, git_failed, run_git

HEADS = "refs/heads/"
_SHOWN = 5  # names in a sentence
_UNMERGED = frozenset({"DD", "AU", "UD", "UA", "DU", "AA", "UU"})  # git-status(1)


class Merging(NamedTuple):
    """What came of a merge: the commit it led to; or None, the paths in conflict, and why, in one line.

    Paths are below the repository's top; `output` are all of git's words, those of its hooks too.
    """

    commit: str | None
    conflicts: tuple[str, ...] = ()
    problem: str = ""
    output: str = ""


class Git:
    """Git in the work trees of one repository: the caller's, where `at` names no other.

    Questions run nothing of the repository's. Commits are the user's own: identity, hooks, filters and
    signing are those that git finds.
    """

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.root, self.environment = root, environment

    def run(self, *arguments: str, at: Path | None = None) -> str:
        """Ask git, and return what it prints. Raises TaskfilesError (git-failed)."""
        return run_git(at or self.root, *arguments, environment=self.environment)

    def ask(self, *arguments: str, at: Path | None = None) -> GitResult:
        """Ask git, and return its result, a failure too."""
        return ask_git(at or self.root, *arguments, environment=self.environment)

    def act(self, *arguments: str, at: Path | None = None) -> GitResult:
        """Change the repository as the user would, and return what git answers, a failure too."""
        return act_git(at or self.root, *arguments, environment=self.environment)

    def change(self, *arguments: str, at: Path | None = None) -> str:
        """Change the repository as `act` does. Raises TaskfilesError (git-failed)."""
        done = self.act(*arguments, at=at)
        if done.status:
            raise git_failed(arguments, done)
        return done.out

    def find_commit(self, name: str, at: Path | None = None) -> str | None:
        """Find the commit that a full reference, or HEAD, names."""
        found = self.ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", at=at)
        return found.out.strip() or None

    def find_branch(self, at: Path | None = None) -> str | None:
        """Find the branch that a work tree is on; None where HEAD is detached."""
        name = self.ask("symbolic-ref", "--quiet", "HEAD", at=at).out.strip()
        return name.removeprefix(HEADS) or None

    def list_branches(self, directory: str) -> list[str]:
        """List the branch of a name and those below it, as full references."""
        return self.run("for-each-ref", "--format=%(refname)", HEADS + directory).split()

    def is_contained(self, commit: str, into: str) -> bool:
        """Return whether a commit is in the history of another. Raises TaskfilesError (git-failed)."""
        answer = self.ask("merge-base", "--is-ancestor", commit, into)
        if answer.status not in {0, 1}:
            raise TaskfilesError("git-failed", command="merge-base", problem=answer.problem)
        return answer.status == 0

    def describe(self, commit: str, without: str) -> tuple[int, str]:
        """Count the commits that one has and another has not, and name the newest."""
        wanted = f"{without}..{commit}"
        count = int(self.run("rev-list", "--count", wanted))
        subjects = self.run("log", "-z", "--format=%s", f"--max-count={_SHOWN}", wanted)
        return count, name_some(subjects.strip("\0").split("\0"), count)

    def list_changes(self, at: Path) -> list[tuple[str, str]]:
        """List what a work tree holds beside its last commit, as status and path; what is ignored not.

        A repository inside that is not a submodule is one path with `/` at its end.
        """
        options = ("--porcelain", "-z", "--untracked-files=all", "--ignore-submodules=none", "--no-renames")
        # With the user's filters, as `git add` has them: what they convert is no change.
        listed = self.change("--no-optional-locks", "-c", "core.fsmonitor=false", "status", *options, at=at)
        return [(entry[:2], entry[3:]) for entry in listed.split("\0") if entry]

    def commit_all(self, at: Path, message: str) -> GitResult | None:
        """Commit what `list_changes` lists, but repositories inside; None if git refused nothing.

        Of such a repository git would keep no more than a pointer. `at` is the top of a work tree. Raises
        TaskfilesError (git-failed).
        """
        changes = self.list_changes(at)
        if conflicts := [path for kind, path in changes if kind in _UNMERGED]:
            return GitResult(1, "", "", f"conflicts are not resolved in {name_some(conflicts)}")
        inner = [f":(exclude,literal){path[:-1]}" for _, path in changes if path.endswith("/")]
        added = self.act("add", "--all", *(["--", ".", *inner] if inner else []), at=at)
        if added.status:
            return added
        is_merging = self.find_commit("MERGE_HEAD", at) is not None
        if not is_merging and self.ask("diff", "--cached", "--quiet", at=at).status == 0:
            return None
        committed = self.act("commit", "--quiet", "--message", message, at=at)
        return committed if committed.status else None

    def merge(self, branch: str, *options: str, at: Path | None = None) -> Merging:
        """Merge a branch into what a work tree is on; what can't be merged leaves it as it was.

        A merge that was under way before stays so, and one that git's configuration wants without a
        commit. Raises TaskfilesError (git-failed).
        """
        under_way = self.find_commit("MERGE_HEAD", at) is not None
        try:
            answer = self.act("merge", "--quiet", "--no-edit", *options, HEADS + branch, at=at)
        except BaseException:  # Ctrl-C, which has ended git, too
            if not under_way:
                self._abort(at)
            raise
        if answer.status == 0:
            head = self.run("rev-parse", "HEAD", at=at).strip()
            if self.is_contained(HEADS + branch, head):
                return Merging(head)
            return Merging(None, (), "git has merged it without a commit, as its configuration says")
        begun = not under_way and self.find_commit("MERGE_HEAD", at) is not None
        conflicts = self._abort(at) if begun else ()
        problem = f"conflicts in {name_some(conflicts)}" if conflicts else answer.problem
        said = answer.err.strip().splitlines()
        if begun and not conflicts and len(said) > 1:  # a hook's words; git's own advice comes after them
            problem = GitResult(answer.status, "", "\n".join(said[:-1])).problem
        return Merging(None, conflicts, problem, "\n".join([*said, answer.out.strip()]).strip())

    def _abort(self, at: Path | None) -> tuple[str, ...]:
        """Abort a merge that was begun, and return the paths that were in conflict."""
        if self.find_commit("MERGE_HEAD", at) is None:
            return ()
        listed = self.run("diff", "--name-only", "--diff-filter=U", "-z", at=at)
        self.change("merge", "--abort", at=at)
        return tuple(sorted({path for path in listed.split("\0") if path}))


def name_some(names: Sequence[str], count: int | None = None) -> str:
    """Name the first few in a sentence; names that are no text are shown with what can't be read left out.

    >>> name_some(["a", "b"])
    'a, b'
    >>> name_some(["a"], 3)
    'a and 2 more'
    """
    more = (count or len(names)) - len(shown := names[:_SHOWN])
    text = ", ".join(os.fsencode(name).decode(errors="replace") for name in shown)
    return f"{text} and {more} more" if more > 0 else text
