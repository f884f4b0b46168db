"""Browsers to notify when the backlog has changed: one stream each, the newest revision, nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

MOST = 100  # streams at once
_BEAT = 15.0  # seconds between signs of life


class Hub:
    """Tells streams of the newest revision; `announce` and `close` may be called from any thread."""

    def __init__(self, revision: Callable[[], int]) -> None:
        self._revision = revision
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wakers: set[asyncio.Event] = set()
        self._closed = False

    def start(self) -> None:
        """Belong to the running loop."""
        self._loop = asyncio.get_running_loop()

    def announce(self) -> None:
        """Wake every stream."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        self.announce()

    def _wake(self) -> None:
        for waker in self._wakers:
            waker.set()

    @property
    def is_full(self) -> bool:
        """Whether there are as many streams as there may be."""
        return len(self._wakers) >= MOST

    async def stream(self) -> AsyncIterator[str]:
        """Yield server-sent events: first hello, then each change, and a comment now and then."""
        waker = asyncio.Event()
        self._wakers.add(waker)
        try:
            told = self._revision()
            yield _event("hello", told)
            while not self._closed:
                try:
                    await asyncio.wait_for(waker.wait(), _BEAT)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                waker.clear()
                if (revision := self._revision()) != told:
                    told = revision
                    yield _event("changed", told)
        finally:
            self._wakers.discard(waker)


def _event(name: str, revision: int) -> str:
    return f'id: {revision}\nevent: {name}\ndata: {{"revision":{revision}}}\n\n'
