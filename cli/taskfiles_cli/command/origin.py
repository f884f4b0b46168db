"""Where an action comes from: the ids of the run and of the caller, the clock, the store once it is open."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from taskfiles import Store
from taskfiles.basics.digest import hex_digest
from taskfiles.basics.uuids import new_uuid4
from taskfiles.task.values import find_uuid

RUN_ID_VARIABLE = "TASKS_CORRELATION_ID"
CLAIM_VARIABLE = "TASKS_CLAIM"
ATTEMPT_VARIABLE = "TASKS_ATTEMPT_ID"


class Origin(NamedTuple):
    """What an event needs to know of the process that emits it.

    `open_store` opens the store where it is not open yet and raises TaskfilesError where it can't;
    `opened` gives it without opening it. `warn` takes a message and its code.
    """

    run_id: str
    actor: str
    now: Callable[[], datetime]
    open_store: Callable[[], Store]
    opened: Callable[[], Store | None]
    warn: Callable[[str, str], None]


def read_run_id() -> str:
    """Give the id of this execution: the caller's where it is a UUID, else a new random one (version 4)."""
    return find_uuid(os.environ.get(RUN_ID_VARIABLE)) or new_uuid4()


def read_attempt() -> str | None:
    """Give the id of the attempt that this command is part of, which acts as the holder of its claims."""
    return os.environ.get(ATTEMPT_VARIABLE) or None


def read_claims(given: str | None) -> list[str]:
    """List the tokens that the caller holds: one claim's, and the id of the attempt that it is part of."""
    tokens = (given or os.environ.get(CLAIM_VARIABLE), read_attempt())
    return [token for token in tokens if token]


def find_actor(claim: str | None) -> str:
    """Tell callers apart, so that `undo` undoes the caller's own change and nobody else's.

    The holder of a claim is known by it, a run by the id that it was given, anybody else by the user and
    the terminal session. A claim is a secret, so that only its digest is kept.
    """
    if claim := claim or os.environ.get(CLAIM_VARIABLE):
        return f"claim {hex_digest(os.fsencode(claim))[:16]}"
    if run := find_uuid(os.environ.get(RUN_ID_VARIABLE)):
        return f"run {run}"
    return f"user {os.getuid()} session {os.getsid(0)}"
