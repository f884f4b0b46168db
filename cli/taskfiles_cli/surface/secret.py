"""The clone's secret, by which its server knows who may look: made once, readable by its user alone."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from taskfiles import Store, TaskfilesError
from taskfiles.store.disk import io_errors, read_regular
from taskfiles.store.shared import make_directories

_BYTES = 32
_NAME = "web-key"


def read_secret(store: Store) -> bytes:
    """Return the secret of a clone, made when it is first asked for; another one each time without a place.

    A file that others may read, that is another user's or a link, is not believed: it is made anew.
    Raises TaskfilesError (io).
    """
    place = store.journal
    if place is None:
        return os.urandom(_BYTES)
    path = os.path.join(place, _NAME)
    with io_errors("Reading", path):
        found = _read(path)
    if found is not None:
        return found
    with io_errors("Writing", path):
        make_directories(place)
        temporary = f"{path}.{os.getpid()}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            os.write(descriptor, os.urandom(_BYTES).hex().encode())
        finally:
            os.close(descriptor)
        try:
            with suppress(FileNotFoundError):
                if not _is_ours(os.lstat(path)):
                    os.unlink(path)
            with suppress(FileExistsError):  # another process was quicker: its secret counts
                os.link(temporary, path)
        finally:
            os.unlink(temporary)
        found = _read(path)
    if found is None:
        raise TaskfilesError(
            "io",
            path=path,
            action="Reading",
            problem="it is not a secret of 32 bytes",
            remedy="Remove the file, then run the command again.",
        )
    return found


def _read(path: str) -> bytes | None:
    try:
        if not _is_ours(os.lstat(path)):
            return None
        content = read_regular(path, 2 * _BYTES)
    except FileNotFoundError:
        return None
    with suppress(ValueError):
        secret = bytes.fromhex(content[0].decode("ascii")) if content is not None else b""
        return secret if len(secret) == _BYTES else None
    return None


def _is_ours(status: os.stat_result) -> bool:
    return (
        stat.S_ISREG(status.st_mode)
        and status.st_uid == os.getuid()
        and stat.S_IMODE(status.st_mode) == 0o600
    )
