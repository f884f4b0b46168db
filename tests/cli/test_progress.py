"""The line that tells on a terminal how far reading has come, and nothing of it anywhere else."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import termios
from collections.abc import Sequence

import pytest

from support.indexed_projects import answer, remember
from support.processes import launch
from support.project import SCRIPT, Project

LINE = re.compile(rb"\r\x1b\[KReading task files: (\d+) of (\d+)")
ERASE = b"\r\x1b[K"
PATIENCE = 60
MANY = 500  # reading them takes about three seconds, and nothing is shown for the first half


class Terminal:
    """A command whose standard error is a terminal."""

    def __init__(self, project: Project, argv: Sequence[str]) -> None:
        self._ours, theirs = pty.openpty()
        attributes = termios.tcgetattr(theirs)
        attributes[1] &= ~termios.OPOST  # line ends as they are written
        termios.tcsetattr(theirs, termios.TCSANOW, attributes)
        self.process = launch(
            [*SCRIPT, *argv],
            cwd=project.root,
            env=project.environment({"TERM": "xterm", "NO_COLOR": "1"}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        os.close(theirs)
        self.shown = b""

    def read(self) -> bool:
        """Read what has been written to the terminal; False at its end."""
        assert select.select([self._ours], [], [], PATIENCE)[0]
        try:
            data = os.read(self._ours, 1 << 16)
        except OSError:  # nobody has it open any more
            return False
        self.shown += data
        return bool(data)

    def finish(self) -> tuple[int, bytes, bytes]:
        """Wait for the end; gives exit code, standard output and what the terminal was told."""
        out, _ = self.process.communicate(timeout=PATIENCE)
        while self.read():
            pass
        os.close(self._ours)
        return self.process.returncode, out, self.shown


def many(project: Project, count: int) -> None:
    """Files that ruamel.yaml has to read, which takes a while."""
    for number in range(count):
        items = "".join(f"  k{item}: {{a: [1, 2], b: 'it''s'}}\n" for item in range(60))
        project.task(f"t{number}", extra=f"x_map:\n{items}")


@pytest.mark.slow
@pytest.mark.parametrize("argv", [("list", "--output", "json"), ("validate",)], ids=" ".join)
def test_a_long_scan_shows_how_far_it_is(project: Project, argv: tuple[str, ...]) -> None:
    many(project, MANY)
    terminal = Terminal(project, argv)
    while not LINE.search(terminal.shown):
        assert terminal.read(), terminal.shown
    code, out, shown = terminal.finish()
    counts = [tuple(map(int, pair)) for pair in LINE.findall(shown)]
    assert counts == sorted(counts)
    assert all(done < whole == MANY for done, whole in counts)
    plain = answer(project, *argv, slow=True)
    _, _, rest = shown.rpartition(b"of %d" % MANY)
    assert rest == ERASE + plain.err.encode()
    assert (code, out.decode()) == (plain.code, plain.out)


@pytest.mark.slow
def test_a_quick_command_shows_nothing(old: Project) -> None:
    for _ in range(2):
        assert Terminal(old, ["list"]).finish()[2] == b""
    remember(old)
    assert Terminal(old, ["list", "--output", "json"]).finish()[2] == b""
    assert Terminal(old, ["show", "alpha"]).finish()[2] == b""


@pytest.mark.slow
def test_nothing_is_shown_where_standard_error_is_no_terminal(project: Project) -> None:
    many(project, MANY)
    assert project.run("list", env={"TERM": "xterm"}).err == ""


def test_an_interruption_takes_the_line_away(project: Project) -> None:
    many(project, MANY)
    terminal = Terminal(project, ["list"])
    while not LINE.search(terminal.shown):
        assert terminal.read(), terminal.shown
    terminal.process.send_signal(signal.SIGINT)
    code, out, shown = terminal.finish()
    if code == 0:
        pytest.skip("the command ended before it was interrupted")
    assert (code, out) == (130, b"")
    _, _, rest = shown.rpartition(b"of %d" % MANY)
    assert rest.startswith(ERASE + b"error[interrupted]")
