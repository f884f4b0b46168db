"""Where a project's state lies: in a directory that git takes for this work tree's, and nowhere else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from support.branches import commit
from support.effort import some
from support.in_process import call, ok
from support.project import Project
from taskfiles.store.location import NOWHERE, find_git


def snapshot(place: Path) -> list[str]:
    return sorted(str(path.relative_to(place)) for path in place.rglob("*"))


def update(project: Project) -> None:
    """Change a task, which needs locks, a journal, the index and the event log."""
    done = call(project, "update", "fix", "--meta", "priority=high")
    assert done.code == 0, done.err
    assert "can't be used; tasks/ itself is locked instead, and no change can be undone" in done.err
    assert project.get("fix").get("priority") == "high"


def pointer(target: str) -> Callable[[Project, Path], None]:
    def make(project: Project, elsewhere: Path) -> None:
        shutil.rmtree(project.root / ".git")
        (project.root / ".git").write_text(target.format(elsewhere) + "\n")

    return make


def commondir(project: Project, elsewhere: Path) -> None:
    (project.root / ".git" / "commondir").write_text(f"{elsewhere}/.git\n")


def link(project: Project, elsewhere: Path) -> None:
    shutil.rmtree(project.root / ".git")
    (project.root / ".git").symlink_to(elsewhere / ".git")


def own_fake(project: Project, elsewhere: Path) -> None:
    """A linked worktree's directory made by hand, whose common directory is another repository's."""
    shutil.rmtree(project.root / ".git")
    fake = project.root / "fake"
    fake.mkdir()
    (fake / "HEAD").write_text("ref: refs/heads/main\n")
    (fake / "commondir").write_text(f"{elsewhere}/.git\n")
    (fake / "gitdir").write_text(f"{project.root}/.git\n")
    (project.root / ".git").write_text(f"gitdir: {fake}\n")


ELSEWHERE = {
    "a repository's own directory": pointer("gitdir: {}/.git"),
    "a worktree of another": pointer("gitdir: {}/.git/worktrees/side"),
    "a submodule of another": pointer("gitdir: {}/.git/modules/sub"),
    "a plain directory": pointer("gitdir: {}/plain"),
    "a directory with a HEAD": pointer("gitdir: {}/half"),
    "a file": pointer("gitdir: {}/file"),
    "nothing": pointer("gitdir: {}/gone"),
    "no pointer": pointer("{}/.git"),
    "commondir": commondir,
    "a link": link,
    "a worktree made by hand": own_fake,
}


@pytest.mark.parametrize("make", some([*ELSEWHERE.values()], 5), ids=list(ELSEWHERE))
def test_no_state_is_written_where_a_pointer_leads(
    project: Project, make: Callable[[Project, Path], None], tmp_path: Path
) -> None:
    elsewhere = Project(tmp_path / "elsewhere")
    elsewhere.write("a", "a")
    elsewhere.git("init", "-q", "-b", "main")
    commit(elsewhere, "start")
    elsewhere.git("worktree", "add", "-q", str(tmp_path / "side"))
    modules = elsewhere.root / ".git" / "modules" / "sub"
    shutil.copytree(tmp_path / "elsewhere" / ".git", modules, ignore=shutil.ignore_patterns("modules"))
    elsewhere.git("config", "--file", str(modules / "config"), "core.worktree", "../../../sub")
    (elsewhere.root / "plain").mkdir()
    elsewhere.write("half/HEAD", "ref: refs/heads/main\n")
    elsewhere.write("file", "file\n")
    project.task("fix")
    make(project, elsewhere.root)
    before = snapshot(elsewhere.root)
    update(project)
    assert snapshot(elsewhere.root) == before
    assert find_git(str(project.root)) == (str(project.root), NOWHERE, NOWHERE)
    refused = call(project, "pickup", "fix", "--output", "json")
    assert (refused.code, refused.error["code"]) == (6, "claims-unavailable")
    assert "git status" in refused.error["hint"]
    project.task("other")
    several = ok(call(project, "update", "fix", "other", "--priority", "low"))
    assert "Git's directory can't be used" in several.err
    assert "/dev/null" not in several.err
    doctor = project.run("doctor")
    assert (doctor.code, "Git's directory can't be used:" in doctor.out) == (1, True)
    assert snapshot(elsewhere.root) == before


@pytest.mark.parametrize("broken", ["HEAD", "objects", "refs"])
def test_a_directory_that_git_takes_for_no_repository_is_none(project: Project, broken: str) -> None:
    """Git goes on above, and so does the project's state."""
    inner = Project(project.root / "inner")
    inner.task("fix")
    shutil.copytree(project.root / ".git", inner.root / ".git")
    assert find_git(str(inner.root)) == (str(inner.root), *[str(inner.root / ".git")] * 2)
    path = inner.root / ".git" / broken
    path.unlink() if path.is_file() else shutil.rmtree(path)
    before = snapshot(inner.root / ".git")
    assert inner.git("rev-parse", "--absolute-git-dir").strip() == str(project.root / ".git")
    assert inner.run("update", "fix", "--meta", "priority=high").code == 0
    assert snapshot(inner.root / ".git") == before
    assert (project.root / ".git" / "tasks").is_dir()


def worktree(project: Project, place: Path) -> Path:
    project.git("worktree", "add", "-q", str(place), "-b", "side")
    return place


def separate(project: Project, place: Path) -> Path:
    project.git("init", "-q", "--separate-git-dir", str(place))
    return project.root


def submodule(project: Project, place: Path) -> Path:
    outer = Project(place)
    outer.write("a", "a")
    outer.git("init", "-q", "-b", "main")
    allowed = ("-c", "protocol.file.allow=always")
    outer.git(*allowed, "submodule", "--quiet", "add", str(project.root), "inner")
    return place / "inner"


def linked(project: Project, place: Path) -> Path:
    (project.root / ".git").rename(place)
    (project.root / ".git").symlink_to(place)
    return project.root


def usual(project: Project, _: Path) -> Path:
    return project.root


def through_a_link(project: Project, place: Path) -> Path:
    place.symlink_to(project.root)
    return place


@pytest.mark.parametrize("make", [usual, worktree, separate, submodule, linked, through_a_link])
def test_state_lies_where_git_says(
    project: Project, tmp_path: Path, make: Callable[[Project, Path], Path]
) -> None:
    project.task("fix")
    commit(project, "start")
    made = Project(make(project, tmp_path / "place"), project.env)
    common = made.git("rev-parse", "--path-format=absolute", "--git-common-dir").strip()
    own = made.git("rev-parse", "--absolute-git-dir").strip()
    done = made.run("pickup", "fix")
    assert (done.code, done.err) == (0, "")
    found = find_git(os.path.realpath(made.root))
    assert found is not None
    assert [os.path.realpath(path) for path in found[1:]] == [
        os.path.realpath(path) for path in (own, common)
    ]
    assert os.path.isdir(os.path.join(common, "tasks", "leases"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("whose", [".", ".git"])
def test_a_work_tree_of_another_user_is_used_where_git_uses_it(project: Project, whose: str) -> None:
    project.task("fix")
    os.chown(project.root / whose, 12345, 12345)
    refused = project.run("pickup", "fix", "--output", "json")
    assert (refused.code, refused.error["code"]) == (6, "claims-unavailable")
    assert "dubious ownership" in refused.error["message"]
    update(project)
    assert not (project.root / ".git" / "tasks").exists()
    safe = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory"}
    done = project.run("pickup", "fix", env=safe | {"GIT_CONFIG_VALUE_0": str(project.root)})
    assert (done.code, done.err) == (0, "")
