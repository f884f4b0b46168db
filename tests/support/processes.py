"""Other processes: ended with the test that started them, waited for by a pipe or by their end."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 30.0  # seconds until a test gives up; none waits as long

_launched: list[subprocess.Popen[bytes]] = []


def launch(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a program, as Popen does; what a test leaves of it when it fails is ended with the test."""
    process = subprocess.Popen(command, **options)
    _launched.append(process)
    return process


def open_files(pid: int) -> list[str]:
    """List what a process has open; skips the test where the system does not show it."""
    place = Path(f"/proc/{pid}/fd")
    if not place.exists():
        pytest.skip("this system does not show which files a process has open")
    found = []
    for entry in place.iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found.append(os.readlink(entry))
    return found


def end_launched() -> None:
    """Kill what still runs of the programs launched, and close the pipes to them."""
    while _launched:
        process = _launched.pop()
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()


class Pipe:
    """A named pipe by which programs tell how far they are; whoever waits for them gives up at some time."""

    def __init__(self, place: Path) -> None:
        self.path = str(place)
        os.mkfifo(place)
        self._descriptor = os.open(place, os.O_RDWR | os.O_NONBLOCK)
        self._text = b""

    def line(self) -> str:
        """Wait for a line."""
        while b"\n" not in self._text:
            assert readable(self._descriptor), "nothing was written into the pipe"
            self._text += os.read(self._descriptor, 4096)
        line, _, self._text = self._text.partition(b"\n")
        return line.decode()

    def close(self) -> None:
        os.close(self._descriptor)


def readable(descriptor: int) -> bool:
    """Wait until a descriptor can be read."""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        return bool(selector.select(PATIENCE))


@contextmanager
def watched(number: int) -> Iterator[Callable[[], bool]]:
    """Hold on to a process by its descriptor; the function given waits for its end."""
    try:
        descriptor = os.pidfd_open(number)
    except ProcessLookupError:
        yield lambda: True
        return
    try:
        yield lambda: readable(descriptor)
    finally:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        os.close(descriptor)


def is_gone(number: int) -> bool:
    """Tell whether a process ends, waiting for it."""
    with watched(number) as ends:
        return ends()
