"""Plans in worktrees, with real git: where branches start, what is committed, merged, kept and taken away."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from support.branches import attempt, commit, tasks
from support.layouts import make_project
from support.processes import launch, readable
from support.project import Project
from taskfiles import ERRORS, TaskfilesError
from taskfiles.run.worktrees import PlanTrees, TaskTree
from taskfiles.store.repository import find_repository

PLAN = "multiwf-6e1f3f6a15c54f3a8366d77ba47cbe1d"
BRANCH = f"tasks/plan-{PLAN}"
Script = Callable[[str, str], Path]


@pytest.fixture(params=["top", "below", "linked"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path, layout: str) -> Project:
    """A project with a commit: at the top of a repository, in a directory of it, in a linked worktree."""
    top = Project(tmp_path / "Möbel und mehr")
    project = Project(top.root / "unter Wasser") if request.param == "below" else top
    make_project(project.root, layout)
    project.task("fix")
    project.write("src/nav.txt", "one\n")
    top.git("init", "-q", "-b", "main")
    commit(top, "start")
    if request.param == "linked":
        top.git("worktree", "add", "-q", "-b", "work", str(tmp_path / "zweiter Ort"))
        return Project(tmp_path / "zweiter Ort")
    return project


@pytest.fixture
def started(project: Project) -> Project:
    """A project with a commit."""
    project.task("fix")
    project.write("src/nav.txt", "one\n")
    commit(project, "start")
    return project


@pytest.fixture
def hook(started: Project) -> Script:
    """Write a hook of git."""

    def write(name: str, text: str) -> Path:
        script = started.write(f".git/hooks/{name}", f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)
        return script

    return write


def place_of(project: Project) -> Path:
    return project.root.parent / "Arbeits plätze" / "a1"


def trees_of(project: Project, plan: str = PLAN, **env: str) -> PlanTrees:
    repository = find_repository(project.root)
    assert repository is not None
    return PlanTrees(repository, project.root, place_of(project), plan, project.environment(env))


def begun(project: Project, **env: str) -> PlanTrees:
    trees = trees_of(project, **env)
    trees.begin([project.path()])
    return trees


def work(tree: TaskTree, path: str, text: str = "new\n") -> None:
    file = tree.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def state(project: Project) -> tuple[dict[str, bytes], str, str, str]:
    """All that a refusal leaves as it was."""
    listed = project.git("worktree", "list", "--porcelain")
    return project.tree(), project.git("for-each-ref"), listed, project.git("status", "--porcelain")


def branches(project: Project) -> list[str]:
    return project.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split()


def head(project: Project, name: str = "HEAD") -> str:
    return project.git("rev-parse", name).strip()


def worktrees(project: Project) -> int:
    return project.git("worktree", "list", "--porcelain").count("worktree ")


def refused(code: str, call: Callable[[], object]) -> TaskfilesError:
    """Have a call refused: one sentence, one remedy, and the exit code of the registry."""
    with pytest.raises(TaskfilesError) as caught:
        call()
    error = caught.value
    assert (error.code, error.exit) == (code, ERRORS[code].exit)
    assert re.fullmatch(r"[^\n]+\.", error.message), error.message
    assert re.fullmatch(r"[A-Z`][^\n]+\.", error.hint), error.hint
    return error


def test_a_plan_from_start_to_end(anywhere: Project) -> None:
    before = worktrees(anywhere)
    base = head(anywhere)
    trees = trees_of(anywhere)
    assert trees.begin([anywhere.path()]) == base == head(anywhere, BRANCH)
    first, second = trees.task_tree("fix"), trees.task_tree("mend")
    assert (first.base, first.branch) == (base, "tasks/fix")
    assert Project(first.root).get("fix").title == "Title of fix"
    work(first, "src/nav.txt", "two\n")
    work(first, "neu/ä b.txt")
    work(second, "other.txt")
    made = trees.commit_task(first, "Fix\n\n# and a line with a hash")
    assert (
        anywhere.git("log", "-1", "--format=%B%an", made).rstrip() == "Fix\n\n# and a line with a hash\nAda"
    )
    trees.commit_task(second, "Mend")
    merged = [trees.merge_task(first), trees.merge_task(second, "Second")]
    assert merged[1].commit == head(anywhere, BRANCH)
    assert all((each.conflicts, each.problem) == ((), "") for each in merged)
    assert [trees.drop(first), trees.drop(second)] == ["", ""]
    later = trees.task_tree("later")
    assert (later.base, (later.root / "other.txt").read_text()) == (merged[1].commit, "new\n")
    assert trees.commit_task(later, "Nothing") == later.base
    assert trees.merge_task(later).commit == later.base
    assert trees.drop(later) == ""
    subjects = anywhere.git("log", "--first-parent", "--format=%s", f"{base}..{BRANCH}").splitlines()
    assert subjects == ["Second", "Merge tasks/fix"]
    anywhere.write("unrelated.txt", "not committed\n")
    done = trees.finish(merge=True)
    assert done.merging is not None
    assert (done.merging.commit, done.branch, done.worktree) == (head(anywhere), None, None)
    assert (anywhere.root / "neu/ä b.txt").read_text() == "new\n"
    assert worktrees(anywhere) == before
    assert not [name for name in branches(anywhere) if name.startswith("tasks/")]
    assert [path for path in place_of(anywhere).rglob("*") if not path.is_dir()] == []


def test_without_merge_the_plans_branch_stays(started: Project) -> None:
    base = head(started)
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    trees.commit_task(tree, "A")
    tip = trees.merge_task(tree).commit
    trees.drop(tree)
    assert trees.finish(merge=False) == (None, BRANCH, None, "")
    assert (head(started), head(started, BRANCH), worktrees(started)) == (base, tip, 1)


def test_a_plan_in_which_nothing_was_done_leaves_nothing(started: Project) -> None:
    begun(started).finish(merge=False)
    assert (branches(started), worktrees(started)) == (["main"], 1)


# begin


def test_without_a_commit_there_is_nothing_to_start_from(project: Project) -> None:
    project.task("fix")
    before = project.tree(), project.git("for-each-ref")
    error = refused("no-worktrees", lambda: begun(project))
    assert "no commit yet" in error.message
    assert (project.tree(), project.git("for-each-ref")) == before


def test_a_repository_that_calls_itself_bare(started: Project) -> None:
    started.git("config", "core.bare", "true")
    refused("no-worktrees", lambda: begun(started))


@pytest.mark.parametrize("change", ["untracked", "changed", "staged", "ignored"])
def test_task_files_that_the_commit_has_not(anywhere: Project, change: str) -> None:
    path = anywhere.path("mend")
    anywhere.task("mend")
    if change in {"changed", "staged"}:
        commit(anywhere, "mend")
        anywhere.task("mend", title="Other")
    if change == "staged":
        anywhere.git("add", "--all")
    if change == "ignored":
        anywhere.write(".gitignore", "*mend.md\n")
    before = state(anywhere)
    trees = trees_of(anywhere)
    error = refused("not-committed", lambda: trees.begin([anywhere.path(), path]))
    assert (error.details, path in error.message, anywhere.path() in error.message) == (
        {"paths": [path]},
        True,
        False,
    )
    assert state(anywhere) == before
    anywhere.git("add", "--all", "--force")
    anywhere.git("commit", "-q", "-m", "mend")
    trees.begin([anywhere.path(), path])
    trees.finish(merge=False)


def test_a_detached_head_is_a_start_but_nothing_to_merge_into(started: Project) -> None:
    started.git("switch", "-q", "--detach")
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    trees.commit_task(tree, "A")
    tip = trees.merge_task(tree).commit
    base = head(started)
    done = trees.finish(merge=True)
    assert done.merging is not None
    assert "HEAD is on no branch" in done.merging.problem
    assert (done.branch, head(started), head(started, BRANCH)) == (BRANCH, base, tip)


def test_an_earlier_run_that_was_not_merged(started: Project) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    trees.commit_task(tree, "A")
    trees.merge_task(tree)
    trees.close()
    before = state(started)
    error = refused("branch-unmerged", lambda: begun(started))
    assert "has 2 commits that HEAD lacks: Merge tasks/fix, A." in error.message
    assert f"`git merge {BRANCH}`" in error.hint
    assert state(started) == before
    # The way out by hand, word for word.
    removal = re.findall(r"`(git worktree remove [^`]+)`, then `(git branch -D [^`]+)`", error.hint)
    for command in removal[0]:
        subprocess.run(command, shell=True, cwd=started.root, env=started.environment(None), check=True)
    begun(started).close()


def test_an_earlier_run_that_was_merged_is_gone_on_from(started: Project) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    trees.commit_task(tree, "A")
    trees.merge_task(tree)
    trees.close()
    started.git("merge", "-q", BRANCH)
    again = begun(started)
    assert head(started, BRANCH) == head(started)
    assert again.task_tree("fix").base == head(started)
    again.close()


def test_two_runs_of_one_plan(started: Project) -> None:
    with closing(begun(started)):
        before = state(started)
        assert "another run" in refused("worktree-taken", lambda: begun(started)).message
        assert state(started) == before
    begun(started).finish(merge=False)


def test_only_our_own_stale_worktrees_are_forgotten(started: Project) -> None:
    theirs = started.root.parent / "theirs"
    started.git("worktree", "add", "-q", "-b", "theirs", str(theirs))
    subprocess.run(["rm", "-r", str(theirs)], check=True)
    trees = begun(started)
    tree = trees.task_tree("fix")
    trees.close()
    subprocess.run(["rm", "-r", str(tree.path)], check=True)
    trees = begun(started)
    listed = started.git("worktree", "list", "--porcelain")
    assert (str(theirs) in listed, str(tree.path) in listed) == (True, False)
    trees.close()


def test_after_git_worktree_prune_a_run_goes_on(started: Project) -> None:
    trees = begun(started)
    trees.task_tree("fix")
    trees.close()
    subprocess.run(["rm", "-r", str(place_of(started))], check=True)
    started.git("worktree", "prune")
    trees = begun(started)
    trees.task_tree("fix")
    trees.close()


# task_tree


def test_a_tasks_branch_with_work_that_is_not_merged(started: Project) -> None:
    started.git("branch", "tasks/fix")
    tree = Project(started.root.parent / "elsewhere")
    started.git("worktree", "add", "-q", str(tree.root), "tasks/fix")
    tree.write("a.txt", "a")
    commit(tree, "Half done")
    started.git("worktree", "remove", str(tree.root))
    with closing(begun(started)) as trees:
        before = state(started)
        error = refused("branch-unmerged", lambda: trees.task_tree("fix"))
        assert f"tasks/fix has 1 commit that {BRANCH} lacks: Half done." in error.message
        assert state(started) == before
        started.git("branch", "-q", "-D", "tasks/fix")
        trees.task_tree("fix")


def test_a_tasks_branch_without_such_work_moves_up(started: Project) -> None:
    started.git("branch", "tasks/fix")
    started.write("b.txt", "b")
    commit(started, "more")
    with closing(begun(started)) as trees:
        assert trees.task_tree("fix").base == head(started, "tasks/fix") == head(started)


def test_a_branch_that_is_checked_out_elsewhere(started: Project) -> None:
    elsewhere = started.root.parent / "elsewhere"
    started.git("worktree", "add", "-q", "-b", "tasks/fix", str(elsewhere))
    with closing(begun(started)) as trees:
        before = state(started)
        assert str(elsewhere) in refused("worktree-taken", lambda: trees.task_tree("fix")).message
        assert state(started) == before


def test_a_leftover_with_work_in_it_stays(started: Project) -> None:
    with closing(begun(started)) as trees:
        left = trees.task_tree("fix")
        work(left, "a.txt", "half\n")
    with closing(begun(started)) as trees:
        error = refused("worktree-taken", lambda: trees.task_tree("fix"))
        assert "it holds what is not committed: a.txt." in error.message
        assert (left.root / "a.txt").read_text() == "half\n"
        (left.root / "a.txt").unlink()
        assert trees.task_tree("fix") == left


def test_something_else_in_the_place(started: Project) -> None:
    with closing(begun(started)) as trees:
        file = place_of(started) / "fix/mine.txt"
        file.parent.mkdir()
        file.write_text("mine")
        assert "something else" in refused("worktree-taken", lambda: trees.task_tree("fix")).message
        assert file.read_text() == "mine"


def test_a_branch_below_which_none_can_lie_is_named(started: Project) -> None:
    started.git("branch", "tasks")  # so that no branch can lie below it
    before = state(started)
    refused("no-worktrees", lambda: begun(started))
    assert state(started) == before
    started.git("branch", "-m", "tasks", "other")
    with closing(begun(started)) as trees:
        refused("git-failed", lambda: trees.task_tree("../out"))


# commit_task


def test_what_the_agent_has_committed_stays(started: Project) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    agent = Project(tree.root)
    work(tree, "a.txt")
    commit(agent, "The agent's own")
    own = head(agent)
    assert trees.commit_task(tree, "Rest") == own
    work(tree, "b.txt")
    trees.commit_task(tree, "Rest")
    assert started.git("log", "--format=%s", "main..tasks/fix").splitlines() == ["Rest", "The agent's own"]
    trees.close()


def test_ignored_files_are_not_committed_and_go_with_the_worktree(started: Project) -> None:
    started.write(".gitignore", "build/\n")
    commit(started, "ignore")
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "build/out.o")
    assert trees.commit_task(tree, "Nothing") == tree.base
    assert trees.drop(tree) == ""
    assert not tree.path.exists()
    trees.finish(merge=False)


@pytest.mark.parametrize("has_commit", [True, False])
def test_a_repository_made_inside_is_not_committed_and_stays(started: Project, has_commit: bool) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    inner = Project(tree.root / "vendor" / "lib [1]")
    inner.write("lib.txt", "lib")
    inner.git("init", "-q")
    if has_commit:
        commit(inner, "lib")
    trees.commit_task(tree, "A")
    assert "vendor" not in started.git("ls-tree", "-r", "--name-only", "tasks/fix")
    assert trees.merge_task(tree).commit
    assert "vendor/lib [1]/" in trees.drop(tree)
    assert (inner.root / "lib.txt").exists()
    trees.close()


def test_a_hook_that_refuses_is_heard_and_nothing_is_lost(started: Project) -> None:
    script = started.write(
        ".hooks/pre-commit", "#!/bin/sh\necho 'Line 3: no'\necho 'Two words are missing'\nexit 1\n"
    )
    script.chmod(0o755)
    commit(started, "hooks")
    started.git("config", "core.hooksPath", ".hooks")
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    error = refused("commit-failed", lambda: trees.commit_task(tree, "A"))
    assert "tasks/fix: git says “Two words are missing”." in error.message
    assert error.details == {"output": "Line 3: no\nTwo words are missing"}
    assert (tree.root / "a.txt").read_text() == "new\n"
    assert head(started, "tasks/fix") == tree.base
    assert "a.txt" in trees.drop(tree)
    (tree.root / ".hooks/pre-commit").write_text("#!/bin/sh\nexit 0\n")
    assert trees.commit_task(tree, "A") == head(started, "tasks/fix") != tree.base
    trees.close()


def test_what_a_hook_leaves_running_is_not_waited_for(started: Project, hook: Script) -> None:
    pipe = started.root.parent / "never"
    os.mkfifo(pipe)
    hook("post-commit", f"cat '{pipe}' &")
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    assert trees.commit_task(tree, "A") == head(started, "tasks/fix")
    with pipe.open("w"):  # the hook's program is there still, and ends now
        pass
    assert trees.merge_task(tree).commit
    trees.close()


def test_a_hook_that_dislikes_new_worktrees(started: Project, hook: Script) -> None:
    script = hook("post-checkout", "echo 'No space here'; exit 1")
    before = state(started)
    assert "No space here" in refused("git-failed", lambda: begun(started)).message
    assert state(started) == before
    assert not (place_of(started) / f"plan-{PLAN}").exists()
    script.unlink()
    begun(started).finish(merge=False)


def test_a_signature_that_fails(started: Project) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    started.git("config", "gpg.program", "false")
    started.git("config", "commit.gpgSign", "true")
    assert "gpg failed" in refused("commit-failed", lambda: trees.commit_task(tree, "A")).message
    started.git("config", "commit.gpgSign", "false")
    trees.commit_task(tree, "A")
    started.git("config", "commit.gpgSign", "true")
    tip = head(started, BRANCH)
    merging = trees.merge_task(tree)
    assert (merging.commit, merging.conflicts, "gpg failed" in merging.problem) == (None, (), True)
    assert head(started, BRANCH) == tip
    started.git("config", "commit.gpgSign", "false")
    assert trees.merge_task(tree).commit
    assert trees.drop(tree) == ""
    trees.finish(merge=True)
    assert worktrees(started) == 1


def test_an_identity_that_is_missing(started: Project) -> None:
    started.git("config", "user.useConfigOnly", "true")
    nobody = {f"GIT_{who}_{what}": "" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    trees = begun(started, **nobody)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    assert "ident" in refused("commit-failed", lambda: trees.commit_task(tree, "A")).message
    assert (tree.root / "a.txt").read_text() == "new\n"
    trees.close()


def test_an_agent_that_leaves_its_branch(started: Project) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    Project(tree.root).git("switch", "-q", "--create", "mine")
    work(tree, "a.txt")
    assert "it is on mine instead" in refused("commit-failed", lambda: trees.commit_task(tree, "A")).message
    assert trees.drop(tree) == "it is on mine instead"
    Project(tree.root).git("switch", "-q", "--detach")
    assert trees.drop(tree) == "it is on no branch instead"
    assert (tree.root / "a.txt").exists()
    trees.close()


def test_conflicts_that_an_agent_leaves_are_not_committed(started: Project) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    agent = Project(tree.root)
    agent.git("switch", "-q", "--create", "side")
    work(tree, "src/nav.txt", "side\n")
    commit(agent, "side")
    agent.git("switch", "-q", "tasks/fix")
    work(tree, "src/nav.txt", "here\n")
    commit(agent, "here")
    with pytest.raises(subprocess.CalledProcessError):
        agent.git("merge", "-q", "side")
    error = refused("commit-failed", lambda: trees.commit_task(tree, "A"))
    assert "conflicts are not resolved in src/nav.txt" in error.message
    work(tree, "src/nav.txt", "both\n")
    agent.git("add", "--all")
    trees.commit_task(tree, "Both")
    assert trees.merge_task(tree).commit
    assert trees.drop(tree) == ""
    trees.close()


def test_a_worktree_that_lost_its_git_file_inside_of_another_repository(started: Project) -> None:
    outer = Project(place_of(started).parent)
    outer.root.mkdir()
    outer.git("init", "-q")
    trees = begun(started)
    tree = trees.task_tree("fix")
    (tree.path / ".git").unlink()
    work(tree, "a.txt")
    error = refused("commit-failed", lambda: trees.commit_task(tree, "A"))
    assert "not a worktree of this repository any more" in error.message
    assert "not a worktree" in trees.drop(tree)
    assert outer.git("status", "--porcelain", "--untracked-files=no") == ""
    assert outer.git("for-each-ref") == ""
    trees.close()


# merge_task


@pytest.mark.slow
def test_a_conflict_leaves_both_branches_as_they_were(anywhere: Project) -> None:
    trees = begun(anywhere)
    first, second = trees.task_tree("a"), trees.task_tree("b")
    for tree in (first, second):
        work(tree, "src/nav.txt", f"{tree.task_id}\n")
        work(tree, f"{tree.task_id}.txt")
        trees.commit_task(tree, tree.task_id)
    tip = trees.merge_task(first).commit
    merging = trees.merge_task(second)
    path = os.path.relpath(second.root / "src/nav.txt", second.path)
    assert merging[:3] == (None, (path,), f"conflicts in {path}")
    assert "CONFLICT (content)" in merging.output
    assert head(anywhere, BRANCH) == tip
    assert "tasks/b holds what tasks/plan-" in trees.drop(second)
    assert second.path.is_dir()
    assert trees.drop(first) == ""
    after = trees.task_tree("c")
    work(after, "c.txt")
    trees.commit_task(after, "c")
    assert trees.merge_task(after).commit
    assert trees.finish(merge=True).branch is None
    assert "tasks/b" in branches(anywhere)


def test_task_files_are_merged_by_the_driver(repository: Project) -> None:
    trees = begun(repository)
    first, second = trees.task_tree("a"), trees.task_tree("b")
    for tree, hour in ((first, "16:00"), (second, "17:00")):
        tasks(attempt(tree.task_id, hour))(Project(tree.root, repository.env))
        trees.commit_task(tree, "attempt")
        assert trees.merge_task(tree).problem == ""
        assert trees.drop(tree) == ""
    assert trees.finish(merge=True).branch is None
    assert [each.executor.tool for each in repository.get("fix").meta.execution.attempts] == ["a", "b"]


def test_a_hook_that_refuses_the_merge(started: Project, hook: Script) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    trees.commit_task(tree, "A")
    script = hook("pre-merge-commit", "echo 'Not on a Friday'; exit 1")
    tip = head(started, BRANCH)
    merging = trees.merge_task(tree)
    assert (merging.commit, merging.conflicts) == (None, ())
    assert merging.problem == "git says “Not on a Friday”"
    assert head(started, BRANCH) == tip
    script.unlink()
    assert trees.merge_task(tree).commit
    trees.close()


# drop and finish


def test_submodules_stay_empty_and_in_nobodys_way(started: Project) -> None:
    library = Project(started.root.parent / "library")
    library.write("lib.txt", "lib")
    library.git("init", "-q")
    commit(library, "lib")
    started.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.root), "lib")
    commit(started, "with a library")
    trees = begun(started)
    empty, filled = trees.task_tree("a"), trees.task_tree("b")
    assert list((empty.root / "lib").iterdir()) == []
    for tree in (empty, filled):
        work(tree, f"{tree.task_id}.txt")
    Project(filled.root).git("-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init")
    for tree in (empty, filled):
        trees.commit_task(tree, tree.task_id)
        assert trees.merge_task(tree).commit
    assert trees.drop(empty) == ""
    assert trees.drop(filled) == "it holds repositories of their own: lib"
    assert (filled.root / "lib/lib.txt").exists()
    assert trees.finish(merge=True).branch is None
    assert (started.root / "lib/lib.txt").exists()


def test_a_project_in_a_submodule(started: Project) -> None:
    outer = Project(started.root.parent / "outer")
    outer.write("a.txt", "a")
    outer.git("init", "-q")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(started.root), "inner")
    commit(outer, "with the project")
    inner = Project(outer.root / "inner")
    trees = begun(inner)
    tree = trees.task_tree("fix")
    work(tree, "src/nav.txt", "two\n")
    trees.commit_task(tree, "A")
    assert trees.merge_task(tree).commit
    assert trees.drop(tree) == ""
    assert trees.finish(merge=True).branch is None
    assert (inner.root / "src/nav.txt").read_text() == "two\n"
    assert worktrees(inner) == 1


def test_a_worktree_that_somebody_locked_stays(started: Project) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    started.git("worktree", "lock", str(tree.path))
    refused("git-failed", lambda: trees.drop(tree))
    assert tree.path.is_dir()
    started.git("worktree", "unlock", str(tree.path))
    assert trees.drop(tree) == ""
    trees.close()


def test_finish_with_a_conflict_leaves_the_checkout_as_it_was(started: Project) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "src/nav.txt", "task\n")
    trees.commit_task(tree, "A")
    tip = trees.merge_task(tree).commit
    trees.drop(tree)
    started.write("src/nav.txt", "mine\n")
    commit(started, "mine")
    started.write("notes.txt", "not committed")
    before = head(started), started.tree(), started.git("status", "--porcelain")
    done = trees.finish(merge=True)
    assert done.merging is not None
    assert done.merging[:3] == (None, ("src/nav.txt",), "conflicts in src/nav.txt")
    assert (head(started), started.tree(), started.git("status", "--porcelain")) == before
    assert (done.branch, head(started, BRANCH), worktrees(started)) == (BRANCH, tip, 1)


@pytest.mark.parametrize("kind", ["changed", "untracked"])
def test_finish_over_what_is_not_committed_is_gits_to_refuse(started: Project, kind: str) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    path = {"changed": "src/nav.txt", "untracked": "new.txt"}[kind]
    work(tree, path, "task\n")
    trees.commit_task(tree, "A")
    trees.merge_task(tree)
    trees.drop(tree)
    started.write(path, "mine, not committed\n")
    before = head(started), started.tree()
    done = trees.finish(merge=True)
    assert done.merging is not None
    assert (done.merging.commit, done.merging.conflicts, done.branch) == (None, (), BRANCH)
    assert "would be overwritten by merge" in done.merging.problem
    assert (head(started), started.tree()) == before


def test_a_merge_of_the_users_own_stays_under_way(started: Project) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    trees.commit_task(tree, "A")
    trees.merge_task(tree)
    trees.drop(tree)
    started.git("switch", "-q", "--create", "side")
    started.write("side.txt", "side")
    commit(started, "side")
    started.git("switch", "-q", "main")
    started.git("merge", "-q", "--no-ff", "--no-commit", "side")
    done = trees.finish(merge=True)
    assert done.merging is not None
    assert (done.merging.commit, done.branch) == (None, BRANCH)
    assert head(started, "MERGE_HEAD") == head(started, "side")


@pytest.mark.parametrize("option", ["--squash", "--no-ff --no-commit"])
def test_a_merge_that_is_not_to_be_committed_is_not_called_one(started: Project, option: str) -> None:
    trees = begun(started)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    trees.commit_task(tree, "A")
    trees.merge_task(tree)
    trees.drop(tree)
    started.git("config", "branch.main.mergeOptions", option)
    done = trees.finish(merge=True)
    assert done.merging is not None
    assert (done.merging.commit, done.branch) == (None, BRANCH)
    assert "without a commit" in done.merging.problem
    assert started.git("diff", "--cached", "--name-only") == "a.txt\n"


def test_a_plans_worktree_with_something_in_it_stays(started: Project) -> None:
    trees = begun(started)
    file = place_of(started) / f"plan-{PLAN}" / "note.txt"
    file.write_text("note")
    done = trees.finish(merge=False)
    assert (done.branch, done.worktree, done.problem) == (
        BRANCH,
        file.parent,
        "it holds what is not committed: note.txt",
    )
    assert "note.txt" in refused("worktree-taken", lambda: begun(started)).message
    file.unlink()
    begun(started).finish(merge=False)
    assert (branches(started), worktrees(started)) == (["main"], 1)


# Several at once, and killed


@pytest.mark.slow
def test_eight_threads(started: Project) -> None:
    trees = begun(started)

    def run(number: int) -> str:
        tree = trees.task_tree(f"t{number}")
        work(tree, f"{number}.txt")
        trees.commit_task(tree, f"Task {number}")
        assert trees.merge_task(tree).commit
        return trees.drop(tree)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(24))) == [""] * 24
    assert trees.finish(merge=True).branch is None
    assert {f"{number}.txt" for number in range(24)} <= set(started.tree())
    assert (branches(started), worktrees(started)) == (["main"], 1)
    merges = started.git("log", "--first-parent", "--merges", "--format=%s").splitlines()
    assert sorted(merges) == sorted(f"Merge tasks/t{number}" for number in range(24))


def test_a_run_that_git_itself_has_started(started: Project) -> None:
    """In a hook, git's own variables name its repository and index; worktrees have their own."""
    variables = {
        "GIT_DIR": str(started.root / ".git"),
        "GIT_INDEX_FILE": str(started.root / ".git/index"),
        "GIT_WORK_TREE": str(started.root),
    }
    trees = begun(started, **variables)
    tree = trees.task_tree("fix")
    work(tree, "a.txt")
    trees.commit_task(tree, "A")
    assert started.git("log", "-1", "--format=%s", "tasks/fix").strip() == "A"
    assert started.git("status", "--porcelain") == ""
    trees.close()


KILLED = """
import os, sys
from pathlib import Path
from taskfiles.run.worktrees import PlanTrees
from taskfiles.store.repository import find_repository
root, place, plan = sys.argv[1:]
trees = PlanTrees(find_repository(Path(root)), Path(root), Path(place), plan, dict(os.environ))
trees.begin()
tree = trees.task_tree("fix")
(tree.root / "a.txt").write_text("new")
trees.commit_task(tree, "A")
trees.merge_task(tree)
"""


def kill_in(project: Project, waiting: Path) -> None:
    """Run a plan, and kill it with its git when that waits, as a program of the user's has it do."""
    argv = [str(project.root), str(place_of(project)), PLAN]
    reached = os.open(waiting, os.O_RDWR | os.O_NONBLOCK)
    running = launch(
        [sys.executable, "-c", KILLED, *argv], env=project.environment(None), start_new_session=True
    )
    try:
        assert readable(reached), "git has not waited"
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        os.close(reached)


def waiting_script(project: Project, condition: str) -> Path:
    """A command that tells by a pipe that it has been reached, and then waits for ever on another."""
    pipes = [project.root.parent / name for name in ("reached", "never")]
    for pipe in pipes:
        os.mkfifo(pipe)
    script = project.root.parent / "wait"
    script.write_text(f'#!/bin/sh\nif {condition}; then echo > "{pipes[0]}"; cat "{pipes[1]}"; fi\ncat\n')
    script.chmod(0o755)
    return script


@pytest.mark.parametrize("name", [f"plan-{PLAN}", "fix"])
def test_killed_while_a_worktree_is_made(started: Project, name: str) -> None:
    started.write(".gitattributes", "src/* filter=slow\n")
    commit(started, "attributes")
    script = waiting_script(started, f'case "$PWD" in */{name}) true;; *) false;; esac')
    started.git("config", "filter.slow.smudge", f"'{script}'")
    kill_in(started, started.root.parent / "reached")
    assert (place_of(started) / name).is_dir()
    started.git("config", "--unset", "filter.slow.smudge")
    check_goes_on(started)


def test_killed_while_a_task_is_merged(started: Project, hook: Script) -> None:
    script = waiting_script(started, "true")
    made = hook("pre-merge-commit", f"exec '{script}'")
    kill_in(started, started.root.parent / "reached")
    tree = place_of(started) / f"plan-{PLAN}"
    assert Project(tree).git("diff", "--cached", "--name-only") == "a.txt\n"
    made.unlink()
    with closing(begun(started)) as trees:
        error = refused("branch-unmerged", lambda: trees.task_tree("fix"))
        assert "A." in error.message
        assert Project(tree).git("status", "--porcelain") == ""


def test_killed_while_a_task_is_committed(started: Project, hook: Script) -> None:
    """What the agent has done is nobody's to take away."""
    script = waiting_script(started, "true")
    made = hook("pre-commit", f"exec '{script}'")
    kill_in(started, started.root.parent / "reached")
    made.unlink()
    with closing(begun(started)) as trees:
        error = refused("worktree-taken", lambda: trees.task_tree("fix"))
        assert "a.txt" in error.message
        assert (place_of(started) / "fix/a.txt").read_text() == "new"
        assert trees.task_tree("other").path.is_dir()


def check_goes_on(project: Project) -> None:
    trees = begun(project)
    tree = trees.task_tree("fix")
    assert (tree.root / "src/nav.txt").read_text() == "one\n"
    work(tree, "a.txt")
    trees.commit_task(tree, "A")
    assert trees.merge_task(tree).commit
    assert trees.drop(tree) == ""
    assert trees.finish(merge=True).branch is None
    assert worktrees(project) == 1
