"""Leases: who holds a task in this clone, and until when. One file for each task, outside the work tree.

A lease is read and written under the task's lock, and read before the task. Its file contains digests of
the holder's tokens, never a token: a copy of the file shows who holds the task, and does not let its reader
act as the holder. After its end a lease is no longer a claim; the file stays, so that the next holder can
see whose claim has expired.
"""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from taskfiles.basics.instants import format_instant
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.remedy import Remedy
from taskfiles.store.closings import list_closings
from taskfiles.store.disk import io_errors, put_file, read_regular, write_aside
from taskfiles.store.location import has_leases
from taskfiles.store.repository import find_refusal
from taskfiles.store.shared import make_directories
from taskfiles.task.claim import Lease, digest, end_of, is_held_by_name, is_live, lease_text, parse_lease
from taskfiles.task.names import lease_name
from taskfiles.task.wire import lease_object

if TYPE_CHECKING:
    from taskfiles.store.store import Store

_MAX_BYTES = 64 * 1024


def held_token(store: Store, lease: Lease) -> str | None:
    """Return the caller's token that acts as a lease's holder; None if somebody else is the holder."""
    return next((token for token in store.claims if digest(token) in lease.keys), None)


# What makes a caller the holder: a token alone, that or a name given with this very call, or any name.
Way = Literal["token", "typed", "name"]


def is_holder(store: Store, lease: Lease, way: Way = "name") -> bool:
    """Return whether the caller is a lease's holder."""
    if held_token(store, lease) is not None:
        return True
    return way != "token" and is_held_by_name(lease, store.acts_as, store.reader.root, typed=way == "typed")


def claimed(store: Store, lease: Lease) -> TaskfilesError:
    """Return the error for a task that somebody else holds, or the caller by another name."""
    since, until = format_instant(lease.since), format_instant(lease.until)
    if not lease.worktree:
        place, place_code = "", "token"
    elif lease.worktree == store.reader.root:
        place, place_code = " in this worktree", "here"
    else:
        place, place_code = f" in {lease.worktree}", "elsewhere"
    code = "go-on" if is_holder(store, lease) else place_code
    remedy = Remedy(_REMEDIES[code], f"claimed.{code}", id=lease.id, by=lease.by)
    return TaskfilesError(
        "claimed",
        id=lease.id,
        by=lease.by,
        since=_clock_text(lease.since, store.now()),
        until=_clock_text(lease.until, store.now()),
        place=place,
        remedy=remedy,
        details={"id": lease.id, "by": lease.by, "since": since, "until": until},
    )


_OTHERWISE = "Otherwise take another task, or wait; if {by} is gone for good, force its release."
_REMEDIES = {
    "go-on": "If that was you, go on with it; if not, take another task.",
    "here": "If the claim is yours, give its token or the name {by}. " + _OTHERWISE,
    "elsewhere": "If the claim is yours, give its token, or go there. " + _OTHERWISE,
    "token": "If the claim is yours, give its token. " + _OTHERWISE,
}


def _clock_text(instant: datetime, now: datetime) -> str:
    """Return the time of an instant of today, else the whole instant, both in UTC."""
    text = format_instant(instant)
    return text[11:19] + "Z" if text[:10] == format_instant(now)[:10] else text


def own_lease(store: Store, task_id: str, way: Way = "token") -> Lease | None:
    """Return the caller's own lease of a task, an expired one too; None if the caller has none.

    Raises TaskfilesError: claimed if somebody else holds the task, bad-lease.
    """
    lease = find_lease(store, task_id)
    if lease is None:
        return None
    if is_holder(store, lease, way):
        return lease
    if is_live(lease, store.now()):
        raise claimed(store, lease)
    return None


def check_named(store: Store, task_id: str) -> None:
    """Refuse what ends a task under its holder, unless the caller has the token or has typed the name.

    Raises TaskfilesError: unnamed, claimed, bad-lease.
    """
    lease = find_lease(store, task_id)
    if lease is None or not is_live(lease, store.now()) or is_holder(store, lease, "typed"):
        return
    if is_holder(store, lease):
        since = _clock_text(lease.since, store.now())
        word = shlex.quote(lease.by)
        raise TaskfilesError(
            "unnamed",
            id=task_id,
            by=lease.by,
            word=word,
            since=since,
            details={"id": task_id, "by": lease.by},
        )
    raise claimed(store, lease)


def held_since(store: Store, task_id: str, way: Way = "token") -> datetime | None:
    """Return the instant since which the caller has held a task; None if the caller is not the holder.

    Raises TaskfilesError (bad-lease).
    """
    lease = find_lease(store, task_id)
    return None if lease is None or not is_holder(store, lease, way) else lease.since


def claim_objects(store: Store, ids: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """Map ids of claimed tasks to `{by, since, until, mine}`; expired and unreadable leases are left out.

    Only those of `ids`, if given.
    """
    if store.leases is None or ids == set():
        return {}
    leases: list[Lease] = []
    if ids is not None and len(ids) <= _FEW:
        for task_id in ids:
            with contextlib.suppress(TaskfilesError):
                if (lease := find_lease(store, task_id)) is not None:
                    leases.append(lease)
    elif has_leases(store.leases):
        leases = list_leases(store)[0]
    now = store.now()
    return {
        lease.id: lease_object(lease) | {"mine": is_holder(store, lease)}
        for lease in leases
        if is_live(lease, now) and (ids is None or lease.id in ids)
    }


_FEW = 5  # leases that are looked for by name rather than listed


# Reading


def find_lease(store: Store, task_id: str) -> Lease | None:
    """Read a task's lease, an expired one too; None if there is none.

    Raises TaskfilesError (bad-lease).
    """
    if store.leases is None:
        return None
    path = os.path.join(store.leases, lease_name(task_id))
    try:
        return _read(store, path, task_id)
    except (FileNotFoundError, NotADirectoryError):
        return None


def list_leases(store: Store) -> tuple[list[Lease], list[TaskfilesError]]:
    """Read all leases of a project, ordered by file name; one error for each file that is not a lease."""
    leases: list[Lease] = []
    bad: list[TaskfilesError] = []
    if store.leases is None:
        return leases, bad
    names: list[str] = []
    with io_errors("Reading", store.leases), contextlib.suppress(FileNotFoundError, NotADirectoryError):
        names = sorted(name for name in os.listdir(store.leases) if name.endswith(".json"))
    for name in names:
        try:
            leases.append(_read(store, os.path.join(store.leases, name)))
        except FileNotFoundError:
            continue
        except TaskfilesError as error:
            bad.append(error)
    return leases, bad


class ProjectClaims(NamedTuple):
    """A project's claims as a caller sees them: the ids that others hold, and expired claims by id.

    `elsewhere` are the ids of the tasks that other worktrees have closed.
    """

    held: set[str]
    lapsed: dict[str, Lease]
    elsewhere: set[str]


def find_claims(store: Store) -> ProjectClaims:
    """Read which tasks others hold and which claims have expired; unreadable leases count as held by others.

    Raises TaskfilesError (io).
    """
    leases, bad = list_leases(store)
    now = store.now()
    lapsed = {lease.id: lease for lease in leases if not is_live(lease, now)}
    live = {lease.id for lease in leases if is_live(lease, now) and held_token(store, lease) is None}
    held = live | {str(error.details["id"]) for error in bad}
    return ProjectClaims(held, lapsed, {*list_closings(store)})


def _read(store: Store, path: str, task_id: str | None = None) -> Lease:
    """Read one lease file. Raises FileNotFoundError, NotADirectoryError, TaskfilesError (bad-lease)."""
    try:
        if os.path.islink(path):
            raise ValueError("it is a symbolic link")
        found = read_regular(path, _MAX_BYTES)
        if found is None:
            raise ValueError("it is not a regular file")
        if len(found[0]) > _MAX_BYTES:
            raise ValueError("it is too large")
        lease = parse_lease(found[0])
        if lease_name(lease.id) != os.path.basename(path):
            raise ValueError(f"it is the lease of {lease.id}")
    except (FileNotFoundError, NotADirectoryError):
        raise
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        name = task_id or os.path.basename(path).removesuffix(".json")
        raise TaskfilesError(
            "bad-lease",
            path=store.reader.relative(path),
            id=name,
            problem=problem[:1].lower() + problem[1:],
            details={"id": name},
        ) from error
    return lease


# Writing


def check_claims_available(store: Store) -> None:
    """Raise TaskfilesError (claims-unavailable) if leases can't be written."""
    if store.leases is None or store.state is None:
        raise _unavailable(f"{store.root} is not in a git repository", "Run `git init` first")
    if problem := find_refusal(store.root):
        raise _unavailable(problem, "`git status` says how to correct it; `git worktree repair` may help")
    with _write_errors(store.leases):
        make_directories(store.leases)
    if not os.access(store.leases, os.W_OK | os.X_OK):
        raise _unavailable(f"{store.leases} can't be written", _ELSEWHERE)


_ELSEWHERE = "Run the command where it can write git's directory"


def _unavailable(problem: str, remedy: str) -> TaskfilesError:
    return TaskfilesError("claims-unavailable", problem=problem, remedy=remedy)


@contextlib.contextmanager
def _write_errors(path: str) -> Iterator[None]:
    """Convert OSError to TaskfilesError (claims-unavailable)."""
    try:
        yield
    except OSError as error:
        problem = f"{path} can't be written: {reason_of(error)}"
        raise _unavailable(problem, _ELSEWHERE) from error


def put_lease(store: Store, lease: Lease) -> None:
    """Write a lease atomically. Raises TaskfilesError (claims-unavailable)."""
    check_claims_available(store)
    path = _path(store, lease.id)
    with _write_errors(path):
        put_file(path, lease_text(lease))


@contextlib.contextmanager
def leased(store: Store, lease: Lease) -> Iterator[None]:
    """Do the work that belongs to a new lease in a `with` block; the lease starts when the block succeeds.

    Every write that needs disk space comes before the block. A kill in between leaves an expired lease, so
    that the task is offered again at once; if the block fails, the former lease, which has expired too, is
    restored. Raises TaskfilesError (claims-unavailable).
    """
    former = find_lease(store, lease.id)
    put_lease(store, lease._replace(until=lease.since))
    path = _path(store, lease.id)
    aside = None
    try:
        with _write_errors(path):
            aside = write_aside(path, lease_text(lease))
        yield
    except BaseException:
        if aside is not None:
            with contextlib.suppress(OSError):
                os.unlink(aside)
        with contextlib.suppress(TaskfilesError, OSError):
            if former is None:
                drop_lease(store, lease.id)
            else:
                put_lease(store, former)
        raise
    with _write_errors(path):  # if this fails too, the expired lease stays
        os.replace(aside, path)


def renew_lease(store: Store, lease: Lease, seconds: float | None = None) -> Lease:
    """Extend a lease to its length from now, and never shorten it. Raises as `put_lease` does."""
    length = lease.seconds if seconds is None else seconds
    renewed = lease._replace(until=max(lease.until, end_of(store.now(), length)), seconds=length)
    if renewed != lease:
        put_lease(store, renewed)
    return renewed


def add_token(store: Store, task_id: str, token: str) -> None:
    """Add a token to the caller's own lease, if there is one, so that it acts as the holder too.

    Raises TaskfilesError: claimed, bad-lease, lock-timeout, and as `put_lease` does.
    """
    with store.locks.tasks(task_id):
        if (lease := own_lease(store, task_id)) is not None:
            put_lease(store, lease._replace(keys=tuple(dict.fromkeys((*lease.keys, digest(token))))))


def copy_lease(store: Store, old_id: str, new_id: str) -> None:
    """Copy a task's lease, if there is one, to its new id. Raises as `find_lease` and `put_lease` do."""
    if (lease := find_lease(store, old_id)) is not None:
        put_lease(store, lease._replace(id=new_id))


def drop_lease(store: Store, task_id: str) -> None:
    """Delete a task's lease, even an unreadable one. Raises TaskfilesError (io)."""
    if store.leases is not None:
        path = _path(store, task_id)
        with io_errors("Removing", store.reader.relative(path)), contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _path(store: Store, task_id: str) -> str:
    assert store.leases is not None  # checked by check_claims_available
    return os.path.join(store.leases, lease_name(task_id))
