"""Whether all is to stop: one flag for a process, set by signals, looked at by whatever runs."""

from __future__ import annotations

import time

_LOOK = 0.1  # seconds


class Halt:
    """A flag with its reason; asked for twice, it is urgent. Signal handlers set it, threads wait for it.

    There is no lock in it: a handler may interrupt the very thread that would hold one.
    """

    def __init__(self) -> None:
        self.reason = ""
        self._asked = 0

    def ask(self, reason: str) -> None:
        """Ask for the end."""
        self.reason = self.reason or reason
        self._asked += 1

    def is_urgent(self) -> bool:
        """Whether it was asked for again."""
        return self._asked > 1

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the end is asked for."""
        end = time.monotonic() + seconds
        while not self.reason and (rest := end - time.monotonic()) > 0:
            time.sleep(min(rest, _LOOK))
