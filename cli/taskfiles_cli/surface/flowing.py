"""The history of states for pages: read once a commit, whoever asks for it."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import datetime

from taskfiles import Store
from taskfiles.history.log import find_head
from taskfiles.history.transitions import Step, join_steps, read_steps, read_transitions
from taskfiles.stats.flow import Transition
from taskfiles_cli.surface.mirror import Mirror

MANY = 500  # tasks from which what commits hold is read in a process of its own, so that pages go on
_PROGRAM = "from taskfiles_cli.surface.flowing import print_steps; print_steps()"


class History:
    """The states that tasks went through, as of a view.

    What commits hold takes seconds to read where there are many versions, and is kept until HEAD moves; what
    no commit has is read at each view. From `many` tasks on it is read in a process of its own.
    """

    def __init__(self, mirror: Mirror, many: int = MANY) -> None:
        self._mirror, self._many = mirror, many
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
            is_large = len(self._mirror.view.backlog.tasks) >= self._many
            steps = _read_apart(store) if is_large else None
            self._steps, self._head = read_steps(store) if steps is None else steps, head
        return self._steps


def _read_apart(store: Store) -> Sequence[Step] | None:
    """Read what commits hold in another process; None where it fails, so that the cause shows here."""
    # -P: nothing is imported from the directory that it is called in.
    words = [sys.executable, "-P", "-c", _PROGRAM, os.fspath(store.root)]
    try:
        done = subprocess.run(  # noqa: S603 (our own words)
            words, capture_output=True, stdin=subprocess.DEVNULL, start_new_session=True, check=False
        )
        return [_unpack(*row) for row in json.loads(done.stdout)] if done.returncode == 0 else None
    except (OSError, ValueError):
        return None


def _unpack(time: str | None, before: list[str] | None, after: list[str] | None) -> Step:
    states = [None if each is None else (each[0], each[1]) for each in (before, after)]
    return Step(None if time is None else datetime.fromisoformat(time), *states)


def print_steps() -> None:
    """Print the steps of the project that the command line names, as the other process does."""
    gc.disable()  # it ends soon; looking for circles among all versions would take longer than reading them
    os.nice(5)  # whoever moves a card meanwhile comes first
    rows = read_steps(Store(sys.argv[1]))
    packed = [(None if time is None else time.isoformat(), *states) for time, *states in rows]
    sys.stdout.write(json.dumps(packed))
