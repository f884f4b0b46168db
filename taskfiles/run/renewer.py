"""Keeping a claim alive while an agent is at work."""

from __future__ import annotations

import time
from contextlib import suppress

from taskfiles.errors import TaskfilesError
from taskfiles.store import claims
from taskfiles.store.store import Store

_RENEWALS = 3  # how often in its length a claim is renewed
_AGAIN = 30.0  # seconds until the next try where that was not possible


class LeaseRenewer:
    """Renews the claim of an attempt while it is made; who has lost it goes on, and is refused at the end."""

    def __init__(self, store: Store, task_id: str) -> None:
        # A lock that somebody keeps must not keep the agent's output waiting.
        self._store = store.reopen(lock_timeout=1.0)
        self._id = task_id
        self._next = 0.0

    def renew(self) -> None:
        """Renew the claim, if it is time to."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _AGAIN
        with suppress(TaskfilesError), self._store.locks.tasks(self._id):
            if (lease := claims.own_lease(self._store, self._id)) is not None:
                claims.renew_lease(self._store, lease)
                self._next = now + lease.seconds / _RENEWALS
