"""Leases: who holds a task in this clone, and until when. One file a task, outside the work tree.

A lease is read and written under the task's lock, and looked at before the task. Files hold digests
of the tokens that act as the holder, never a token: whoever reads the file, or a copy of it, learns who holds
the task and not how to act in his name. A lease past its end is no claim any more; the file stays, so
that the next holder can be told whose it was.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from taskfiles.basics.instants import format_instant
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.store.disk import naming, put_file, read_regular, write_aside
from taskfiles.task.claim import Lease, digest, end_of, is_live, lease_text, parse_lease
from taskfiles.task.names import lease_name

if TYPE_CHECKING:
    from taskfiles.store.store import Store

_MAX_BYTES = 64 * 1024


def held_token(store: Store, lease: Lease) -> str | None:
    """Give the caller's token that acts as a lease's holder; None where somebody else holds it."""
    return next((token for token in store.claims if digest(token) in lease.keys), None)


def claimed(lease: Lease) -> TaskfilesError:
    """Say who holds a task and until when."""
    until = format_instant(lease.until)
    details = {"id": lease.id, "by": lease.by, "since": format_instant(lease.since), "until": until}
    return TaskfilesError("claimed", id=lease.id, by=lease.by, until=until, details=details)


def own_lease(store: Store, task_id: str) -> Lease | None:
    """Give the caller's own lease of a task, one past its end too; refuse while another holds the task.

    Raises TaskfilesError (claimed, bad-lease).
    """
    lease = find_lease(store, task_id)
    if lease is None:
        return None
    if held_token(store, lease) is not None:
        return lease
    if is_live(lease, store.now()):
        raise claimed(lease)
    return None


def held_since(store: Store, task_id: str) -> datetime | None:
    """Give the instant from which the caller has held a task; None where the caller doesn't hold it.

    Raises TaskfilesError (bad-lease).
    """
    lease = find_lease(store, task_id)
    return None if lease is None or held_token(store, lease) is None else lease.since


# Reading


def find_lease(store: Store, task_id: str) -> Lease | None:
    """Read a task's lease, one past its end too; None where there is none.

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
    """Read all leases of a project, by id, and an error for each file that can't be read as one."""
    leases: list[Lease] = []
    bad: list[TaskfilesError] = []
    if store.leases is None:
        return leases, bad
    names: list[str] = []
    with naming("Reading", store.leases), contextlib.suppress(FileNotFoundError, NotADirectoryError):
        names = sorted(name for name in os.listdir(store.leases) if name.endswith(".json"))
    for name in names:
        try:
            leases.append(_read(store, os.path.join(store.leases, name)))
        except FileNotFoundError:
            continue
        except TaskfilesError as error:
            bad.append(error)
    return leases, bad


class Holdings(NamedTuple):
    """A project's claims as a caller sees them: ids that others hold, and claims that have run out, by id."""

    held: set[str]
    lapsed: dict[str, Lease]


def find_holdings(store: Store) -> Holdings:
    """Tell what others hold, and what may be taken again; who holds a lease that can't be read, nobody knows.

    Raises TaskfilesError (io).
    """
    leases, bad = list_leases(store)
    now = store.now()
    lapsed = {lease.id: lease for lease in leases if not is_live(lease, now)}
    live = {lease.id for lease in leases if is_live(lease, now) and held_token(store, lease) is None}
    return Holdings(live | {str(error.details["id"]) for error in bad}, lapsed)


def _read(store: Store, path: str, task_id: str | None = None) -> Lease:
    """Read one file. Raises FileNotFoundError, NotADirectoryError, TaskfilesError (bad-lease)."""
    try:
        if os.path.islink(path):
            raise ValueError("it is a symbolic link")
        found = read_regular(path, _MAX_BYTES)
        if found is None:
            raise ValueError("it is no regular file")
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


def check_keepable(store: Store) -> None:
    """Refuse where claims can't be kept. Raises TaskfilesError (claims-unavailable)."""
    if store.leases is None or store.state is None:
        raise _unavailable(f"{store.root} is not in a git repository", "Run `git init` first")
    if not store.state.parent.is_dir():
        raise _unavailable(f"{store.state.parent} is no directory", "Mend the `.git` file")
    with _keeping(store.leases):
        os.makedirs(store.leases, exist_ok=True)
    if not os.access(store.leases, os.W_OK | os.X_OK):
        raise _unavailable(f"{store.leases} can't be written", _ELSEWHERE)


_ELSEWHERE = "Run the command where it can write git's directory"


def _unavailable(problem: str, remedy: str) -> TaskfilesError:
    return TaskfilesError("claims-unavailable", problem=problem, remedy=remedy)


@contextlib.contextmanager
def _keeping(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = f"{path} can't be written: {reason_of(error)}"
        raise _unavailable(problem, _ELSEWHERE) from error


def put_lease(store: Store, lease: Lease) -> None:
    """Write a lease in one step. Raises TaskfilesError (claims-unavailable)."""
    check_keepable(store)
    path = _path(store, lease.id)
    with _keeping(path):
        put_file(path, lease_text(lease))


@contextlib.contextmanager
def leased(store: Store, lease: Lease) -> Iterator[None]:
    """Do the work that goes with a new lease: it begins to hold when that is done, and only then.

    All that may fail for want of room comes before the work. Whoever is killed in between leaves a
    lease that has ended, so that the task is offered again at once; where the work fails, the former
    lease, which has ended too, is put back. Raises TaskfilesError (claims-unavailable).
    """
    former = find_lease(store, lease.id)
    put_lease(store, lease._replace(until=lease.since))
    path = _path(store, lease.id)
    aside = None
    try:
        with _keeping(path):
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
    with _keeping(path):  # were even this refused, the lease that has ended stays
        os.replace(aside, path)


def renew_lease(store: Store, lease: Lease, seconds: float | None = None) -> Lease:
    """Let a lease hold for its length from now on, never shorter than it did. Raises as `put_lease` does."""
    length = lease.seconds if seconds is None else seconds
    renewed = lease._replace(until=max(lease.until, end_of(store.now(), length)), seconds=length)
    if renewed != lease:
        put_lease(store, renewed)
    return renewed


def admit(store: Store, task_id: str, token: str) -> None:
    """Let a further token act as the holder of the caller's own lease; without one there is nothing to do.

    Raises TaskfilesError: claimed, bad-lease, lock-timeout, and as `put_lease` does.
    """
    with store.locks.tasks(task_id):
        if (lease := own_lease(store, task_id)) is not None:
            put_lease(store, lease._replace(keys=tuple(dict.fromkeys((*lease.keys, digest(token))))))


def copy_lease(store: Store, old_id: str, new_id: str) -> None:
    """Give a task that gets another id the lease that it has. Raises as `find_lease` and `put_lease` do."""
    if (lease := find_lease(store, old_id)) is not None:
        put_lease(store, lease._replace(id=new_id))


def drop_lease(store: Store, task_id: str) -> None:
    """Take away a task's lease, whatever its file holds. Raises TaskfilesError (io)."""
    if store.leases is not None:
        path = _path(store, task_id)
        with naming("Removing", store.reader.relative(path)), contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _path(store: Store, task_id: str) -> str:
    assert store.leases is not None  # check_keepable has seen to it
    return os.path.join(store.leases, lease_name(task_id))
