"""The sink `dir:`: a directory of events, a file for each day and clone's host."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from taskfiles.errors import TaskfilesError
from taskfiles.telemetry.delivery import Delivery
from taskfiles.telemetry.event_files import add_events
from taskfiles.telemetry.spool import Chunk


class EventFolder:
    """A directory that is there already; `name_of` gives a host's name in it, one for each clone."""

    def __init__(self, place: str, name_of: Callable[[str], str]) -> None:
        self._place, self._name_of = place, name_of
        if not os.path.isdir(place):
            remedy = "Create it, or mount what belongs there; nothing was sent to it."
            raise TaskfilesError(
                "io", path=place, action="Using", problem="it is not a directory", remedy=remedy
            )

    def deliver(self, chunks: Sequence[Chunk]) -> Delivery:
        """Add the events. Raises OSError."""
        for chunk in chunks:
            name = f"{self._name_of(chunk.host)}.jsonl"
            add_events(os.path.join(self._place, f"dt={chunk.day}", name), chunk.events)
        return Delivery()
