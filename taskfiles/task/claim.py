"""One lease: who holds a task and until when, and its form as JSON. No file is read or written here."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.unicode import normal
from taskfiles.task.acting import Name, check_name
from taskfiles.task.values import BadValue, check_id

FORMAT = 1
MAX_SECONDS = 365 * 86400


class Lease(NamedTuple):
    """A claim as it is stored: the holder's name, start, end, and the seconds that each renewal adds.

    `keys` are digests of the tokens that act as the holder. `assigned` is whether the claim added the name
    to the task's assignees. `worktree` is the directory whose callers hold the claim by their name, too,
    empty if only tokens do; `named` is whether the holder gave a name or went by the default one. `host` and
    `pid` are information only: the command that claimed the task ends long before the claim does.
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
    worktree: str = ""
    named: bool = False


def is_held_by_name(lease: Lease, name: Name | None, worktree: str, *, typed: bool = False) -> bool:
    """Return whether a caller in a worktree holds a lease by name, with `typed` by one just given."""
    if name is None or not lease.worktree or lease.worktree != worktree:
        return False
    if name.text is None:
        return not lease.named and not typed
    return normal(name.text) == normal(lease.by) and (name.typed or not typed)


def new_token() -> str:
    """Return a token that can't be guessed: 128 random bits."""
    return f"claim-{os.urandom(16).hex()}"


def digest(token: str) -> str:
    """Return the digest of a token that a lease stores; case does not count, as in the ids of attempts."""
    return hex_digest(os.fsencode(token.strip().lower()))


def new_lease(task_id: str, by: str, now: datetime, seconds: float, *tokens: str | None) -> Lease:
    """Return a lease that starts now, for whoever has one of the tokens."""
    keys = tuple(digest(token) for token in tokens if token)
    until = end_of(now, seconds)
    return Lease(task_id, by, now, until, seconds, keys, host=os.uname().nodename, pid=os.getpid())


def is_live(lease: Lease, now: datetime) -> bool:
    """Return whether a lease has not ended."""
    return now < lease.until


def end_of(now: datetime, seconds: float) -> datetime:
    """Return the end of a lease that starts now."""
    try:
        return now.astimezone(UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def parse_lease(data: bytes) -> Lease:
    """Parse a lease's bytes. Raises ValueError, with the reason."""
    import json  # noqa: PLC0415 (most commands find no lease)

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
            str(raw.get("worktree", "")),
            raw.get("named") is True,
        )
    except BadValue as bad:
        raise ValueError("its id is none") from bad


def check_seconds(seconds: object) -> float:
    """Return a valid lease length in seconds. Raises ValueError unless it is above 0 and at most a year."""
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
    """Format a lease as the bytes that `parse_lease` reads."""
    import json  # noqa: PLC0415 (as above)

    value: dict[str, Any] = {"format": FORMAT, **lease._asdict()}
    value |= {"since": format_instant(lease.since), "until": format_instant(lease.until)}
    return (json.dumps(value, indent=2) + "\n").encode()
