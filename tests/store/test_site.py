"""Where a project is in a clone: what stays known when the clone or a worktree is moved."""

from __future__ import annotations

import os
from pathlib import Path

from support.in_process import call, ok
from support.layouts import in_states
from support.project import Project
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.run.recovery import recover
from taskfiles.store import journal
from taskfiles.store.location import find_git
from taskfiles.store.site import Site, find_place, find_site, is_listed, site_of

ATTEMPT = "0199c6f2-0000-7000-8000-000000000001"
FILE = "tasks/10-ready/task-fix.md"


def site_at(root: Path, *, make: bool = True) -> Site:
    found = find_site(str(root), find_git(os.path.realpath(root)), make=make)
    assert found is not None
    return found


def worktree(project: Project) -> Project:
    project.task("fix")
    project.git("add", "-A")
    project.git("commit", "-qm", "all")
    project.git("worktree", "add", "-q", "../other")
    return Project(project.root.with_name("other"))


def state_of(project: Project) -> str:
    state = project.store.journal
    assert state is not None
    return state


def move(project: Project, other: Project) -> Project:
    moved = Project(other.root.with_name("moved"), env=other.env)
    project.git("worktree", "move", str(other.root), str(moved.root))
    return moved


def test_the_main_work_tree_needs_no_mark(project: Project) -> None:
    (project.root / "part").mkdir()
    common = str(project.root / ".git")
    assert (site_at(project.root), site_at(project.root / "part")) == (
        Site(".", "", "."),
        Site(".", "", "part"),
    )
    assert find_place(Site(".", "", "part"), common) == str(project.root / "part")
    assert not (project.root / ".git/tasks/worktree").exists()


def test_a_worktree_keeps_its_site_when_it_is_moved(project: Project) -> None:
    other = worktree(project)
    before = site_at(other.root)
    assert (before.worktree, len(before.mark), before.below) == ("worktrees/other", 16, ".")
    moved = move(project, other)
    assert site_at(moved.root, make=False) == before
    assert find_place(before, str(project.root / ".git")) == str(moved.root)


def test_only_who_writes_marks_a_worktree(project: Project) -> None:
    other = worktree(project)
    assert site_at(other.root, make=False).mark == ""
    ok(call(other, "list"))
    assert site_at(other.root, make=False).mark == ""
    ok(call(other, "update", "fix", "--meta", "size=xl"))
    assert site_at(other.root, make=False).mark


def test_another_worktree_of_the_name_is_another_site(project: Project) -> None:
    other = worktree(project)
    before, common = site_at(other.root), str(project.root / ".git")
    project.git("worktree", "remove", str(other.root))
    assert (find_place(before, common), is_listed(before, common)) == (None, False)
    project.git("worktree", "add", "-q", str(other.root), "other")
    assert (find_place(before, common), is_listed(before, common)) == (None, False)
    assert site_at(other.root) != before


def test_what_is_no_site(project: Project) -> None:
    assert find_site(str(project.root), None) is None
    assert [site_of(value) for value in (None, "abc", ["a", "b"], ["a", 1, "c"])] == [None] * 4
    assert site_of([".", "", "x"]) == Site(".", "", "x")


def cut_short(project: Project, other: Project) -> bytes:
    """Leave half of a change of two files, as when its writer was killed; gives the file's bytes before."""
    file = other.root / FILE
    before = file.read_bytes()
    change = journal.FileChange("fix", FILE, FILE, before, before + b"half\n")
    new = journal.FileChange("b", None, "tasks/10-ready/task-b.md", None, b"never written")
    root = os.path.relpath(other.root, state_of(project))
    record = journal.Record(
        "k", "c", "task.update", "", "", root, "", (change, new), site=site_at(other.root)
    )
    os.close(journal.begin(state_of(project), record).descriptor)
    file.write_bytes(before + b"half\n")
    return before


@in_states
def test_a_change_cut_short_in_a_worktree_is_undone_where_that_is_now(project: Project) -> None:
    other = worktree(project)
    before = cut_short(project, other)
    moved = move(project, other)
    assert "cut short" in ok(call(project, "list")).err
    assert (moved.root / FILE).read_bytes() == before


@in_states
def test_a_change_cut_short_in_a_worktree_that_is_away_waits_for_it(project: Project) -> None:
    other = worktree(project)
    before = cut_short(project, other)
    other.root.rename(other.root.with_name("away"))
    for _ in range(2):
        said = ok(call(project, "list")).err
        assert "which is not there now" in said
        assert "git worktree repair" in said
    moved = Project(other.root.with_name("away"))
    moved.git("worktree", "repair")
    assert "its change is undone" in ok(call(project, "list")).err
    assert (moved.root / FILE).read_bytes() == before


@in_states
def test_a_change_cut_short_in_a_worktree_that_git_has_dropped_is_dropped(project: Project) -> None:
    other = worktree(project)
    cut_short(project, other)
    project.git("worktree", "remove", "--force", str(other.root))
    ok(call(project, "list"))
    assert ok(call(project, "list")).err == ""


def test_an_attempt_left_in_a_worktree_is_recorded_where_that_is_now(project: Project) -> None:
    other = worktree(project)
    begun = {"id": ATTEMPT, "started_at": "2025-11-02T11:00:00Z", "executor": {"tool": "x"}}
    entry = Entry(ATTEMPT, "fix", str(other.root), begun, site=site_at(other.root))
    with Ledger(state_of(project)).held(entry):
        pass
    moved = move(project, other)
    assert list(recover(project.store, str(project.root))) == []
    (found,) = recover(project.store, str(moved.root))
    assert found.problem is None
    assert "execution" in moved.get("fix").values
    assert "execution" not in project.get("fix").values
