"""`tasks` in a process of its own, forked from one that has imported it: it starts in a tenth of the time.

Such a process has its own arguments, directory, environment and streams, and ends on its own, by a signal
too. What differs from one that is started: everything is imported, and the interpreter does not shut down.
What `Project.run` and the tests of the board start is forked; the long profile starts it, as all
tests do that are about the start itself, about signals or about limits.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from support.effort import choose

LENGTH = struct.Struct("!I")
NUMBER = struct.Struct("!i")
PATIENCE = 60.0  # seconds
AT_START = ("PYTHON", "LC_", "LANG", "TZ")  # variables that an interpreter reads when it starts
_SERVER = Path(__file__).with_name("fork_server.py")
_sending = threading.Lock()


def can_fork(env: Mapping[str, str]) -> bool:
    """Tell whether a forked process does as a started one, in this profile and with this environment."""
    return choose().profile != "long" and _at_start(env) == _at_start(os.environ)


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    passed_on = {"PYTHONPATH", "LANG"}  # of the environment of the tests, see Project.environment
    named = {name: value for name, value in env.items() if name.startswith(AT_START)}
    return {name: value for name, value in named.items() if env is not os.environ or name in passed_on}


class Forked:
    """A running `tasks`, with what the tests use of a Popen."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: int = subprocess.PIPE,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        passed: Sequence[int] = (),
        code: str = "",
    ) -> None:
        """Fork `tasks`, or run other code, whose first arguments are the numbers of descriptors passed on."""
        self.returncode: int | None = None
        self.stdin, theirs = _given(stdin)
        self.stdout, their_out = _kept(stdout)
        self.stderr, their_err = _kept(stderr)
        self._fate, their_fate = os.pipe()
        request = {"argv": list(argv), "cwd": str(cwd), "env": dict(env), "umask": _umask(), "code": code}
        text = json.dumps(request).encode()
        try:
            with _sending:
                server = _server(os.getpid())
                given = (theirs, their_out, their_err, their_fate, *passed)
                socket.send_fds(server, [LENGTH.pack(len(text))], given)
                server.sendall(text)
        finally:
            for descriptor in {theirs, their_out, their_err, their_fate} - {stdin, stdout, stderr}:
                os.close(descriptor)
        self.pid = self._number()

    def _number(self) -> int:
        data = os.read(self._fate, NUMBER.size)
        assert len(data) == NUMBER.size, "the process that forks has ended"
        return int(NUMBER.unpack(data)[0])

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs; it is negative after a signal, as Popen's."""
        return self._wait(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; raise subprocess.TimeoutExpired where it does not come in time."""
        code = self._wait(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("tasks", timeout or 0)
        return code

    def _wait(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            with selectors.DefaultSelector() as selector:
                selector.register(self._fate, selectors.EVENT_READ)
                if selector.select(timeout):
                    self.returncode = self._number()
                    os.close(self._fate)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, given: bytes = b"", timeout: float = PATIENCE) -> tuple[bytes, bytes]:
        """Write its input, read both streams to their ends, and wait for its own, so long at most."""
        writer = threading.Thread(target=self._write, args=(given,))
        writer.start()
        read: dict[IO[bytes] | None, list[bytes]] = {self.stdout: [], self.stderr: []}
        with selectors.DefaultSelector() as selector:
            for stream in filter(None, read):
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(timeout)
                if not ready:
                    raise subprocess.TimeoutExpired("tasks", timeout)
                for key, _ in ready:
                    part = os.read(key.fd, 1 << 16)
                    stream = self.stdout if key.fileobj is self.stdout else self.stderr
                    read[stream].append(part)
                    if not part:
                        selector.unregister(key.fileobj)
        writer.join()
        for stream in filter(None, read):
            stream.close()
        self.wait(timeout)
        return b"".join(read[self.stdout]), b"".join(read[self.stderr])

    def _write(self, given: bytes) -> None:
        if self.stdin is not None:
            try:
                self.stdin.write(given)
                self.stdin.close()
            except BrokenPipeError:  # it did not want to read
                return


def _given(wanted: int) -> tuple[IO[bytes] | None, int]:
    """Give what writes to the process, if anything does, and what it reads."""
    if wanted != subprocess.PIPE:
        return None, os.open(os.devnull, os.O_RDONLY) if wanted == subprocess.DEVNULL else wanted
    theirs, ours = os.pipe()
    return os.fdopen(ours, "wb"), theirs


def _kept(wanted: int) -> tuple[IO[bytes] | None, int]:
    """Give what reads from the process, if anything does, and what it writes to."""
    if wanted != subprocess.PIPE:
        return None, os.open(os.devnull, os.O_WRONLY) if wanted == subprocess.DEVNULL else wanted
    ours, theirs = os.pipe()
    return os.fdopen(ours, "rb"), theirs


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@cache
def _server(_process: int) -> socket.socket:
    """Start what forks, once in a process; it ends when this process does."""
    ours, theirs = socket.socketpair()
    passed_on = {
        key: os.environ[key] for key in ("PATH", "PYTHONPATH", "LANG", "TMPDIR") if key in os.environ
    }
    command = [sys.executable, str(_SERVER), str(theirs.fileno())]
    server = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=passed_on, stdin=subprocess.DEVNULL)
    theirs.close()

    @atexit.register
    def end() -> None:
        ours.close()
        server.wait()

    return ours
