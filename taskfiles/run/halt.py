"""Whether all is to stop: one flag for a process, set by signals, looked at by whatever runs."""

from __future__ import annotations

import threading


class Halt:
    """A flag with its reason; asked for twice, it is urgent. Signal handlers set it, threads wait for it."""

    def __init__(self) -> None:
        self.reason = ""
        self._asked = 0
        self._event = threading.Event()

    def ask(self, reason: str) -> None:
        """Ask for the end."""
        self.reason = self.reason or reason
        self._asked += 1
        self._event.set()

    def is_urgent(self) -> bool:
        """Whether it was asked for again."""
        return self._asked > 1

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the end is asked for."""
        self._event.wait(seconds)
