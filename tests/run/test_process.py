"""One program and all that it starts, whatever they do: fed, heard, bounded in time, ended as a whole."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from support.processes import PATIENCE, Pipe, is_gone, watched
from taskfiles.run.process import Ended, How, Listener, supervise
from taskfiles.run.transcript import Transcript, read_end

# A program that heeds no polite request, and starts another one like it.
DEAF = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
started = os.fork() if sys.argv[2:] else 0
with open(sys.argv[1], "w") as pipe:
    pipe.write(f"{os.getpid()}\\n")
if started:
    os.waitpid(started, 0)
signal.pause()
"""


class Heard:
    """What a program has printed, and when it is to stop."""

    def __init__(self) -> None:
        self.out, self.err = bytearray(), bytearray()
        self.reason, self.is_urgent = "", False

    def listener(self) -> Listener:
        return Listener(self.out.extend, self.err.extend, lambda: self.reason, lambda: self.is_urgent)


def run(*command: str, heard: Heard | None = None, **more: Any) -> Ended:
    """Supervise a program in this process's surroundings."""
    heard = heard or Heard()
    return supervise(
        command, heard.listener(), **{"directory": os.getcwd(), "environment": os.environ, **more}
    )


def python(text: str, *words: str, heard: Heard | None = None, **more: Any) -> Ended:
    """Supervise a Python program."""
    return run(sys.executable, "-S", "-c", text, *words, heard=heard, **more)


def test_a_program_is_pointed_to_no_other_repository() -> None:
    heard = Heard()
    given = {"GIT_DIR": "/x/.git", "GIT_INDEX_FILE": "/x/index", "GIT_AUTHOR_NAME": "Ada", "A": "b"}
    run("/usr/bin/env", heard=heard, environment=given)
    assert sorted(bytes(heard.out).decode().split()) == ["A=b", "GIT_AUTHOR_NAME=Ada"]


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    """A pipe for the programs of a test."""
    made = Pipe(tmp_path / "pipe")
    yield made
    made.close()


def descriptors() -> list[str]:
    """What this process has open."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            found.append(os.readlink(f"/proc/self/fd/{name}"))
    return sorted(each for each in found if not each.startswith("/proc/"))


def children() -> set[str]:
    """This process's children, dead ones too."""
    found: set[str] = set()
    for name in os.listdir("/proc/self/task"):
        with contextlib.suppress(FileNotFoundError):  # a thread that has ended meanwhile
            found |= set(Path(f"/proc/self/task/{name}/children").read_text().split())
    return found


@pytest.fixture(autouse=True)
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves a descriptor, a thread or a zombie behind."""
    before = descriptors(), children(), threading.active_count()
    yield
    if "pipe" not in request.fixturenames:
        assert descriptors() == before[0]
    assert children() == before[1]
    assert threading.active_count() == before[2]


# What it is given


LARGE = b"A line of a prompt that is long.\n" * 20_000  # ten times what a pipe holds


def test_a_prompt_comes_whole() -> None:
    heard = Heard()
    assert run("cat", heard=heard, given=LARGE) == (
        0,
        How.EXITED,
        pytest.approx(0, abs=PATIENCE),
        None,
        False,
    )
    assert bytes(heard.out) == LARGE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import os; os.close(0)",
        "import os; os.close(0); print('on')",
        "import os; os.read(0, 10)",
        "import os; os.read(0, 100_000); os.close(0); os.write(1, b'x' * 200_000)",
    ],
    ids=["never reads", "closes it", "closes it and prints", "reads a little", "reads some and floods"],
)
def test_a_prompt_that_is_not_read_does_no_harm(text: str) -> None:
    ended = python(text, given=LARGE)
    assert (ended.code, ended.how, ended.left) == (0, How.EXITED, False)


def test_without_a_prompt_the_input_is_empty() -> None:
    heard = Heard()
    assert python("import sys; print(repr(sys.stdin.read()))", heard=heard).code == 0
    assert heard.out == b"''\n"


# What it prints


def test_both_streams_are_heard_whole() -> None:
    heard = Heard()
    text = "import os\nfor n in range(50): os.write(1, b'o' * 9999); os.write(2, b'e' * 7777)"
    assert python(text, heard=heard).code == 0
    assert (len(heard.out), set(heard.out)) == (50 * 9999, set(b"o"))
    assert (len(heard.err), set(heard.err)) == (50 * 7777, set(b"e"))


def test_any_bytes_are_heard() -> None:
    heard = Heard()
    assert python("import os; os.write(1, bytes(range(256)) * 3)", heard=heard).code == 0
    assert heard.out == bytes(range(256)) * 3


def test_a_program_that_prints_nothing() -> None:
    heard = Heard()
    assert run("true", heard=heard).code == 0
    assert not heard.out
    assert not heard.err


def test_a_program_that_closes_its_streams_is_waited_for(pipe: Pipe, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    text = (
        "import os, sys\n"
        "for number in (0, 1, 2): os.close(number)\n"
        "open(sys.argv[1], 'w').write('closed\\n')\n"
        "open(sys.argv[2]).read()\n"
        "os._exit(7)"
    )
    found: list[Ended] = []
    thread = threading.Thread(
        target=lambda: found.append(python(text, pipe.path, str(tmp_path / "gate"), given=LARGE))
    )
    thread.start()
    assert pipe.line() == "closed"
    assert thread.is_alive()
    (tmp_path / "gate").write_text("")
    thread.join(PATIENCE)
    assert found[0][:2] == (7, How.EXITED)


def test_a_flood_is_kept_within_bounds(tmp_path: Path) -> None:
    """Its beginning and its end are kept, and never more of it is in memory."""
    out, err = Transcript(str(tmp_path / "out"), 1000, 300), Transcript(str(tmp_path / "err"), 1000, 300)
    most = 0

    def hear(data: bytes) -> None:
        nonlocal most
        out.write(data)
        most = max(most, len(out._tail))

    text = (
        "import os\n"
        "os.write(1, b'first\\n')\n"
        "for n in range(3000): os.write(1, b'o' * 1000); os.write(2, b'e' * 1000)\n"
        "os.write(1, b'\\nlast\\n')"
    )
    ended = supervise(
        [sys.executable, "-S", "-c", text],
        Listener(hear, err.write, lambda: "", lambda: False),
        directory=str(tmp_path),
        environment=os.environ,
    )
    out.close()
    err.close()
    assert ended.code == 0
    kept = (tmp_path / "out").read_bytes()
    assert kept.startswith(b"first\noooo")
    assert kept.endswith(b"ooo\nlast\n")
    assert b"\n[2998712 bytes are left out here]\n" in kept
    assert len(kept) < 1400
    assert most <= 600
    assert len((tmp_path / "err").read_bytes()) < 1400


# Transcripts


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 129, 130, 131, 500])
@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_a_transcript_keeps_beginning_and_end(size: int, piece: int, tmp_path: Path) -> None:
    data = bytes(ord("a") + n % 26 for n in range(size))
    kept = Transcript(str(tmp_path / "deep" / "log"), 100, 30)
    for start in range(0, size, piece):
        kept.write(data[start : start + piece])
    kept.close()
    kept.close()
    assert not kept.problem
    left_out = f"\n[{size - 130} bytes are left out here]\n".encode()
    wanted = data if size <= 130 else data[:100] + left_out + data[-30:]
    assert (tmp_path / "deep" / "log").read_bytes() == wanted


def test_a_transcript_that_can_not_be_kept_fails_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    (tmp_path / "target").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / "fifo")
    for path in ("file/log", "link", "fifo", "."):
        kept = Transcript(str(tmp_path / path), 10, 10)
        kept.write(b"x" * 100)
        kept.close()
        assert kept.problem
    assert (tmp_path / "target").read_text() == "mine"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_disk_fails_nobody() -> None:
    kept = Transcript("/dev/full", 10, 10)
    kept.write(b"x" * 100)
    kept.close()
    assert kept.problem == os.strerror(errno.ENOSPC).lower()


def test_the_end_of_a_file_begins_with_a_line(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"one\ntwo\n\xff three\n")
    assert read_end(str(tmp_path / "log"), 1000) == "one\ntwo\n� three\n"
    assert read_end(str(tmp_path / "log"), 10) == "� three\n"
    assert read_end(str(tmp_path / "log"), 3) == "ee\n"
    assert read_end(str(tmp_path), 10) == read_end(str(tmp_path / "none"), 10) == ""


# Its end


def test_exit_codes_and_signals_are_told() -> None:
    assert run("sh", "-c", "exit 3")[:2] == (3, How.EXITED)
    assert run("sh", "-c", "kill -9 $$")[:2] == (-9, How.EXITED)
    assert run("sh", "-c", "kill -TERM $$")[:2] == (-15, How.EXITED)


@pytest.mark.slow
def test_a_program_out_of_time_is_ended_with_all_that_it_started(pipe: Pipe) -> None:
    """Though neither heeds the polite request."""
    ended = python(DEAF, pipe.path, "and another", timeout=2.0, grace=0.2)
    assert ended[:2] == (-signal.SIGKILL, How.TIMED_OUT)
    assert all([is_gone(int(pipe.line())), is_gone(int(pipe.line()))])


def test_a_program_that_is_to_stop_may_end_by_itself() -> None:
    """What it says at last is heard."""
    text = (
        "import os, signal\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n"
        "os.write(1, b'here\\n')\n"
        "signal.sigwait([signal.SIGTERM])\n"
        "os.write(1, b'bye\\n')\n"
        "os._exit(5)"
    )
    heard = Heard()
    listener = heard.listener()._replace(should_stop=lambda: "enough" if heard.out else "")
    ended = supervise(
        [sys.executable, "-S", "-c", text], listener, directory=os.getcwd(), environment=os.environ
    )
    assert ended[:2] == (5, How.STOPPED)
    assert heard.out == b"here\nbye\n"


@pytest.mark.slow
def test_a_program_that_is_stopped_by_job_control_is_ended(pipe: Pipe) -> None:
    ended = run("sh", "-c", f"echo $$ > {pipe.path}; kill -STOP $$", timeout=1.0, grace=0.1)
    assert ended[:2] == (-signal.SIGKILL, How.TIMED_OUT)


@pytest.mark.parametrize("is_urgent", [False, True])
def test_a_program_that_is_to_stop_is_asked_then_killed(is_urgent: bool, pipe: Pipe) -> None:
    """One that matters is not waited for."""
    heard = Heard()
    found: list[Ended] = []
    grace = PATIENCE if is_urgent else 0.3
    work = threading.Thread(
        target=lambda: found.append(python(DEAF, pipe.path, "more", heard=heard, grace=grace))
    )
    work.start()
    members = [int(pipe.line()), int(pipe.line())]
    began = time.monotonic()
    heard.is_urgent = is_urgent
    heard.reason = "enough"
    work.join(PATIENCE)
    assert not work.is_alive()
    assert found[0][:2] == (-signal.SIGKILL, How.STOPPED)
    assert found[0].reason == "enough"
    assert time.monotonic() - began < PATIENCE / 2
    assert all(is_gone(each) for each in members)


# A program that ends when the one which it has started has told its number; that one closes streams, or not.
PARENT = """
import os, signal, sys
told, tell = os.pipe()
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.argv[2:]:
        for number in (0, 1, 2): os.close(number)
    with open(sys.argv[1], "w") as pipe:
        pipe.write(f"{os.getpid()}\\n")
    os.write(tell, b"!")
    while True: signal.pause()
os.read(told, 1)
print("done", flush=True)
os._exit(4)
"""


@pytest.mark.slow
@pytest.mark.parametrize("closing", [[], ["closing"]])
def test_what_outlives_the_program_is_ended(closing: list[str], pipe: Pipe) -> None:
    """Whether or not it keeps the streams; the program's own end is what counts."""
    heard = Heard()
    began = time.monotonic()
    ended = python(PARENT, pipe.path, *closing, heard=heard)
    assert (ended.code, ended.how, ended.left) == (4, How.EXITED, True)
    assert heard.out == b"done\n"
    assert ended.seconds < time.monotonic() - began < PATIENCE / 2
    assert is_gone(int(pipe.line()))


@pytest.mark.slow
@pytest.mark.parametrize("keeps", ["", "; os.dup2(os.open(os.devnull, os.O_RDWR), 1); os.dup2(1, 2)"])
def test_a_daemon_of_its_own_session_holds_nobody_up(keeps: str, pipe: Pipe) -> None:
    text = (
        "import os, sys, signal\n"
        "if os.fork(): os._exit(0)\n"
        f"os.setsid(){keeps}\n"
        "open(sys.argv[1], 'w').write(f'{os.getpid()}\\n')\n"
        "while True: signal.pause()"
    )
    ended = python(text, pipe.path)
    with watched(int(pipe.line())):
        assert (ended.code, ended.how) == (0, How.EXITED)
        assert ended.left is not bool(keeps)


def test_a_listener_that_fails_leaves_no_program_behind(pipe: Pipe) -> None:
    """An error on our side is passed on once everything has been ended."""

    def fail(_: bytes) -> None:
        raise RuntimeError("broken")

    text = f"{DEAF[: DEAF.index('if started')]}\nprint('said', flush=True)\nwhile True: signal.pause()"
    with pytest.raises(RuntimeError, match="broken"):
        supervise(
            [sys.executable, "-S", "-c", text, pipe.path],
            Listener(fail, fail, lambda: "", lambda: False),
            directory=os.getcwd(),
            environment=os.environ,
            grace=0.1,
        )
    assert is_gone(int(pipe.line()))


# What can't be started

FEW = """
import os, resource, sys
from taskfiles.run.process import Listener, supervise
hear = lambda _: None
busy = len(os.listdir("/proc/self/fd")) - 1
for room in range(12):
    resource.setrlimit(resource.RLIMIT_NOFILE, (busy + room, 64))
    try:
        supervise(["sh", "-c", "exec sleep 600"], Listener(hear, hear, lambda: "enough", lambda: True),
            directory="/", environment=os.environ)
    except OSError as error:
        print(error.strerror)
    else:
        print("it ran")
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    assert len(os.listdir("/proc/self/fd")) - 1 == busy
    assert not open(f"/proc/self/task/{os.getpid()}/children").read()
"""


def test_where_no_more_files_can_be_opened_nothing_is_left_running() -> None:
    done = subprocess.run([sys.executable, "-c", FEW], check=True, capture_output=True, text=True)
    said = done.stdout.splitlines()
    assert set(said) == {os.strerror(errno.EMFILE), "it ran"}
    assert said == sorted(said)


def test_what_can_not_be_started_is_an_error(tmp_path: Path) -> None:
    plain, lost = tmp_path / "plain", tmp_path / "lost"
    plain.write_text("#!/bin/sh\n")
    lost.write_text("#!/no/such/interpreter\n")
    lost.chmod(0o755)
    for command in (str(plain), str(lost), str(tmp_path), "no-such-program-anywhere", ""):
        with pytest.raises(OSError):
            run(command, given=LARGE)
    with pytest.raises(OSError):
        run("x" * 300)
    with pytest.raises(OSError):
        run("true", "x" * (1 << 22))  # more than the system takes
    with pytest.raises(OSError):
        run("true", directory=str(tmp_path / "gone"))
    for bad in (("tr\0ue",), ("true", "a\0b")):
        with pytest.raises(ValueError, match="null"):
            run(*bad)
    with pytest.raises(ValueError, match="null"):
        run("true", environment={"A": "b\0c"})


# Surroundings


def test_many_programs_at_once() -> None:
    """Each is heard by its own listener, and none waits for another."""
    gate = threading.Barrier(12)
    found: dict[int, tuple[Ended, bytes]] = {}

    def work(number: int) -> None:
        heard = Heard()
        gate.wait(PATIENCE)
        text = f"import sys; data = sys.stdin.read(); print(data[-3:] + '{number}'); sys.exit({number})"
        found[number] = python(text, heard=heard, given=LARGE + b"end"), bytes(heard.out)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    for number in range(12):
        ended, said = found[number]
        assert (ended.code, ended.how, ended.left) == (number, How.EXITED, False)
        assert said == f"end{number}\n".encode()


ALONE = """
import os, sys
from taskfiles.run.process import Listener, supervise
said = bytearray()
listener = Listener(said.extend, said.extend, lambda: "", lambda: False)
ended = supervise(["sh", "-c", "cat; echo err >&2; exit 3"], listener,
    directory="/", environment=os.environ, given=b"given")
with open(sys.argv[1], "w") as file:
    print(ended.code, ended.how, ended.left, bytes(sorted(said)), file=file)
"""
SAID = bytes(sorted(b"givenerr\n"))


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_the_parents_own_streams_may_be_closed(closed: tuple[int, ...], tmp_path: Path) -> None:
    shell = f'exec "$0" -c "$1" "$2" {" ".join(f"{number}>&-" for number in closed)}'
    subprocess.run(["sh", "-c", shell, sys.executable, ALONE, str(tmp_path / "said")], check=True)
    assert (tmp_path / "said").read_text() == f"3 exited False {SAID!r}\n"


def test_where_children_are_ignored_nothing_is_started(tmp_path: Path) -> None:
    """Whoever ignores SIGCHLD is never told how a program has ended: it would always seem to be well."""
    script = f"import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n{ALONE}"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "said")], check=False, capture_output=True
    )
    assert b"ChildProcessError: [Errno 10] SIGCHLD is ignored" in done.stderr
    assert not (tmp_path / "said").exists()
