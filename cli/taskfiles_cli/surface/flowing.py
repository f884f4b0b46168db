"""The history of states for pages: read once a commit, whoever asks for it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from taskfiles import Store
from taskfiles.history.log import find_head
from taskfiles.history.transitions import Step, join_steps, read_steps, read_transitions
from taskfiles.stats.flow import Transition
from taskfiles_cli.surface.mirror import Mirror


class History:
    """The states that tasks went through, as of a view.

    What commits hold takes seconds to read where there are many versions, and is kept until HEAD moves; what
    no commit has is read at each view.
    """

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._lock = threading.Lock()
        self._head: str | None = None
        self._steps: Sequence[Step] | None = None
        self._known: tuple[tuple[str | None, int], Sequence[Transition]] | None = None

    def read(self, revision: int) -> Sequence[Transition]:
        """Return the transitions as of a revision of the mirror; one at a time. Raises TaskfilesError."""
        with self._lock:
            store = self._mirror.open_store()
            head = find_head(store)
            if self._known is None or self._known[0] != (head, revision):
                self._known = ((head, revision), read_transitions(store, self._read_steps(store, head)))
            return self._known[1]

    def read_committed(self) -> Sequence[Transition]:
        """Return those that commits have: what every clone knows. Raises TaskfilesError."""
        with self._lock:
            store = self._mirror.open_store()
            return join_steps(self._read_steps(store, find_head(store)))

    def _read_steps(self, store: Store, head: str | None) -> Sequence[Step]:
        if self._steps is None or head != self._head:
            self._steps, self._head = read_steps(store), head
        return self._steps
