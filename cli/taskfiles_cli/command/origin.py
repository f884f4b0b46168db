"""Where an action comes from: the ids of the run and of the caller, the clock, the store once it is open."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime

from taskfiles import Store, TaskfilesError
from taskfiles.basics.digest import hex_digest
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.uuids import new_uuid4
from taskfiles.remedy import Remedy
from taskfiles.task.acting import MAX_NAME, Name, check_name
from taskfiles.task.values import find_uuid
from taskfiles_cli.line.texts import check_utf8

RUN_ID_VARIABLE = "TASKS_CORRELATION_ID"
CLAIM_VARIABLE = "TASKS_CLAIM"
ACTOR_VARIABLE = "TASKS_ACTOR"
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


def read_name(given: str | None) -> Name | None:
    """Read the name that the caller acts under: the one given, else the environment's, else the default one.

    Within an attempt None without a name: what an agent claims there is held by the attempt's id alone.
    Raises TaskfilesError (bad-value).
    """
    text = given if given is not None else os.environ.get(ACTOR_VARIABLE, "").strip()
    if given is None and not text:
        return None if read_attempt() else Name()
    option = "--by" if given is not None else ACTOR_VARIABLE
    try:
        return Name(check_name(check_utf8(option, text).strip()), typed=given is not None)
    except ValueError as bad:
        shown, remedy = f"“{text[:40]}”", Remedy("Name who takes the task, as in ada.", "no-name")
        raise TaskfilesError(
            "bad-value", option=option, given=shown, problem=str(bad), remedy=remedy
        ) from bad


def find_actor(claim: str | None) -> str:
    """Tell callers apart, so that `undo` undoes the caller's own change and nobody else's.

    The holder of a claim is known by its token, a run by the id that it was given, anybody else by the name
    in the environment, else by the user and the terminal session. A claim is a secret, so that only its
    digest is kept.
    """
    if claim := claim or os.environ.get(CLAIM_VARIABLE):
        return f"claim {hex_digest(os.fsencode(claim))[:16]}"
    if run := find_uuid(os.environ.get(RUN_ID_VARIABLE)):
        return f"run {run}"
    if name := os.environ.get(ACTOR_VARIABLE, "").strip():
        return f"user {os.getuid()} name {name[:MAX_NAME]}"
    return f"user {os.getuid()} session {os.getsid(0)}"
