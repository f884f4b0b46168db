"""Who is at work in a directory: a lock that ends with its process, and a note of what that had begun."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from taskfiles.store.disk import io_errors, open_regular
from taskfiles.store.locks import try_lock
from taskfiles.store.shared import make_directories

_BUSY = b"git is at work\n"


class Holding:
    """One name held by this process until `release`, or until it dies.

    The file of a name has content while git changes the directory by our order: what a killed process
    leaves half-done there is then known to be git's and nobody's work. Raises TaskfilesError (io).
    """

    def __init__(self, path: str, descriptor: int) -> None:
        self._path, self._descriptor = path, descriptor
        self.was_cut_short = os.fstat(descriptor).st_size > 0

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Note that git is at work until the block ends; one that is broken off leaves the note."""
        with io_errors("Writing", self._path):
            os.pwrite(self._descriptor, _BUSY, 0)
            os.fsync(self._descriptor)
        yield
        self.settle()

    def settle(self) -> None:
        """Take the note away: nothing is half-done any more."""
        with io_errors("Writing", self._path):
            os.ftruncate(self._descriptor, 0)
        self.was_cut_short = False

    def release(self) -> None:
        """Let others have the name; where something was cut short, the note of it stays."""
        with suppress(OSError):
            if os.fstat(self._descriptor).st_size == 0:
                os.unlink(self._path)
        os.close(self._descriptor)


def hold(directory: str, name: str) -> Holding | None:
    """Hold a name in a directory of such files; None where another process, or this one, holds it.

    Raises TaskfilesError (io).
    """
    path = os.path.join(directory, name)
    with io_errors("Locking", path):
        make_directories(directory)
        while True:
            descriptor = open_regular(path, os.O_RDWR | os.O_CREAT)
            if not try_lock(descriptor):
                os.close(descriptor)
                return None
            # Who held it before may have taken the file away meanwhile; a lock on that protects nothing.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                    return Holding(path, descriptor)
            os.close(descriptor)


@contextmanager
def one_at_a_time(directory: str) -> Iterator[None]:
    """Keep other threads and processes that ask for the same out of a directory, however long it takes.

    Raises TaskfilesError (io).
    """
    with io_errors("Locking", directory):
        make_directories(directory)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with io_errors("Locking", directory):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
