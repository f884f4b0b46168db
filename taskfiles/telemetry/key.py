"""The key of a clone: 32 random bytes, by which paths and actors are hashed; nobody else has it."""

from __future__ import annotations

import os
from contextlib import suppress

from taskfiles.errors import TaskfilesError
from taskfiles.store.disk import io_errors, read_regular, sync_directory
from taskfiles.store.shared import make_directories, share

SIZE = 32  # bytes, written as hexadecimal digits


def key_path(state: str) -> str:
    """Return the place of the key below a clone's state directory."""
    return os.path.join(state, "telemetry", "key")


def load_key(state: str) -> bytes:
    """Read the clone's key; the first who asks makes it, and of several at once all get the same.

    Raises TaskfilesError (io), also where the file holds no key.
    """
    path = key_path(state)
    with io_errors("Reading", path):
        try:
            found = read_regular(path, 4 * SIZE)
        except FileNotFoundError:
            found = None
            with suppress(FileExistsError):
                _create(path)
            found = read_regular(path, 4 * SIZE)
    with suppress(ValueError):
        key = bytes.fromhex((found[0] if found else b"").decode("ascii"))
        if len(key) == SIZE:
            return key
    remedy = "Move it aside: a new key is made then, and hashes are other ones from there on."
    raise TaskfilesError("io", path=path, action="Reading", problem="it holds no key", remedy=remedy)


def _create(path: str) -> None:
    directory = os.path.dirname(path)
    make_directories(directory)
    temporary = f"{path}.{os.urandom(8).hex()}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            share(descriptor, temporary)
            file.write(os.urandom(SIZE).hex().encode() + b"\n")
            file.flush()
            os.fsync(descriptor)
        os.link(temporary, path)  # the first link stands; a rename would replace the key of another process
    finally:
        os.unlink(temporary)
    sync_directory(directory)
