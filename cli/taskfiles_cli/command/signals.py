"""Signals that end a command: SIGTERM and SIGHUP get what Ctrl-C gets, with an exit code of their own."""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # without the enumerations, which take 3 ms
from collections.abc import Iterator
from contextlib import contextmanager

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_received = int(signal.SIGINT)


@contextmanager
def held() -> Iterator[None]:
    """Let signals wait until the `with` block has ended: an exception within an import may be lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def heed() -> None:
    """Raise KeyboardInterrupt on SIGTERM and SIGHUP too, except where they are ignored, as nohup has it."""
    for number in ENDING[1:]:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(number: int, _: object) -> None:
    note(number)
    raise KeyboardInterrupt


def note(number: int) -> None:
    """Note which signal ends this process."""
    global _received  # noqa: PLW0603 (a handler has nobody to return it to)
    _received = number


def exit_code() -> int:
    """Return the exit code of a command that a signal has ended, as shells have it."""
    return 128 + _received


def is_interrupted(error: BaseException) -> bool:
    """Return whether an exception came of a signal that interrupted something else, such as an import."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        if isinstance(link, KeyboardInterrupt):
            return True
        seen.add(id(link))
        link = link.__cause__ or link.__context__
    return False
