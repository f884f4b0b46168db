"""Many writers at once: nothing is lost, waiting is bounded, hand edits are kept."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.effort import Effort
from support.limits import give_up_rights, set_writable
from support.processes import launch
from support.project import Project
from support.simultaneous import assert_done, at_once
from taskfiles import Task, TaskfilesError, Update, update
from taskfiles.changes.mutate import Draft, mutate

HOLDER = """
import os, sys
from pathlib import Path
from taskfiles import Store
with Store(Path.cwd()).locks.tasks("fix"):
    os.write(1, b"held")
    sys.stdin.buffer.read()
"""


def records(writer: int, count: int) -> list[list[str]]:
    options = ["--status", "completed", "--tool", "agent", "--duration-seconds", "5"]
    return [["record", "fix", *options, "--notes", f"{writer}.{number}"] for number in range(count)]


def notes(task: Task) -> list[str]:
    assert task.execution is not None
    return sorted(str(attempt.notes) for attempt in task.execution.attempts)


def assert_sound(project: Project) -> None:
    """No error in any file, and nothing in the work tree but task files."""
    assert [task.id for task in project.store.tasks() if not task.valid] == []
    assert [path for path in project.tree() if not path.endswith(".md")] == []


@contextmanager
def holder(project: Project, before: Callable[[], None] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock of the task `fix`."""
    with launch(
        [sys.executable, "-c", HOLDER],
        cwd=project.root,
        env=project.environment(None),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=before,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.read(4) == b"held"
            yield process
        finally:
            process.kill()


@pytest.fixture
def sandbox(project: Project, without_rights: None) -> Iterator[Project]:
    """A project whose git directory some processes can't write."""
    yield project
    set_writable(project.root / ".git", True)


# Many at once


@pytest.fixture
def writers(effort: Effort) -> int:
    """How many write at once."""
    return effort.pick(short=8, deep=20)


def test_records_on_one_task(project: Project, writers: int) -> None:
    project.task()
    assert_done(at_once(project, *(records(writer, 5) for writer in range(writers))))
    task = project.get("fix")
    assert notes(task) == sorted(f"{writer}.{number}" for writer in range(writers) for number in range(5))
    assert len({attempt.id for attempt in task.execution.attempts}) == 5 * writers  # type: ignore[union-attr]
    assert_sound(project)


def test_updates_of_different_keys_of_one_task(project: Project, writers: int) -> None:
    project.task()
    numbers = range(1, writers + 1)
    assert_done(at_once(project, *([["update", "fix", "--meta", f"x_{n}={n}"]] for n in numbers)))
    assert {f"x_{n}": n for n in numbers}.items() <= project.get("fix").values.items()
    assert_sound(project)


def test_updates_of_different_tasks(project: Project, writers: int) -> None:
    for number in range(writers):
        project.task(f"t{number}")
    jobs = [[["update", f"t{n}", "--meta", f"x_n={n}"]] for n in range(writers)]
    assert_done(at_once(project, *jobs))
    assert {t.id: t.values["x_n"] for t in project.store.tasks()} == {f"t{n}": n for n in range(writers)}
    assert_sound(project)


def test_new_tasks_of_one_title(project: Project, writers: int) -> None:
    results = at_once(project, *([["new", "--title", "Fix it", "--output", "plain"]] for _ in range(writers)))
    assert_done(results)
    told = sorted(result.out.strip() for result in results)
    assert sorted(task.id for task in project.store.tasks()) == told
    assert len(set(told)) == writers
    assert_sound(project)


def test_new_children_of_one_parent(project: Project, writers: int) -> None:
    project.task("parent", kind="story")
    new = ["new", "--title", "Child", "--parent", "parent", "--output", "json"]
    results = at_once(project, *([new] for _ in range(writers)))
    assert_done(results)
    children = {result.json["task"]["id"] for result in results}
    assert len(children) == writers
    assert sorted(project.get("parent").get("children")) == sorted(children)
    assert {task.id for task in project.store.tasks()} == {*children, "parent"}
    assert_sound(project)


@pytest.mark.slow
def test_storm(project: Project) -> None:
    project.task("fix", kind="story")
    updates = [[["update", "fix", "--meta", f"x_{n}={n}", "--add", f"labels=l{n}"]] for n in range(6)]
    news = [[["new", "--title", "Child", "--parent", "fix"], ["list", "--strict"]] for _ in range(6)]
    assert_done(at_once(project, *(records(writer, 3) for writer in range(6)), *updates, *news))
    task = project.get("fix")
    assert len(notes(task)) == 18
    assert {f"x_{n}": n for n in range(6)}.items() <= task.values.items()
    assert sorted(task.get("labels")) == [f"l{n}" for n in range(6)]
    assert len(task.get("children")) == 6
    assert_sound(project)


def test_listing_while_tasks_move(project: Project) -> None:
    """A task on its way to another directory is neither missed nor called unreadable."""
    ids = [f"t{number}" for number in range(8)]
    for task_id in ids:
        project.task(task_id)
    moves = [[["update", i, "--meta", f"state={s}"] for s in ("canceled", "idea") * 15] for i in ids[:3]]
    listed = [["list", "--strict", "--output", "plain"]] * 40
    *movers, lister = at_once(project, *moves, listed)
    assert_done(movers)
    assert lister.err == ""
    assert lister.out.split() == ids * 40


# A lock that is not given


def test_stopped_holder(project: Project) -> None:
    file = project.task()
    before = file.read_bytes()
    with holder(project) as process:
        process.send_signal(signal.SIGSTOP)
        late = project.run("update", "fix", "--meta", "x_n=1", "--lock-timeout", "0.2", "--output", "json")
        assert (late.code, late.out, late.error["code"]) == (4, "", "lock-timeout")
        assert file.read_bytes() == before
    assert project.run("update", "fix", "--meta", "x_n=1", "--lock-timeout", "0.2").code == 0
    assert project.get("fix").values["x_n"] == 1


def test_holder_does_not_stop_readers(project: Project) -> None:
    project.task()
    with holder(project):
        assert [project.run(*argv).code for argv in (["list"], ["show", "fix"], ["validate"])] == [0, 0, 0]


def test_normal_process_waits_for_sandboxed_one(sandbox: Project) -> None:
    sandbox.task()
    set_writable(sandbox.root / ".git", False)
    with holder(sandbox, give_up_rights):
        set_writable(sandbox.root / ".git", True)
        late = sandbox.run("update", "fix", "--meta", "x_n=1", "--lock-timeout", "0.2", "--output", "json")
        assert (late.code, late.error["code"]) == (4, "lock-timeout")
    assert sandbox.run("update", "fix", "--meta", "x_n=1").code == 0


def test_sandboxed_process_waits_for_normal_one(sandbox: Project) -> None:
    sandbox.task()
    with holder(sandbox):
        set_writable(sandbox.root / ".git", False)
        argv = ["update", "fix", "--meta", "x_n=1", "--lock-timeout", "0.2", "--output", "json"]
        (late,) = at_once(sandbox, [argv], before=[0])
        assert (late.code, late.error["code"]) == (4, "lock-timeout")
    (done,) = at_once(sandbox, [argv], before=[0])
    assert done.code == 0


@pytest.mark.slow
def test_sandboxed_and_normal_writers_lose_nothing(sandbox: Project) -> None:
    sandbox.task()
    set_writable(sandbox.root / ".git", False)
    assert_done(at_once(sandbox, *(records(writer, 3) for writer in range(10)), before=range(0, 10, 2)))
    assert len(notes(sandbox.get("fix"))) == 30


# Hand edits between read and write


def edit_with_hand_edit(file: Path, save: Callable[[bytes], object]) -> Callable[[Draft], None]:
    """An edit during whose first call a person saves the file."""
    calls: list[int] = []

    def edit(draft: Draft) -> None:
        if not calls:
            save(file.read_bytes().replace(b"First", b"Third"))
        calls.append(1)
        draft.values["x_n"] = 1

    return edit


def saved_anew(file: Path) -> Callable[[bytes], object]:
    """Save as most editors do: a new file in the old one's place."""

    def save(data: bytes) -> None:
        other = file.with_suffix(".swp")
        other.write_bytes(data)
        other.replace(file)

    return save


@pytest.mark.parametrize("way", ["in place", "anew"])
def test_hand_edit_is_kept(project: Project, way: str) -> None:
    """Of the same length, right after another write: neither size nor a coarse time may tell."""
    for _ in range(50):
        file = project.task()
        before = file.read_bytes()
        save = file.write_bytes if way == "in place" else saved_anew(file)
        mutate(project.store, "fix", edit_with_hand_edit(file, save))
        expected = before.replace(b"First", b"Third").replace(b"state: ready\n", b"state: ready\nx_n: 1\n")
        assert file.read_bytes() == expected
    assert_sound(project)


def test_hand_edit_refuses_if_match(project: Project) -> None:
    file = project.task()
    before = file.read_bytes()
    etag = project.get("fix").etag
    with pytest.raises(TaskfilesError) as caught:
        mutate(project.store, "fix", edit_with_hand_edit(file, saved_anew(file)), if_match=etag)
    assert caught.value.exit == 4
    assert file.read_bytes() == before.replace(b"First", b"Third")
    assert_sound(project)


def test_file_that_never_rests(project: Project) -> None:
    """A file saved under every try is left to whoever saves it, with exit 4."""
    file = project.task()

    def edit(draft: Draft) -> None:
        file.write_bytes(file.read_bytes() + b"More.\n")
        draft.values["x_n"] = 1

    with pytest.raises(TaskfilesError) as caught:
        mutate(project.store, "fix", edit)
    assert (caught.value.code, caught.value.exit) == ("changed-underneath", 4)
    assert b"x_n" not in file.read_bytes()
    assert file.read_bytes().endswith(b"More.\n")
    assert_sound(project)


def test_file_removed_meanwhile_stays_removed(project: Project) -> None:
    file = project.task()

    def edit(draft: Draft) -> None:
        file.unlink()
        draft.values["x_n"] = 1

    with pytest.raises(TaskfilesError) as caught:
        mutate(project.store, "fix", edit)
    assert caught.value.exit in {3, 4}
    assert project.tree() == {}


def test_nothing_to_write_waits_for_nobody_else(project: Project) -> None:
    """An update that changes nothing leaves the very same file."""
    file = project.task(extra="x_n: 1\n")
    before = file.stat()
    assert not update(project.store, "fix", Update(set={"x_n": 1})).changed
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
