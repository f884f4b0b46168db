"""Locks with bounded waiting, outside the work tree: of some tasks, or of the whole store.

A task's lock is a file in the clone's state directory, locked exclusively, together with the
`tasks/` directory, locked shared. If that state can't be written (sandboxes often keep `.git`
read-only) the directory alone is locked exclusively, so that both kinds of process exclude each other.
Lock files are never removed: a lock on a file that another process has unlinked protects nothing.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from _thread import _local as local  # `threading.local`, without importing `threading`
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from taskfiles.basics.digest import hex_digest
from taskfiles.errors import TaskfilesError
from taskfiles.store.disk import UNWRITABLE, find_temporary, io_errors, open_regular
from taskfiles.store.shared import make_directories

BUCKETS = 256  # bounds the number of lock files, which are never removed
_FIRST_WAIT, _LONGEST_WAIT = 0.001, 0.05
_UNUSABLE = UNWRITABLE | {errno.ENOSPC, errno.EDQUOT}


class Locks:
    """The locks of one store; `timeout` is in seconds, `notice` is called when the fallback is used.

    A thread may take again a lock that it already holds, or a weaker one as well. `recover` is called each
    time a lock was taken, before anything is read under it; its argument is a function that waits for the
    lock of a descriptor.
    """

    def __init__(
        self,
        directory: str,
        state: str | None,
        timeout: float,
        notice: Callable[[str, str], None],
        recover: Callable[[Callable[[int], bool]], None],
    ) -> None:
        self._directory, self._state, self._notice, self._recover = directory, state, notice, recover
        self.timeout = timeout
        self._mine = local()
        self.fell_back = False

    @contextmanager
    def tasks(self, *ids: str) -> Iterator[None]:
        """Hold the locks of some tasks; all callers take them in the same order.

        Raises TaskfilesError (lock-timeout).
        """
        deadline = time.monotonic() + self.timeout
        names = [] if self._is_exclusive else sorted({_bucket(task_id) for task_id in ids} - self._held())
        with ExitStack() as stack:
            held = [self._hold_bucket(stack, name, deadline) for name in names]
            shared = all(held)
            if names:
                self._hold_directory(stack, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, deadline)
                self._recover(lambda descriptor: self._wait(descriptor, fcntl.LOCK_EX, deadline))
            yield

    @contextmanager
    def store(self) -> Iterator[None]:
        """Hold the lock of the whole store. Raises TaskfilesError (lock-timeout)."""
        deadline = time.monotonic() + self.timeout
        with ExitStack() as stack:
            if not self._is_exclusive:
                self._hold_directory(stack, fcntl.LOCK_EX, deadline)
                self._recover(lambda descriptor: self._wait(descriptor, fcntl.LOCK_EX, deadline))
                # Nobody else writes now, so that every temporary file is left by a killed writer.
                for leftover in list(find_temporary(self._directory)):
                    with suppress(OSError):
                        os.unlink(leftover)
            yield

    def _held(self) -> set[str]:
        held: set[str] = self._mine.__dict__.setdefault("names", set())
        return held

    def _hold_bucket(self, stack: ExitStack, name: str, deadline: float) -> bool:
        descriptor = self._open_bucket(name)
        if descriptor is not None:
            stack.callback(os.close, descriptor)
            self._wait(descriptor, fcntl.LOCK_EX, deadline, self._bucket_path(name))
        self._held().add(name)
        stack.callback(self._held().discard, name)
        return descriptor is not None

    def _open_bucket(self, name: str) -> int | None:
        if self._state is None:
            return None
        path = self._bucket_path(name)
        if not os.path.isdir(os.path.dirname(self._state)):
            self._fall_back("Git's directory can't be used")
            return None
        flags = os.O_RDWR | os.O_CREAT
        try:
            try:
                return open_regular(path, flags)
            except FileNotFoundError:
                make_directories(os.path.dirname(path))
                return open_regular(path, flags)
        except OSError as error:
            if error.errno not in _UNUSABLE:
                with io_errors("Locking", path):
                    raise
            self._fall_back(f"{os.path.dirname(path)} can't be written")
            return None

    def _fall_back(self, problem: str) -> None:
        """Report, once, that only `tasks/` itself is locked."""
        if self.fell_back:
            return
        self.fell_back = True
        name = os.path.basename(self._directory)
        self._notice(
            f"{problem}; {name}/ itself is locked instead, and no change can be undone.", "lock-fallback"
        )

    def _bucket_path(self, name: str) -> str:
        return os.path.join(self._state or "", "locks", name)

    @property
    def any_held(self) -> bool:
        """Whether this thread holds a lock of the store."""
        return self._mine.__dict__.get("directory") is not None

    @property
    def has_store(self) -> bool:
        """Whether this thread holds the lock of the whole store."""
        return self._is_exclusive

    @property
    def _is_exclusive(self) -> bool:
        """Whether this thread holds the whole store, so that it needs no task's lock.

        It must not wait for one either: whoever holds one is waiting for the directory.
        """
        return self._mine.__dict__.get("directory") == fcntl.LOCK_EX

    def _hold_directory(self, stack: ExitStack, kind: int, deadline: float) -> None:
        held = self._mine.__dict__.get("directory")
        if held is not None:
            # A shared lock is never upgraded: two threads that both tried would deadlock.
            assert held == fcntl.LOCK_EX or kind == fcntl.LOCK_SH
            return
        # First take a lock of the same kind on the directory above, only while waiting: once a thread waits
        # for exclusive access, new sharers wait behind it, so that it is not starved.
        with ExitStack() as queueing:
            gate = _open_directory(os.path.dirname(self._directory))
            queueing.callback(os.close, gate)
            self._wait(gate, kind, deadline)
            descriptor = _open_directory(self._directory)
            stack.callback(os.close, descriptor)
            self._wait(descriptor, kind, deadline)
        self._mine.directory = kind
        stack.callback(setattr, self._mine, "directory", None)

    def _wait(self, descriptor: int, kind: int, deadline: float, place: str | None = None) -> bool:
        """Wait for a lock, on `tasks/` or another place.

        Raises TaskfilesError (lock-timeout, io if the file system can't lock).
        """
        with io_errors("Locking", place or f"{os.path.basename(self._directory)}/"):
            is_held = wait_lock(descriptor, kind, deadline)
        if not is_held:
            path, seconds = f"{os.path.basename(self._directory)}/", f"{self.timeout:g}"
            raise TaskfilesError("lock-timeout", path=path, seconds=seconds)
        return True


def find_leftovers(directory: str) -> list[str]:
    """List the temporary files that killed writers have left in `tasks/`; none while somebody may be writing.

    Raises TaskfilesError (io).
    """
    if not any(True for _ in find_temporary(directory)):
        return []
    descriptor = _open_directory(directory)
    try:
        with io_errors("Locking", f"{os.path.basename(directory)}/"):
            return sorted(find_temporary(directory)) if try_lock(descriptor) else []
    finally:
        os.close(descriptor)


def _open_directory(directory: str) -> int:
    with io_errors("Locking", f"{os.path.basename(directory)}/"):
        return os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def wait_lock(descriptor: int, kind: int, deadline: float) -> bool:
    """Poll for a lock with growing pauses, since flock has no time-out; False if it was not acquired.

    `deadline` is in the time of `time.monotonic`.
    """
    pause = _FIRST_WAIT
    while not try_lock(descriptor, kind):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_WAIT)
    return True


def try_lock(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    """Lock a file without waiting, and return whether that succeeded.

    Raises OSError if the file system can't lock.
    """
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _bucket(task_id: str) -> str:
    return f"{int(hex_digest(os.fsencode(task_id))[:4], 16) % BUCKETS:02x}.lock"
