"""Commands in forked processes do what they do in processes that are started (tests/support/forked.py)."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from support.forked import Forked, can_fork
from support.limits import CAPPED
from support.project import SCRIPT, Done, Project

LINES = [
    (["list"], b""),
    (["show", "fix", "--output", "json"], b""),
    (["show", "nope", "--output", "json"], b""),
    (["frob"], b""),
    (["--version"], b""),
    (["update", "fix", "--field", "Overview", "-", "--dry-run"], "Schönes – \u2028 und mehr".encode()),
    (["update", "fix", "--field", "Overview", "-"], b"\xff"),
    (["list", "--label", "\udcff"], b""),
]


def started(project: Project, *argv: str, stdin: bytes) -> Done:
    done = subprocess.run(
        [*SCRIPT, *argv],
        cwd=project.root,
        input=stdin,
        env=project.environment(None),
        capture_output=True,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(("argv", "stdin"), LINES)
def test_a_forked_command_says_what_a_started_one_says(
    project: Project, argv: list[str], stdin: bytes
) -> None:
    project.task("fix")
    forked = Forked(argv, cwd=project.root, env=project.environment(None))
    out, err = forked.communicate(stdin)
    assert Done(forked.wait(), out.decode(), err.decode()) == started(project, *argv, stdin=stdin)


def test_it_has_an_environment_a_directory_and_streams_of_its_own(project: Project) -> None:
    code = (
        "import os, sys; print(sorted(os.environ), os.getcwd(), sys.argv, sys.stdin.read(), os.umask(0));"
        "print(sys.stdout.encoding, sys.stdout.isatty(), file=sys.stderr); sys.exit(7)"
    )
    theirs, ours = os.pipe()
    forked = Forked(["a"], cwd=project.root, env={"ONE": "1"}, code=code, passed=[ours])
    out, err = forked.communicate(b"given")
    os.close(theirs)
    os.close(ours)
    mask = os.umask(0)
    os.umask(mask)
    names, _, rest = out.decode().partition("] ")
    assert (names, rest.split("'")[0]) == ("['ONE'", f"{project.root} [")
    assert rest.endswith(f"'a'] given {mask}\n")
    assert (err, forked.wait()) == (b"utf-8 False\n", 7)


def test_its_end_by_a_signal_is_told_and_memory_can_be_bounded(project: Project) -> None:
    forked = Forked([], cwd=project.root, env={}, code="import sys; sys.stdin.read()")
    assert forked.poll() is None
    forked.kill()
    assert forked.communicate() == (b"", b"")
    assert forked.wait() == -signal.SIGKILL
    bounded = Forked([], cwd=project.root, env={}, code=CAPPED.replace("\nrun()", "\nbytearray(1 << 31)"))
    assert b"MemoryError" in bounded.communicate()[1]
    assert bounded.wait() != 0


def test_what_an_interpreter_reads_at_its_start_needs_one() -> None:
    same = {name: os.environ[name] for name in ("PYTHONPATH", "LANG") if name in os.environ}
    assert not can_fork({**same, "PYTHONUTF8": "0"})
    assert not can_fork({**same, "LC_ALL": "C"})
    assert not can_fork({**same, "TZ": "Asia/Tokyo"})
