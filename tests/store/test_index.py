"""Edits by hand are seen at once, whatever the index knows: every answer is the one without it."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from support.indexed_projects import LIST, Shelf, answer, index_of, remember, same, swap, trace
from support.limits import give_up_rights
from support.project import Project
from taskfiles.task.remembered import RACY_NS

DAY_NS = 86_400 * 10**9
ALPHA = "tasks/10-ready/task-alpha.md"
BETA = "tasks/10-ready/task-beta.md"


def titles(out: str) -> dict[str, str]:
    return {row["id"]: row["title"] for row in json.loads(out)}


def edit(file: Path) -> None:
    """Change a file in place without changing its length."""
    data = file.read_bytes()
    assert b"Title" in data
    with file.open("r+b") as opened:
        opened.write(data.replace(b"Title", b"TITLE"))


def test_what_has_not_changed_is_not_read_again(old: Project) -> None:
    remember(old)
    assert "ruamel.yaml" not in trace(old, "list", "--output", "plain").modules
    answer(old, "validate", slow=False)
    assert "ruamel.yaml" not in trace(old, "validate").modules
    shutil.rmtree(index_of(old))
    assert "ruamel.yaml" in trace(old, "list", "--output", "plain").modules


def test_what_changed_just_now_is_not_remembered(old: Project) -> None:
    """It may change once more without its times telling: git calls such a file racily clean."""
    remember(old)
    begun = old.root / "tasks/20-in-progress/task-begun.md"
    edit(begun)
    same(old, fast=True)  # ruamel.yaml reads it, and no other file is looked into
    for _ in range(3):
        modules = trace(old, "list", "--output", "plain").modules
        assert "ruamel.yaml" in modules or time.time_ns() - begun.stat().st_mtime_ns > RACY_NS


# Edits of one file


def test_edit_in_place(old: Project) -> None:
    remember(old)
    edit(old.root / ALPHA)
    assert titles(same(old, fast=True).out)["alpha"] == "TITLE of alpha"


def test_edits_right_after_lists(old: Project) -> None:
    """Of the same length, as quickly as one process can; the clock need not tick in between."""
    remember(old)
    file = old.root / ALPHA
    for count in range(10):
        with file.open("r+b") as opened:
            opened.write(file.read_bytes().replace(b"of alph", b"%d  alph" % count, 1))
            opened.seek(0)
            text = opened.read().replace(b"%d  alph" % count, b"of alph", 1)
            assert f"{count}  alpha" in trace(old, *LIST).done.out
            opened.seek(0)
            opened.write(text)
        assert titles(trace(old, *LIST).done.out)["alpha"] == "Title of alpha"


@pytest.mark.slow
def test_edits_within_one_tick_of_the_clock(old: Project) -> None:
    """Two edits between which a list reads the file, all at one time of the file system."""
    remember(old)
    file = old.root / ALPHA
    text = file.read_bytes()
    for count in range(200):
        file.write_bytes(text.replace(b"of alpha", b"A%04da.." % count))
        answer(old, *LIST, slow=False)
        before = file.stat()
        file.write_bytes(text.replace(b"of alpha", b"B%04da.." % count))
        assert f"B{count:04d}" in answer(old, *LIST, slow=False).out
        if file.stat().st_ctime_ns == before.st_ctime_ns:
            break  # the case has been met; where no clock is so coarse there is none
    same(old)


@pytest.mark.parametrize("shift", [0, -DAY_NS, -20 * 365 * DAY_NS], ids=["same", "day before", "years ago"])
def test_edit_with_its_time_put_back(old: Project, shift: int) -> None:
    remember(old)
    file = old.root / ALPHA
    status = file.stat()
    edit(file)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + shift))
    assert titles(same(old, fast=True).out)["alpha"] == "TITLE of alpha"


@pytest.mark.slow
@pytest.mark.parametrize(
    "moment", [0, 1, -1, -DAY_NS, 2**62, 2**63 - 1], ids=["1970", "after", "before", "1969", "2116", "2262"]
)
def test_files_of_any_time(old: Project, moment: int) -> None:
    """As a clock that was wrong leaves them. The time of the change itself (ctime) can't be set."""
    remember(old)
    for path in (ALPHA, "tasks/10-ready/notes.txt", "tasks/10-ready/.task-hidden.md"):
        os.utime(old.root / path, ns=(moment, moment))
        same(old)
    edit(old.root / ALPHA)
    os.utime(old.root / ALPHA, ns=(moment, moment))
    assert titles(same(old).out)["alpha"] == "TITLE of alpha"


@pytest.mark.slow
def test_times_beyond_what_64_bits_hold(shelf: Shelf, tmp_path: Path) -> None:
    """In nanoseconds that is the year 2554, which several file systems know."""
    place = Path("/dev/shm")
    if not os.access(place, os.W_OK):
        pytest.skip("there is no file system in memory")
    scratch = place / f"tasks-test-{os.getpid()}"
    scratch.mkdir()
    try:
        project = Project(scratch / "repo")
        shutil.copytree(shelf.take(tmp_path / "repo").root, project.root)
        for path in ("tasks/10-ready/notes.txt", ALPHA):
            os.utime(project.root / path, ns=(2**64 + 5 * 10**9, 2**64 + 5 * 10**9))
        deadline = time.monotonic() + 30
        while not index_of(project).exists() and time.monotonic() < deadline:
            same(project)  # until all others are old enough to be remembered
        assert index_of(project).exists()
        same(project)
    finally:
        shutil.rmtree(scratch)


def test_replaced_by_an_older_file(old: Project) -> None:
    """As `mv` does: its time and length are the old file's."""
    remember(old)
    before = (old.root / ALPHA).stat()
    other = old.root / "aside/10-ready/task-alpha.md"
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.rename(old.root / ALPHA)
    assert (old.root / ALPHA).stat().st_mtime_ns == before.st_mtime_ns
    assert titles(same(old, fast=True).out)["alpha"] == "TITLE of alpha"


def test_files_that_change_places(old: Project) -> None:
    remember(old)
    swap(old.root / ALPHA, old.root / BETA)
    same(old, fast=True)
    swap(old.root / ALPHA, old.root / BETA)
    same(old, fast=True)
    (old.root / BETA).replace(old.root / ALPHA)
    assert "beta" in titles(same(old, fast=True).out)


def test_deleted_and_added(old: Project) -> None:
    remember(old)
    (old.root / ALPHA).unlink()
    assert "alpha" not in titles(same(old, fast=True).out)
    old.task("aaa")
    old.task("zzz", state="done")
    assert {"aaa", "zzz"} <= titles(same(old, fast=True).out).keys()
    for file in (old.root / "tasks/10-ready").iterdir():
        file.unlink()
    assert "beta" not in titles(same(old, fast=True).out)
    shutil.rmtree(old.root / "tasks/00-idea")
    assert "someday" not in titles(same(old, fast=True).out)


def test_state_changed_by_hand(old: Project) -> None:
    """The section that a task is in follows its text, not its directory."""
    remember(old)
    file = old.root / ALPHA
    file.write_bytes(file.read_bytes().replace(b"state: ready", b"state: canceled"))
    same(old, fast=True)
    plain = answer(old, "list", "--state", "canceled", "--output", "json", slow=True)
    assert trace(old, "list", "--state", "canceled", "--output", "json").done == plain
    assert '"alpha"' in plain.out


@pytest.mark.slow
def test_an_id_that_another_task_has(old: Project) -> None:
    remember(old)
    file = old.root / ALPHA
    text = file.read_bytes()
    for other in (b"beta", b"shipped"):
        file.write_bytes(text.replace(b"id: alpha", b"id: " + other))
        assert "duplicate-id" in same(old, fast=False).err
    old.write("tasks/00-idea/task-new.md", text)
    old.write("tasks/00-idea/task-newer.md", text)
    assert "duplicate-id" in same(old, fast=False).err
    file.write_bytes(text)
    assert same(old).err.count("duplicate-id") == 2
    for name in ("new", "newer"):
        (old.root / f"tasks/00-idea/task-{name}.md").unlink()
    assert same(old, fast=True).err == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "broken",
    [
        b"---\nid: alpha\n",
        b"",
        b"no task",
        b"---\nid: alpha\ntitle: A\nstate: gone\n---\n",
        b"---\nid: alpha\ntitle: A\nstate: ready\n---\n<<<<<<< a\n",
        b"---\nid: \xff\n---\n",
        b"---\nid: Alpha\ntitle: A\nstate: ready\n---\n",
    ],
    ids=["open", "empty", "text", "invalid", "conflict", "bytes", "id"],
)
def test_broken_and_sound_again(old: Project, broken: bytes) -> None:
    remember(old)
    file = old.root / ALPHA
    text = file.read_bytes()
    file.write_bytes(broken)
    assert "alpha" in same(old, fast=False).err
    file.write_bytes(text)
    assert same(old, fast=True).err == ""


def test_broken_from_the_beginning(old: Project) -> None:
    """What was wrong with an old file is remembered; that it no longer is, is seen at once."""
    for name, data in {"open": b"---\nid: open\n", "worse": b"---\nid: worse\ntitle: \n---\n"}.items():
        old.write(f"tasks/10-ready/task-{name}.md", data)
    same(old, fast=False)
    assert same(old, fast=False).err.count("\n") == 2
    for name in ("open", "worse"):
        (old.root / f"tasks/10-ready/task-{name}.md").unlink()
    assert same(old).err == ""


@pytest.mark.slow
@pytest.mark.usefixtures("without_rights")
def test_permissions_taken_and_given_back(old: Project) -> None:
    remember(old)
    for path, closed in (
        (ALPHA, 0),
        ("tasks/10-ready", 0),
        ("tasks/10-ready", 0o444),
        ("tasks/10-ready", 0o111),
    ):
        mode = (old.root / path).stat().st_mode & 0o777
        (old.root / path).chmod(closed)
        plain = trace(old, *LIST, slow=True, before=give_up_rights).done
        quick = trace(old, *LIST, before=give_up_rights).done
        (old.root / path).chmod(mode)
        assert quick == plain
        assert plain.err
        assert trace(old, *LIST, before=give_up_rights).done.err == ""


@pytest.mark.usefixtures("without_rights")
def test_rights_that_only_the_writer_of_the_index_had(old: Project) -> None:
    """A file of mode 0 is readable to root, and not to root without its special rights."""
    remember(old)
    swap(old.root / "tasks/10-ready", old.root / "aside/closed")
    answer(old, *LIST, slow=False)
    assert "unreadable-file" in trace(old, *LIST, before=give_up_rights).done.err


def test_the_quick_way_is_taken_again_once_all_is_fixed(old: Project) -> None:
    """What was broken when the index was made is sound and old enough: nothing is left to look at."""
    swap(old.root / "tasks/10-ready", old.root / "aside/broken")
    assert "no-closing-fence" in same(old, fast=False).err
    swap(old.root / "tasks/10-ready", old.root / "aside/broken")
    assert same(old).err == ""
    same(old, fast=True)


# Bystanders


@pytest.mark.slow
def test_files_that_are_no_tasks(old: Project) -> None:
    remember(old)
    same(old, fast=True)
    readme = old.root / "tasks/README.md"
    readme.write_text("# Changed\n")
    assert same(old).err == ""
    readme.write_bytes((old.root / ALPHA).read_bytes().replace(b"id: alpha", b"id: read"))
    assert "read" in titles(same(old, fast=True).out)
    readme.unlink()
    for path in ("tasks/10-ready/.task-more.md", "tasks/.hidden/task-x.md", "tasks/10-ready/more.txt"):
        old.write(path, (old.root / ALPHA).read_bytes())
        assert same(old, fast=True).err == ""
    (old.root / "tasks/10-ready/.task-hidden.md").rename(old.root / "tasks/10-ready/task-hidden.md")
    same(old)
    (old.root / "tasks/10-ready/task-beta.md").rename(old.root / "tasks/10-ready/.task-beta.md")
    assert "beta" not in titles(same(old).out)


def test_a_bystander_becomes_something_else(old: Project) -> None:
    remember(old)
    notes = old.root / "tasks/10-ready/notes.txt"
    text = (old.root / ALPHA).read_bytes().replace(b"id: alpha", b"id: below")
    notes.unlink()
    old.write("tasks/10-ready/notes.txt/task-below.md", text)
    assert "below" in titles(same(old).out)
    shutil.rmtree(notes)
    notes.symlink_to("../../aside/10-ready")
    assert "duplicate-id" in same(old, fast=False).err


def test_a_pipe_where_a_task_was(old: Project) -> None:
    remember(old)
    (old.root / ALPHA).unlink()
    os.mkfifo(old.root / ALPHA)
    assert "unreadable-file" in same(old, fast=False).err


# Directories and links


def test_directory_away_and_back(old: Project) -> None:
    remember(old)
    place = old.root / "tasks/10-ready"
    place.rename(old.root / "away")
    assert "alpha" not in titles(same(old, fast=True).out)
    (old.root / "away").rename(place)
    assert "alpha" in titles(same(old, fast=True).out)
    (old.root / "tasks").rename(old.root / "away")
    assert same(old).code != 0
    (old.root / "away").rename(old.root / "tasks")
    same(old, fast=True)


@pytest.mark.slow
def test_directory_swapped_for_another_old_one(old: Project) -> None:
    """No file has a new time, so that all is remembered at once: as changes, then again as it was."""
    remember(old)
    for expected in ("TITLE of alpha", "Title of alpha") * 2:
        swap(old.root / "tasks/10-ready", old.root / "aside/10-ready")
        for _ in range(2):
            assert titles(same(old, fast=True).out)["alpha"] == expected
    assert (index_of(old) / "delta").exists()


def test_a_change_that_is_remembered_changes_again(old: Project) -> None:
    remember(old)
    swap(old.root / "tasks/10-ready", old.root / "aside/10-ready")
    same(old, fast=True)
    (old.root / ALPHA).write_bytes((old.root / ALPHA).read_bytes().replace(b"TITLE", b"TItle"))
    (old.root / "tasks/10-ready/task-delta.md").unlink()
    assert titles(same(old, fast=True).out)["alpha"] == "TItle of alpha"


@pytest.mark.slow
def test_nested_directories(old: Project) -> None:
    remember(old)
    swap(old.root / "tasks/00-idea", old.root / "aside/10-ready")
    (old.root / "tasks/00-idea").rename(old.root / "tasks/10-ready/deep.md")
    (old.root / "tasks/10-ready/deep.md/task-alpha.md").unlink()
    for _ in range(2):
        assert "delta" in titles(same(old).out)
    (old.root / "tasks/10-ready/deep.md").rename(old.root / "tasks/10-ready/.deep")
    assert "delta" not in titles(same(old).out)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("tasks/10-ready/task-delta.md", "../../aside/10-ready/task-delta.md"),
        ("tasks/10-ready/task-beta.md", "task-alpha.md"),
        ("tasks/10-ready/link", "../../aside/10-ready"),
        ("tasks/00-link", "10-ready"),
        ("tasks/10-ready/loop", ".."),
        ("tasks/10-ready/loop.md", "loop.md"),
        ("tasks/10-ready/task-out.md", "/etc/passwd"),
        ("tasks/out", "/etc"),
        ("tasks/10-ready/task-gone.md", "nowhere"),
        ("tasks/10-ready/link.txt", "nowhere"),
    ],
)
def test_links_come_and_go(old: Project, link: str, target: str) -> None:
    remember(old)
    file = old.root / link
    file.unlink(missing_ok=True)
    file.symlink_to(target)
    for _ in range(2):
        same(old, fast=False)
    edit(old.root / "aside/10-ready/task-delta.md")
    edit(old.root / ALPHA)
    same(old, fast=False)
    file.unlink()
    same(old, fast=True)


def test_a_linked_file_takes_the_place_of_a_file(old: Project) -> None:
    """The text is the same and the file not, and what the link leads to may change without it."""
    remember(old)
    (old.root / ALPHA).rename(old.root / "aside/alpha.md")
    (old.root / ALPHA).symlink_to("../../aside/alpha.md")
    same(old, fast=False)
    edit(old.root / "aside/alpha.md")
    assert titles(same(old, fast=False).out)["alpha"] == "TITLE of alpha"


def test_tasks_itself_becomes_a_link(old: Project) -> None:
    remember(old)
    (old.root / "tasks").rename(old.root / "elsewhere")
    (old.root / "tasks").symlink_to("elsewhere")
    same(old, fast=False)
    (old.root / "tasks").unlink()
    (old.root / "tasks").symlink_to("/etc")
    assert same(old).code != 0


def test_hard_links(old: Project) -> None:
    remember(old)
    os.link(old.root / ALPHA, old.root / "tasks/00-idea/task-alpha.md")
    assert "duplicate-id" in same(old, fast=False).err
    (old.root / "tasks/00-idea/task-alpha.md").rename(old.root / "aside/alpha.md")
    same(old, fast=True)
    edit(old.root / "aside/alpha.md")  # the same file by another name
    assert titles(same(old, fast=True).out)["alpha"] == "TITLE of alpha"


# Git


def test_checkout_and_stash(old: Project) -> None:
    old.git("add", "tasks")
    old.git("commit", "-qm", "one")
    remember(old)
    old.git("checkout", "-qb", "other")
    same(old, fast=True)
    edit(old.root / ALPHA)
    old.git("rm", "-q", BETA)
    old.git("commit", "-qam", "two")
    same(old, fast=True)
    for branch, title in (("main", "Title"), ("other", "TITLE"), ("main", "Title")):
        old.git("checkout", "-q", branch)
        found = titles(same(old, fast=True).out)
        assert found["alpha"] == f"{title} of alpha"
        assert ("beta" in found) is (branch == "main")
    edit(old.root / BETA)
    same(old, fast=True)
    old.git("stash", "-q")
    assert titles(same(old, fast=True).out)["beta"] == "Title of beta"
    old.git("stash", "pop", "-q")
    assert titles(same(old, fast=True).out)["beta"] == "TITLE of beta"


def test_each_worktree_has_its_own_index(old: Project, shelf: Shelf, tmp_path: Path) -> None:
    """The second one's files are old too: it was made elsewhere and brought by the rename of a directory."""
    old.git("add", "tasks")
    old.git("commit", "-qm", "one")
    old.git("worktree", "add", "-q", "../other", "-b", "other")
    other = Project(tmp_path / "other")
    brought = shelf.take(tmp_path / "brought")
    shutil.rmtree(other.root / "tasks")
    (brought.root / "tasks").rename(other.root / "tasks")
    swap(other.root / "tasks/10-ready", brought.root / "aside/10-ready")
    remember(old)
    remember(other)
    assert titles(same(old, fast=True).out)["alpha"] == "Title of alpha"
    assert titles(same(other, fast=True).out)["alpha"] == "TITLE of alpha"
    git_dir = old.root / ".git/worktrees/other"
    assert index_of(other, git_dir).is_relative_to(git_dir)
    assert (index_of(other, git_dir) / "base").exists()
    assert (index_of(old) / "base").exists()
    edit(old.root / ALPHA)
    assert titles(same(other, fast=True).out)["alpha"] == "TITLE of alpha"


def test_two_projects_of_one_repository(old: Project, shelf: Shelf, tmp_path: Path) -> None:
    inner = shelf.take(tmp_path / "inner")
    shutil.rmtree(inner.root / ".git")
    inner.root.rename(old.root / "inner")
    below = Project(old.root / "inner")
    swap(below.root / "tasks/10-ready", below.root / "aside/10-ready")
    remember(old)
    remember(below)
    same(old, fast=True)
    same(old, fast=True, cwd=old.root / "tasks/10-ready")
    assert "delta" in titles(same(below, fast=True).out)
    assert not (below.root / ".git").exists()


@pytest.mark.slow
def test_projects_that_change_places(shelf: Shelf, tmp_path: Path) -> None:
    """Their indexes move along, and are of another project now."""
    first, second = shelf.take(tmp_path / "first"), shelf.take(tmp_path / "second")
    swap(second.root / "tasks/10-ready", second.root / "aside/10-ready")
    for project in (first, second):
        remember(project)
    swap(first.root, second.root)
    for project in (first, second):
        same(project)
        remember(project)
    assert "delta" in titles(same(first, fast=True).out)


def test_without_git_the_index_is_in_the_cache(shelf: Shelf, tmp_path: Path) -> None:
    old = shelf.take(tmp_path / "plain")
    shutil.rmtree(old.root / ".git")
    old.env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    remember(old)
    assert list((tmp_path / "cache/tasks/index").iterdir())
    assert all(path.parts[0] in {"tasks", "aside"} for path in map(Path, old.tree()))
    edit(old.root / ALPHA)
    same(old, fast=True)
    # Another project at the same place.
    shutil.rmtree(old.root)
    other = shelf.take(old.root)
    shutil.rmtree(other.root / ".git")
    swap(other.root / "tasks/10-ready", other.root / "aside/10-ready")
    assert "delta" in titles(same(old).out)


@pytest.mark.parametrize("home", ["", "relative"])
def test_without_git_and_home_there_is_no_index(shelf: Shelf, tmp_path: Path, home: str) -> None:
    old = shelf.take(tmp_path / "plain")
    shutil.rmtree(old.root / ".git")
    old.env = {"XDG_CACHE_HOME": home, "HOME": home}
    before = old.tree()
    for _ in range(2):
        same(old, fast=False)
    assert old.tree() == before
