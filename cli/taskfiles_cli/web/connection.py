"""Connections that say nothing: each is closed after a while, and sooner where others need the place."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 200  # connections at once
_ROOM = 50  # of which so many are kept free of those that only wait
PATIENCE = 10.0  # seconds within which a request is there, whole but for its body


class Connection(H11Protocol):
    """A connection that is closed when no request comes over it.

    Uvicorn waits for the first request for ever, and counts who waits among those that it serves.
    """

    patience: ClassVar[float] = PATIENCE
    waiting: ClassVar[OrderedDict[Connection, asyncio.TimerHandle]] = OrderedDict()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to wait for a request, in the place of who has waited longest where there is little room."""
        super().connection_made(transport)
        self._wait()
        while len(self.waiting) > 1 and len(self.connections) - self._closing() > MOST - _ROOM:
            oldest = next(iter(self.waiting))
            oldest.give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what comes; a request that is whole ends the waiting."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()

    def on_response_complete(self) -> None:
        """Wait for the next request, or be closed."""
        super().on_response_complete()
        if not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete):
            self._wait()

    def give_up(self) -> None:
        """Close a connection over which nothing came."""
        self._stop()
        self.transport.close()

    def _wait(self) -> None:
        self._stop()
        self.waiting[self] = self.loop.call_later(self.patience, self.give_up)

    def _stop(self) -> None:
        timer = self.waiting.pop(self, None)
        if timer is not None:
            timer.cancel()

    def _closing(self) -> int:
        """How many connections are being closed, and are counted until they are."""
        return sum(each.transport.is_closing() for each in self.connections)
