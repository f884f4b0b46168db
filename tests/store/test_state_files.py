"""State below the git directory: whatever stands there hangs nothing, its modes are git's, locks may fail."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.in_process import call, ok
from support.layouts import in_states
from support.processes import PATIENCE
from support.project import Done, Project
from taskfiles.task.layout import STATES
from taskfiles_cli.line.exit_codes import EXITS

COMMANDS = [
    ("list",),
    ("list", "-o", "json"),
    ("update", "fix", "--meta", "size=small"),
    ("move", "fix", "idea"),
    ("undo",),
    ("validate",),
    ("doctor",),
    ("next", "--claim", "--by", "me"),
    ("plan",),
    ("telemetry", "tail"),
    ("run", "--stop", "--all", "--reason", "over"),
]


@contextmanager
def bounded() -> Iterator[None]:
    """Fail what has not ended after some time, instead of waiting for ever."""

    def stop(number: int, frame: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(int(PATIENCE))
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def used(project: Project) -> Path:
    """A project with state of every kind; gives its directory."""
    project.task("fix", size="xl")
    project.task("other")
    project.configure("[labels]\n")
    for line in (
        "list",
        "update fix --meta size=large",
        "move fix in-progress",
        "pickup other --by me",
        "run --stop --all --reason over",
        "run --resume --all",
        "telemetry push",
        "run fix --own-gates --tool t -- true",
    ):
        call(project, *line.split())
    return project.root / ".git/tasks"


def check(done: Done, place: Path | None = None) -> None:
    assert done.code in EXITS, (place, done)
    assert done.code != 70, (place, done)
    assert "Traceback" not in done.err, (place, done)


@pytest.mark.slow
def test_a_pipe_in_the_place_of_any_state_hangs_nothing(project: Project, tmp_path: Path) -> None:
    state = used(project)
    for name in ("pending", "journal", "runs", "stops", "locks", "leases"):
        (state / name).mkdir(exist_ok=True)
    kept = tmp_path / "kept"
    shutil.copytree(project.root, kept, symlinks=True)
    directories = [path for path in [state, *state.rglob("*")] if path.is_dir()]
    places = [path for path in state.rglob("*") if path.is_file() or path in directories]
    places += [path / name for path in directories for name in ("x", "x.json", "x.jsonl", "x.lock")]
    places += [state / "journal/0000000099-0000000001-ab-cd", state / "journal/0000000098-0000000001-x"]
    kinds = {place.relative_to(project.root) for place in places}
    kinds |= {
        Path("tasks/tasks.toml"),
        Path("tasks/x.md"),
        *([Path("tasks/10-ready/x.md")] if project.layout == STATES else []),
    }
    for number, place in enumerate(sorted(kinds)):
        shutil.rmtree(project.root)
        shutil.copytree(kept, project.root, symlinks=True)
        file = project.root / place
        if file.is_dir():
            shutil.rmtree(file)
        elif file.exists():
            file.unlink()
        os.mkfifo(file)
        chosen = [COMMANDS[number % len(COMMANDS)], COMMANDS[(number * 5 + 2) % len(COMMANDS)]]
        for argv in (*chosen, ("list",), ("undo",)):
            with bounded():
                check(call(project, *argv), place)


def test_a_directory_in_the_place_of_a_record_is_passed_over(project: Project) -> None:
    state = used(project)
    (state / "journal/0000000099-0000000001-ab-cd").mkdir()
    (state / "journal/0000000099-0000000001-x").mkdir()
    project.task("new")
    ok(call(project, "update", "new", "--meta", "size=xl"))
    ok(call(project, "undo"))
    assert "size" not in project.get("new").values


# Modes


SHARED = {"group": (0o664, 0o775), "all": (0o664, 0o775), "0640": (0o640, 0o750), "0666": (0o666, 0o777)}


@in_states
@pytest.mark.parametrize("value", [*SHARED, "true", "1", "umask", "false"])
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_modes_are_those_of_git(project: Project, value: str, mask: int) -> None:
    """What git makes itself in the same repository tells what is right."""
    project.git("config", "core.sharedRepository", value)
    before = os.umask(mask)
    try:
        state = used(project)
        project.git("add", "-A")
        objects = [path for path in (project.root / ".git/objects").iterdir() if len(path.name) == 2]
        directory_mode = stat.S_IMODE(objects[0].stat().st_mode)
        file_mode = stat.S_IMODE((project.root / ".git/index").stat().st_mode)
    finally:
        os.umask(before)
    is_shared = value not in {"umask", "false"}
    for path in [state, *state.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.is_dir():
            assert mode == directory_mode, path
        elif is_shared:
            assert mode & ~0o111 == file_mode, path
        else:
            assert mode & ~file_mode == 0, path
    assert stat.S_IMODE((project.root / "tasks/tasks.toml").stat().st_mode) == 0o666 & ~mask


def test_the_setting_is_read_where_git_reads_it(project: Project) -> None:
    shared = project.root / ".git/shared"
    shared.write_text('[core] # ours\n\tsharedrepository = "0660" ; for all of us\n')
    project.git("config", "include.path", "shared")
    assert project.git("config", "core.sharedRepository").strip() == "0660"
    before = os.umask(0o077)
    try:
        project.task("fix")
        ok(call(project, "update", "fix", "--meta", "size=xl"))
    finally:
        os.umask(before)
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in (project.root / ".git/tasks").rglob("*")
        if path.is_file()
    }
    assert modes == {0o660}


# Locks


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP], ids=errno.errorcode.get)
@pytest.mark.parametrize(
    "argv", [*COMMANDS[:9], ("delete", "fix"), ("fmt", "fix"), ("init",), ("doctor", "--fix")], ids=" ".join
)
def test_where_nothing_can_be_locked_the_error_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch, number: int, argv: tuple[str, ...]
) -> None:
    project.task("fix", size="xl")
    ok(call(project, "update", "fix", "--meta", "size=large"))
    before = project.tree()

    def failing(descriptor: int, kind: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", failing)
    done = call(project, *argv)
    check(done)
    if done.code == 6:
        assert "ocking " in done.err
        assert os.strerror(number).lower() in done.err
        assert "can't lock files" in done.err
        assert project.tree() == before
    else:
        assert argv[0] in {"list", "validate", "doctor", "plan"}, done
