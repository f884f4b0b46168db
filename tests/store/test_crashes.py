"""Killed, out of space, refused: the old file or the new one, whole, and nothing left behind."""

from __future__ import annotations

import itertools
import os
import random
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.effort import Effort
from support.layouts import in_states
from support.limits import give_up_rights, run_limited
from support.project import SCRIPT, Done, Project
from taskfiles import Update, update
from taskfiles.store.disk import temporary_path

LARGE_BODY = "\n## Overview\n\n" + "One line of prose among very many others.\n" * 5000  # 205 KB
UPDATE = ["update", "fix", "--meta", "x_n=1"]
RECORD = ["record", "fix", "--status", "completed", "--tool", "agent", "--duration-seconds", "5"]
NEW = ["new", "--title", "Another"]
NEW_CHILD = [*NEW, "--parent", "fix"]
MOVE = ["update", "fix", "--meta", "state=canceled"]
WRITES = [UPDATE, RECORD, NEW, NEW_CHILD, MOVE, ["fmt"]]
# What the system does is changed here, before the command runs; our own code stays as it is.
PATCHED = "import errno, os, signal, sys\n{patch}\n" + SCRIPT[-1]
FULL_AT_SYNC = """
def fsync(descriptor):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
os.fsync = fsync
"""
FEW_FILES = """
import resource, taskfiles_cli.entry, taskfiles_cli.main
resource.setrlimit(resource.RLIMIT_NOFILE, ({allowed}, {allowed}))
"""
KILLED_AT = "os.{call} = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)"
# A file takes its new content as it changes places with its temporary file.
KILLED_AT_RENAME = """
def killed(event, arguments):
    if event == "os.rename" and ".tasks-" in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(killed)
"""


@pytest.fixture
def large(project: Project) -> Path:
    """A task file of 200 KB."""
    return project.task(body=LARGE_BODY, extra="x_n: 0\n")


@pytest.fixture
def refusing(project: Project, without_rights: None) -> Iterator[Project]:
    """A project with one task for commands that the system refuses; its bits are put right at the end."""
    project.task(kind="story", extra="x_n: 0\nsize: small\n")
    yield project
    allow(project.root)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Project]:
    """A project on a disk of 1 MiB of its own."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mounted)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can't be mounted here")
    try:
        project = Project(mounted / "repo")
        (project.root / "tasks").mkdir(parents=True)
        project.git("init", "-q", "--template=")
        yield project
    finally:
        subprocess.run(["umount", "-l", str(mounted)], check=True)


def allow(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def fill(disk: Path) -> Path:
    """Write until the disk is full."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return filler


def weak(project: Project, *argv: str) -> Done:
    return run_limited(project, *argv, before=give_up_rights)


def patched(project: Project, patch: str, *argv: str) -> Done:
    command = [sys.executable, "-c", PATCHED.format(patch=patch)]
    return run_limited(project, *argv, before=lambda: None, command=command)


def hidden(project: Project) -> list[str]:
    return [path for path in project.tree() if Path(path).name.startswith(".")]


def assert_refused(done: Done, code: int = 6) -> None:
    assert (done.code, done.out) == (code, ""), done
    assert done.err.startswith("error[")
    assert "Traceback" not in done.err


# Killed


def run_killed(work: Callable[[], None], delay: float) -> None:
    """Run endless work in a forked child and kill it after a delay; a child that ended by itself failed."""
    alive, hold = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    os.close(hold)
    select.select([alive], [], [], delay)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(alive)
    assert os.WIFSIGNALED(status), "the child ended before it was killed"


def test_killed_updates(project: Project, large: Path, effort: Effort) -> None:
    """The file is that of some update, whole; the next update works and clears what was left."""
    template = large.read_text()

    def step(number: int) -> None:
        update(project.store, "fix", Update(set={"x_n": number}))

    def work() -> None:
        for number in itertools.count(written + 1):
            step(number)

    written = 1
    begun = time.monotonic()
    step(written)
    duration = time.monotonic() - begun
    chance = random.Random(2)
    for _ in range(effort.pick(short=40, deep=200, long=2000)):
        run_killed(work, chance.uniform(0, 2.5 * duration))
        found = int(project.get("fix").values["x_n"])  # type: ignore[arg-type]
        assert found >= written
        assert large.read_text() == template.replace("x_n: 0\n", f"x_n: {found}\n")
        kept = {project.path(), temporary_path(project.path())}
        assert set(project.tree()) <= kept
        written = found + 1
        step(written)
        assert large.read_text() == template.replace("x_n: 0\n", f"x_n: {written}\n")
        assert set(project.tree()) == {project.path()}


def test_killed_commands(project: Project, large: Path, effort: Effort) -> None:
    template = large.read_text()
    begun = time.monotonic()
    assert project.run("update", "fix", "--meta", "x_n=1").code == 0
    duration = time.monotonic() - begun
    chance, old = random.Random(3), 1
    for number in range(2, effort.pick(short=6, deep=12, long=100) + 2):
        process = project.start("update", "fix", "--meta", f"x_n={number}")
        try:
            process.communicate(timeout=chance.uniform(duration / 2, duration))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        found = int(project.get("fix").values["x_n"])  # type: ignore[arg-type]
        assert found in {old, number}
        assert large.read_text() == template.replace("x_n: 0\n", f"x_n: {found}\n")
        old = found
    assert project.run("update", "fix", "--meta", "x_n=0").code == 0
    assert project.tree() == {project.path(): template.encode()}


@pytest.mark.parametrize("patch", [KILLED_AT.format(call="fsync"), KILLED_AT_RENAME], ids=["fsync", "rename"])
def test_killed_update_leaves_no_trace(project: Project, patch: str) -> None:
    project.task(extra="x_n: 0\n")
    before = project.tree()
    assert patched(project, patch, *UPDATE).code == -signal.SIGKILL
    assert before.items() <= project.tree().items()
    assert project.run(*UPDATE).code == 0
    assert hidden(project) == []


@pytest.mark.parametrize("call", ["fsync", "link", "unlink"])
def test_killed_new_leaves_no_trace(project: Project, call: str) -> None:
    """What a killed `new` leaves goes with the next writes of that title and id."""
    assert patched(project, KILLED_AT.format(call=call), *NEW).code == -signal.SIGKILL
    assert project.run("list").code == 0
    assert project.run(*NEW).code == 0
    assert project.run("update", "another", "--meta", "x_n=1").code == 0
    assert {task.title for task in project.store.tasks() if task.valid} == {"Another"}
    assert hidden(project) == []


@in_states
def test_killed_move_is_taken_back(project: Project) -> None:
    """Killed between move and write: the next command, if it only reads, puts the file back."""
    project.task(extra="x_n: 0\n")
    before = project.tree()
    assert patched(project, KILLED_AT_RENAME, *MOVE).code == -signal.SIGKILL
    assert (project.root / project.path("fix", "canceled")).exists()
    done = project.run("show", "fix")
    assert (done.code, "task.update was cut short" in done.err) == (0, True)
    assert project.tree() == before
    assert project.run(*MOVE).code == 0
    assert project.get("fix").path == project.path("fix", "canceled")


def test_leftover_that_is_read_only(refusing: Project) -> None:
    """The leftover of a killed update of a read-only file doesn't stop the next update."""
    file = refusing.root / refusing.path("fix", kind="story")
    leftover = Path(temporary_path(file))
    leftover.write_bytes(b"half")
    for path in (file, leftover):
        path.chmod(0o444)
    done = weak(refusing, *UPDATE)
    assert (done.code, done.err) == (0, "")
    assert hidden(refusing) == []


# Out of space


@pytest.mark.parametrize("argv", WRITES, ids=" ".join)
def test_full_disk(disk: Project, argv: list[str]) -> None:
    disk.task(kind="story", body=LARGE_BODY, extra="x_n: 0\nsize: small\n")
    filler = fill(disk.root.parent)
    before = disk.tree()
    refused = disk.run(*argv)
    assert disk.tree() == before
    assert refused.code == 6
    assert "no space left" in refused.err
    assert "Traceback" not in refused.err
    filler.unlink()
    assert disk.run(*argv).code == 0


@pytest.mark.parametrize("argv", WRITES, ids=" ".join)
def test_disk_that_is_full_when_synced(project: Project, argv: list[str]) -> None:
    project.task(kind="story", extra="x_n: 0\nsize: small\n")
    before = project.tree()
    assert_refused(patched(project, FULL_AT_SYNC, *argv))
    assert project.tree() == before


def test_file_size_limit(project: Project, large: Path) -> None:
    before = project.tree()
    refused = run_limited(
        project, *UPDATE, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    )
    assert_refused(refused)
    assert project.tree() == before


@pytest.mark.slow
@pytest.mark.parametrize("argv", [UPDATE, NEW_CHILD, ["list"], ["validate"]], ids=" ".join)
def test_too_many_open_files(project: Project, argv: list[str]) -> None:
    """With ever more descriptors allowed, a command is refused cleanly until it has enough."""
    codes = []
    for allowed in range(3, 9):
        project.task(kind="story", extra="x_n: 0\n")
        before = project.tree()
        done = patched(project, FEW_FILES.format(allowed=allowed), *argv)
        codes.append(done.code)
        if done.code:
            assert_refused(done)
            assert project.tree() == before
    assert (codes[0], codes[-1]) == (6, 0)
    assert set(codes) == {0, 6}


# Refused


@in_states
@pytest.mark.parametrize("argv", [UPDATE, RECORD, MOVE, NEW, NEW_CHILD], ids=" ".join)
def test_read_only_directories(refusing: Project, argv: list[str]) -> None:
    before = refusing.tree()
    for directory in (refusing.root / "tasks", refusing.root / "tasks/10-ready"):
        directory.chmod(0o555)
    refused = weak(refusing, *argv)
    assert_refused(refused)
    assert "permission" in refused.err
    assert refusing.tree() == before
    assert sorted(path.name for path in (refusing.root / "tasks").iterdir()) == ["10-ready"]


@in_states
def test_read_only_target_directory(refusing: Project) -> None:
    """A move that can't be made leaves the file as it was, not half changed."""
    target = refusing.root / "tasks/40-canceled"
    target.mkdir()
    before = refusing.tree()
    target.chmod(0o555)
    assert_refused(weak(refusing, *MOVE))
    assert refusing.tree() == before


def test_unreadable_file(refusing: Project) -> None:
    file = refusing.root / refusing.path("fix", kind="story")
    before = refusing.tree()
    refusing.task("other")
    file.chmod(0)
    listed = weak(refusing, "list", "--output", "plain")
    assert (listed.code, listed.out) == (0, "other\n")
    assert f"{refusing.path('fix', kind='story')}:1:1: error[unreadable-file]" in listed.err
    assert weak(refusing, "validate").code == 1
    assert weak(refusing, "update", "other", "--meta", "x_n=1").code == 0
    refused = weak(refusing, *UPDATE)
    assert_refused(refused)
    assert "permission denied" in refused.err
    file.chmod(0o644)
    assert before.items() <= refusing.tree().items()
    assert hidden(refusing) == []


@pytest.mark.parametrize("argv", [UPDATE, RECORD, MOVE, NEW, NEW_CHILD, ["fmt"]], ids=" ".join)
def test_read_only_git_directory(refusing: Project, argv: list[str]) -> None:
    """The documented fallback: it works, with one warning."""
    refusing.task("other")
    (refusing.root / ".git").chmod(0o555)
    done = weak(refusing, *argv, "--output", "json")
    assert done.code == 0, done.err
    assert done.json["outcome"] == "success"
    warnings = [line for line in done.err.splitlines() if "lock-fallback" in line or "no-journal" in line]
    assert len(warnings) == 1
    assert hidden(refusing) == []
    assert not (refusing.root / ".git/tasks").exists()


def test_read_only_git_directory_is_no_matter_to_readers(refusing: Project) -> None:
    (refusing.root / ".git").chmod(0o555)
    for argv in (["list"], ["show", "fix"], ["validate"]):
        done = weak(refusing, *argv)
        assert (done.code, done.err) == (0, "")
