"""Locks with bounded waiting, outside the work tree: some tasks, or the whole store.

A task's lock is a file of the clone's state directory, locked exclusively, together with the
`tasks/` directory, locked shared. Where that state can't be written (sandboxes often keep `.git`
read-only) the directory alone is locked exclusively, so both kinds of process exclude each other.
Lock files are never removed: a lock on a file that another process has unlinked protects nothing.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from _thread import _local as local  # what `threading` gives under that name, without its import
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from taskfiles.basics.digest import hex_digest
from taskfiles.errors import TaskfilesError
from taskfiles.store.disk import UNWRITABLE, naming

BUCKETS = 256  # so that a large store doesn't leave a lock file for every task it ever had
_FIRST_WAIT, _LONGEST_WAIT = 0.001, 0.05
_UNUSABLE = UNWRITABLE | {errno.ENOSPC, errno.EDQUOT}


class Locks:
    """The locks of one store; `timeout` is in seconds, `notice` is told when the fallback is used.

    A thread may take a lock again that it already holds, or a weaker one beside it. `settle` is called
    whenever a lock was taken, before anything is read under it; it is given a function that waits for the
    lock of a descriptor.
    """

    def __init__(
        self,
        directory: str,
        state: str | None,
        timeout: float,
        notice: Callable[[str, str], None],
        settle: Callable[[Callable[[int], bool]], None],
    ) -> None:
        self._directory, self._state, self._notice, self._settle = directory, state, notice, settle
        self.timeout = timeout
        self._mine = local()
        self.fell_back = False

    @contextmanager
    def tasks(self, *ids: str) -> Iterator[None]:
        """Hold the locks of some tasks, taken in one order by everybody.

        Raises TaskfilesError (lock-timeout).
        """
        deadline = time.monotonic() + self.timeout
        names = [] if self._is_alone else sorted({_bucket(task_id) for task_id in ids} - self._held())
        with ExitStack() as stack:
            held = [self._hold_bucket(stack, name, deadline) for name in names]
            shared = all(held)
            if names:
                self._hold_directory(stack, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, deadline)
                self._settle(lambda descriptor: self._wait(descriptor, fcntl.LOCK_EX, deadline))
            yield

    @contextmanager
    def store(self) -> Iterator[None]:
        """Hold the lock of the whole store. Raises TaskfilesError (lock-timeout)."""
        deadline = time.monotonic() + self.timeout
        with ExitStack() as stack:
            if not self._is_alone:
                self._hold_directory(stack, fcntl.LOCK_EX, deadline)
                self._settle(lambda descriptor: self._wait(descriptor, fcntl.LOCK_EX, deadline))
            yield

    def _held(self) -> set[str]:
        held: set[str] = self._mine.__dict__.setdefault("names", set())
        return held

    def _hold_bucket(self, stack: ExitStack, name: str, deadline: float) -> bool:
        descriptor = self._open_bucket(name)
        if descriptor is not None:
            stack.callback(os.close, descriptor)
            self._wait(descriptor, fcntl.LOCK_EX, deadline)
        self._held().add(name)
        stack.callback(self._held().discard, name)
        return descriptor is not None

    def _open_bucket(self, name: str) -> int | None:
        if self._state is None:
            return None
        path = os.path.join(self._state, "locks", name)
        if not os.path.isdir(os.path.dirname(self._state)):  # a `.git` file that points nowhere
            return None
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        try:
            try:
                return os.open(path, flags, 0o666)
            except FileNotFoundError:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                return os.open(path, flags, 0o666)
        except OSError as error:
            if error.errno not in _UNUSABLE:
                with naming("Locking", path):
                    raise
            if not self.fell_back:
                self.fell_back = True
                self._notice(
                    f"{os.path.dirname(path)} can't be written; "
                    f"{os.path.basename(self._directory)}/ itself is locked instead,"
                    " and no change can be undone.",
                    "lock-fallback",
                )
            return None

    @property
    def any_held(self) -> bool:
        """Whether this thread holds a lock of the store."""
        return self._mine.__dict__.get("directory") is not None

    @property
    def _is_alone(self) -> bool:
        """Whether this thread keeps all others from writing, so that it needs no task's lock besides.

        It must not wait for one either: those who hold one wait for the directory.
        """
        return self._mine.__dict__.get("directory") == fcntl.LOCK_EX

    def _hold_directory(self, stack: ExitStack, kind: int, deadline: float) -> None:
        held = self._mine.__dict__.get("directory")
        if held is not None:
            # Never made stronger in place: two threads that both tried would wait for each other.
            assert held == fcntl.LOCK_EX or kind == fcntl.LOCK_SH
            return
        # Whoever wants the directory passes the gate, the directory above, one kind of lock for each: while
        # one who wants it alone waits there, no more sharers come in, so that he gets his turn.
        with ExitStack() as passing:
            gate = self._open_directory(os.path.dirname(self._directory))
            passing.callback(os.close, gate)
            self._wait(gate, kind, deadline)
            descriptor = self._open_directory(self._directory)
            stack.callback(os.close, descriptor)
            self._wait(descriptor, kind, deadline)
        self._mine.directory = kind
        stack.callback(setattr, self._mine, "directory", None)

    def _open_directory(self, directory: str) -> int:
        with naming("Locking", f"{os.path.basename(directory)}/"):
            return os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def _wait(self, descriptor: int, kind: int, deadline: float) -> bool:
        """Wait for a lock. Raises TaskfilesError (lock-timeout)."""
        if not wait_lock(descriptor, kind, deadline):
            path, seconds = f"{os.path.basename(self._directory)}/", f"{self.timeout:g}"
            raise TaskfilesError("lock-timeout", path=path, seconds=seconds)
        return True


def wait_lock(descriptor: int, kind: int, deadline: float) -> bool:
    """Try, then wait a little longer each time: flock has no time-out of its own; False where it was not had.

    `deadline` is one of `time.monotonic`.
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
    """Lock a file without waiting; tells whether it could be had."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _bucket(task_id: str) -> str:
    return f"{int(hex_digest(os.fsencode(task_id))[:4], 16) % BUCKETS:02x}.lock"
