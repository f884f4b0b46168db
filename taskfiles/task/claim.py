"""One lease: who holds a task, from when until when, and how that is written down; no file is touched."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.task.values import BadValue, check_id

FORMAT = 1
MAX_SECONDS = 365 * 86400
MAX_NAME = 200


class Lease(NamedTuple):
    """A claim as it is kept: the holder's name, from when until when, how many seconds each renewal gives.

    `keys` are digests of the tokens that act as the holder. `assigned` tells whether the claim has put the
    name among the task's assignees. `host` and `pid` are information: the command that claimed the task has
    ended long before its claim.
    """

    id: str
    by: str
    since: datetime
    until: datetime
    seconds: float
    keys: tuple[str, ...]
    assigned: bool = False
    host: str = ""
    pid: int = 0


def new_token() -> str:
    """Make a token that can't be guessed: 128 random bits."""
    return f"claim-{os.urandom(16).hex()}"


def digest(token: str) -> str:
    """Give what a lease keeps of a token; capitals make no difference, as in the ids of attempts."""
    return hex_digest(os.fsencode(token.strip().lower()))


def new_lease(task_id: str, by: str, now: datetime, seconds: float, *tokens: str | None) -> Lease:
    """Make a lease from now on for whoever holds one of the tokens."""
    keys = tuple(digest(token) for token in tokens if token)
    until = end_of(now, seconds)
    return Lease(task_id, by, now, until, seconds, keys, host=os.uname().nodename, pid=os.getpid())


def is_live(lease: Lease, now: datetime) -> bool:
    """Tell whether a lease still holds."""
    return now < lease.until


def end_of(now: datetime, seconds: float) -> datetime:
    """Give the end of a lease that begins now."""
    try:
        return now.astimezone(UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def parse_lease(data: bytes) -> Lease:
    """Read a lease's bytes. Raises ValueError, with the reason."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(raw, dict):
        raise ValueError("it is not a JSON object")
    if raw.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    try:
        return Lease(
            check_id(raw.get("id")),
            check_name(raw.get("by")),
            _instant(raw.get("since")),
            _instant(raw.get("until")),
            check_seconds(raw.get("seconds")),
            _keys(raw.get("keys")),
            raw.get("assigned") is True,
            str(raw.get("host", "")),
            pid if isinstance(pid := raw.get("pid"), int) else 0,
        )
    except BadValue as bad:
        raise ValueError("its id is none") from bad


def check_name(name: object) -> str:
    """Give a holder's name. Raises ValueError where it is empty, too long or not one line of plain text."""
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise ValueError(f"a holder's name is one line of 1 to {MAX_NAME} characters")
    return name


def check_seconds(seconds: object) -> float:
    """Give a lease's length in seconds. Raises ValueError where it is not above 0 and at most a year."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds <= MAX_SECONDS:
        raise ValueError("a lease is longer than 0 s and at most 365d long")
    return seconds


def _keys(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(key, str) for key in value):
        raise ValueError("it names no holder's key")
    return tuple(value)


def _instant(value: object) -> datetime:
    try:
        return parse_instant(str(value)).astimezone(UTC)
    except ValueError:
        raise ValueError("its times can't be read") from None


def lease_text(lease: Lease) -> bytes:
    """Write a lease down, for `parse_lease` to read."""
    value: dict[str, Any] = {"format": FORMAT, **lease._asdict()}
    value |= {"since": format_instant(lease.since), "until": format_instant(lease.until)}
    return (json.dumps(value, indent=2) + "\n").encode()
