"""Passing on to standard error what programs print, without their waiting for whoever reads it."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable

from taskfiles_cli.render.console import Console

_MOST = 8 << 20  # bytes that wait for the reader; what is more is in the log only
_PIECE = 4096  # what a pipe that has room takes at once
_LOOK = 200  # milliseconds
_PATIENCE = 1.0  # seconds without any progress


class Forwarder:
    """Keeps what is to be passed on, and a thread that does it; a pager that is not read on stops nobody."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._pending = bytearray()
        self._last = b"\n"
        self._left_out = 0
        self._moved = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closing = False

    def hear(self, data: bytes) -> None:
        """Pass bytes on, soon."""
        self._last = data[-1:] or self._last
        self._console.stream(b"")  # whatever line of our own stands there goes first
        descriptor = _descriptor()
        if descriptor is None:
            self._console.stream(data)
            return
        with self._moved:
            taken = data[: max(0, _MOST - len(self._pending))]
            self._pending += taken
            self._left_out += len(data) - len(taken)
            self._moved.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._pass_on, args=(descriptor,), daemon=True)
                self._thread.start()

    def drain(self) -> None:
        """End the last line, and wait until all is passed on, or the reader makes a pause."""
        if self._last != b"\n":
            self.hear(b"\n")
        with self._moved:
            left = len(self._pending) + 1
            while self._pending and len(self._pending) < left:
                left = len(self._pending)
                self._moved.wait(_PATIENCE)

    def close(self, should_stop: Callable[[], bool]) -> None:
        """Wait until all is passed on, or it is to stop; the thread ends."""
        with self._moved:
            while self._pending and not should_stop():
                self._moved.wait(_LOOK / 1000)
            is_read = not self._pending
            self._pending.clear()
            self._is_closing = True
            self._moved.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self._left_out and is_read:
            text = f"{self._left_out} bytes came faster than they were read; they are in the log."
            self._console.warn(text, code="run")

    def _pass_on(self, descriptor: int) -> None:
        room = select.poll()
        room.register(descriptor, select.POLLOUT)
        while True:
            with self._moved:
                while not self._pending and not self._is_closing:
                    self._moved.wait()
                if not self._pending:
                    return
            try:
                if not room.poll(_LOOK):
                    continue
                with self._moved:
                    del self._pending[: os.write(descriptor, self._pending[:_PIECE])]
                    self._moved.notify_all()
            except BlockingIOError:
                continue
            except OSError:  # its reader has gone
                with self._moved:
                    self._pending.clear()
                    self._moved.notify_all()


def _descriptor() -> int | None:
    try:
        return None if sys.stderr is None else sys.stderr.fileno()
    except (OSError, ValueError):  # no file of the system's
        return None
