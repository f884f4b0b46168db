"""One program with all that it starts: fed, listened to, bounded in time, and ended as a whole."""

from __future__ import annotations

import errno
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import IO, NamedTuple

from taskfiles.basics.environment import child_environment

TICK = 0.2  # seconds between two looks at whether to stop
GRACE = 10.0  # seconds that a program has to end by itself after it was asked to
LINGER = 1.0  # seconds for which streams are listened to that outlive the program
_PIECE = 1 << 16


class How(StrEnum):
    """Why a program ended."""

    EXITED = "exited"
    TIMED_OUT = "timed-out"
    STOPPED = "stopped"


class Ended(NamedTuple):
    """A program that has ended: its code (negative: the signal that ended it), why, after how many seconds.

    `reason` is what `should_stop` gave; `left` is whether something that it had started outlived it.
    """

    code: int
    how: How
    seconds: float
    reason: str | None = None
    left: bool = False


class Listener(NamedTuple):
    """What is done with what a program prints on each of its streams, and between."""

    out: Callable[[bytes], None]
    err: Callable[[bytes], None]
    # Called at every tick: a reason to stop, empty for none; and whether to lose no more time with it.
    should_stop: Callable[[], str]
    is_urgent: Callable[[], bool]


def supervise(
    command: Sequence[str],
    listener: Listener,
    *,
    directory: str,
    environment: Mapping[str, str],
    given: bytes = b"",
    timeout: float | None = None,
    grace: float = GRACE,
) -> Ended:
    """Run a program in a session of its own until it ends, is out of time (in seconds), or is to stop.

    It gets the environment without what points git to another place; see `child_environment`.
    Whatever it has started ends with it, asked first and killed after `grace` seconds; only what has made a
    session of its own escapes. A listener that raises
    ends the program at once, and its error is passed on.
    Raises OSError where it can't be started, or where its end would never be known: SIGCHLD is ignored.
    """
    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        raise OSError(errno.ECHILD, "SIGCHLD is ignored")
    began = time.monotonic()
    # What has no room any more has none before the program is there.
    with selectors.DefaultSelector() as selector, _open_pipe() as wakeup:
        process = subprocess.Popen(  # noqa: S603 (the user's own program)
            list(command),
            cwd=directory,
            env=child_environment(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        supervision = _Supervision(process, listener, given, selector=selector, wakeup=wakeup, grace=grace)
        return supervision.run(began, timeout)


@contextmanager
def _open_pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


class _Supervision:
    def __init__(
        self,
        process: subprocess.Popen[bytes],
        listener: Listener,
        given: bytes,
        *,
        selector: selectors.BaseSelector,
        wakeup: tuple[int, int],
        grace: float,
    ) -> None:
        self._process, self._listener, self._given, self._grace = process, listener, given, grace
        self._selector = selector
        self._woken, self._wake = wakeup
        self._deadline: float | None = None
        self._ended: float | None = None  # when the program had ended
        self._open: set[int] = set()

    def run(self, began: float, timeout: float | None) -> Ended:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._deadline = None if timeout is None else began + timeout
        waiter = threading.Thread(target=self._wait, daemon=True)
        try:
            waiter.start()
            self._selector.register(self._woken, selectors.EVENT_READ)
            for stream, use in (
                (process.stdout, self._listener.out),
                (process.stderr, self._listener.err),
            ):
                os.set_blocking(stream.fileno(), False)
                self._selector.register(stream, selectors.EVENT_READ, use)
                self._open.add(stream.fileno())
            os.set_blocking(process.stdin.fileno(), False)
            self._selector.register(process.stdin, selectors.EVENT_WRITE)
            how, reason = self._listen()
            left = self._end_group()
        finally:
            self._signal(signal.SIGKILL)
            if waiter.is_alive():
                waiter.join()
            code = process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()
        assert self._ended is not None
        return Ended(code, how, self._ended - began, reason or None, left)

    def _wait(self) -> None:
        """Notice the end of the program; its number stays its group's until that is over."""
        if hasattr(os, "waitid"):
            with suppress(ChildProcessError):
                os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        else:
            self._process.wait()
        self._ended = time.monotonic()
        os.write(self._wake, b"!")

    def _listen(self) -> tuple[How, str]:
        """Feed and listen until the program has ended, or is to be ended."""
        while self._ended is None:
            reason, rest = self._listener.should_stop(), TICK
            if self._deadline is not None:
                rest = min(rest, self._deadline - time.monotonic())
            if (reason or rest <= 0) and not self._has_ended():
                return (How.STOPPED, reason) if reason else (How.TIMED_OUT, "")
            rest = max(0.0, rest)
            self._serve(rest)
        return How.EXITED, ""

    def _has_ended(self) -> bool:
        """Whether the program has ended by itself, although nobody has noticed it yet."""
        if not hasattr(os, "waitid"):
            return self._ended is not None
        with suppress(ChildProcessError):
            return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
        return True

    def _serve(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            stream = key.fileobj
            if stream == self._woken:
                os.read(self._woken, 1)
            elif stream is self._process.stdin:
                self._feed(self._process.stdin)
            elif not self._read(stream, key.data):  # type: ignore[arg-type]  # registered as streams
                self._close(stream)  # type: ignore[arg-type]  # as above

    def _feed(self, stream: IO[bytes]) -> None:
        try:
            self._given = self._given[os.write(stream.fileno(), self._given[:_PIECE]) :]
        except BlockingIOError:
            return
        except OSError:  # it reads no more
            self._given = b""
        if not self._given:
            self._close(stream)

    def _read(self, stream: IO[bytes], use: Callable[[bytes], None]) -> bool:
        try:
            data = os.read(stream.fileno(), _PIECE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if data:
            use(data)
        return bool(data)

    def _close(self, stream: IO[bytes]) -> None:
        self._selector.unregister(stream)
        self._open.discard(stream.fileno())
        stream.close()

    def _end_group(self) -> bool:
        """End what runs of the group, asking first; its streams are read to their end, or for a while."""
        if self._ended is None:
            self._signal(signal.SIGTERM)
            self._read_on(self._grace, until_ended=True)
            self._signal(signal.SIGKILL)
            self._read_on(LINGER)
            return False
        self._read_on(LINGER)
        left = bool(self._open) or self._is_inhabited()
        if left:
            self._signal(signal.SIGTERM)
            self._read_on(LINGER)
        return left

    def _is_inhabited(self) -> bool:
        """Whether the group has members besides the program, which has ended and is not yet waited for."""
        return any(number != self._process.pid for number in list_members(self._process.pid))

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):  # macOS refuses for a group of the dead
            os.killpg(self._process.pid, number)

    def _read_on(self, seconds: float, *, until_ended: bool = False) -> None:
        end = time.monotonic() + seconds
        while (self._ended is None) if until_ended else self._open:
            rest = end - time.monotonic()
            if rest <= 0 or (until_ended and self._listener.is_urgent()):
                return
            self._serve(min(rest, TICK))


def list_members(group: int) -> Iterator[int]:
    """List the living members of a process group; none without /proc. Raises OSError."""
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else []:
        if name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                with open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
                if int(fields[2]) == group and fields[0] not in {b"Z", b"X"}:
                    yield int(name)
