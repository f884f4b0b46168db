"""File operations: read with identity, replace atomically, create exclusively, move without overwriting."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.store.exchange import exchange, rename_to_free
from taskfiles.store.shared import share
from taskfiles.text.document import MAX_BYTES

if TYPE_CHECKING:
    from os import PathLike

    Path = str | PathLike[str]

_SMALL = 1 << 20  # bytes that one call reads
_TRIES = 5  # to put a file back while others save it
_PREFIX, _SUFFIX = ".tasks-", ".tmp"  # of temporary files
EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
# Errors for a place that can't be written at all, as in sandboxes.
UNWRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR})
_NO_LOCKS = (
    "Its file system can't lock files. Put the clone on one that can, such as a local disk, "
    "or mount it with locks (on NFS without `nolock`)."
)
_REMEDIES = {
    "ENOSPC": "Free some space, then run the command again.",
    "EDQUOT": "Free some space, then run the command again.",
    "EACCES": "Check the permissions, then run the command again.",
    "EPERM": "Check the permissions, then run the command again.",
    "EROFS": "The file system is read-only; run the command where it can write.",
    "ENOLCK": _NO_LOCKS,
    "ENOSYS": _NO_LOCKS,
    "EOPNOTSUPP": _NO_LOCKS,
    "ENOTSUP": _NO_LOCKS,
    "EMFILE": "Too many files are open; close some or raise the limit (`ulimit -n`).",
    "ENFILE": "Too many files are open on this machine; close some.",
}


class NotSynced(OSError):
    """The change is made, but fsync failed: it may not survive a crash."""


class NotRegular(OSError):
    """A path leads to a pipe, a directory or a device instead of a regular file."""


class Changed(Exception):
    """A file is no longer the one that was read."""


class Identity(NamedTuple):
    """What identifies one state of a file: a change of the file changes it."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


def identity_of(status: os.stat_result) -> Identity:
    """Return the identity in a file's status."""
    return Identity(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@contextlib.contextmanager
def io_errors(action: str, path: Path) -> Iterator[None]:
    """Convert OSError to TaskfilesError (io), which names the action, the path and a remedy."""
    try:
        yield
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "")
        remedy = _REMEDIES.get(name, "Check the disk and the path, then run the command again.")
        written = isinstance(error, NotSynced)
        if written:
            remedy = (
                "The change is in the file, but the disk did not confirm that it will last; check the disk."
            )
        problem = reason_of(error)
        details = {"written": True} if written else None
        place = _place_of(error, str(path)) if action in _LOOKING else str(path)
        raise TaskfilesError(
            "io", path=place, action=action, problem=problem, remedy=remedy, details=details
        ) from error


_LOOKING = frozenset({"Reading", "Listing"})


def _place_of(error: OSError, path: str) -> str:
    """Return the file below a path that the system has refused, where it says so."""
    name = error.filename
    return name if isinstance(name, str) and name.startswith(f"{path}{os.sep}") else path


def open_regular(path: Path, flags: int = os.O_RDONLY) -> int:
    """Open a regular file without ever waiting, as opening a pipe would; returns the descriptor.

    All state is opened here: its directory can contain anything. Raises NotRegular and OSError.
    """
    descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK, 0o666)
    try:
        if flags & os.O_CREAT:
            share(descriptor, path)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotRegular(errno.EINVAL, "it is not a regular file", os.fspath(path))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read_regular(path: Path, limit: int = MAX_BYTES) -> tuple[bytes, Identity] | None:
    """Read a regular file with its identity; None for anything else, such as a pipe.

    At most `limit` + 1 bytes are read: more than `limit` means that the file is too large. Raises OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        parts = []
        left = limit + 1
        while left > 0 and (part := file.read(min(left, max(status.st_size + 1, 1 << 16), 1 << 20))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts), identity_of(status)


def read_small(path: str) -> tuple[bytes, os.stat_result] | None:
    """Read a small regular file that is no link, in as few calls as can be; None for anything else.

    That is also a file that can't be read: `read_regular` says why.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _SMALL:
            return None
        data = os.read(descriptor, status.st_size + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return (data, status) if len(data) == status.st_size else None


def replace_file(path: Path, data: bytes, expected: Identity, before: bytes | None = None) -> None:
    """Replace a file's content atomically, keeping its permissions.

    `before` are the bytes that the file is known to have. Where the system can exchange two files, what was
    replaced is looked at, and put back if it is not the expected file: an edit in the last moment is kept.
    Raises Changed if the file is no longer the expected one, NotSynced and OSError.
    """
    temporary = temporary_path(path)
    with contextlib.ExitStack() as undo:
        undo.callback(_remove, temporary)
        status = os.stat(path)
        _write_temporary(temporary, data, status)
        if identity_of(os.stat(path)) != expected:
            raise Changed(path)
        if exchange(temporary, os.fspath(path)):
            if not _is_expected(temporary, expected, before):
                _put_back(temporary, os.fspath(path), data)
                raise Changed(path)
        else:
            os.replace(temporary, path)
            undo.pop_all()
    try:
        sync_directory(os.path.dirname(path))
    except OSError as error:
        raise NotSynced(error.errno, error.strerror) from error


def _is_expected(path: str, expected: Identity, before: bytes | None) -> bool:
    """Return whether a file that was renamed is the expected one; a rename changes its ctime."""
    try:
        content = read_regular(path)
    except OSError:
        return False
    if content is None or content[1][:4] != expected[:4]:
        return False
    return before is None or content[0] == before


def _put_back(temporary: str, path: str, ours: bytes) -> None:
    """Put back a file that was exchanged for ours; what was saved at its path last is what stays there."""
    placed: bytes | None = ours
    held = _content(temporary)
    for _ in range(_TRIES):
        try:
            exchange(temporary, path)
        except FileNotFoundError:  # somebody has deleted ours
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
            return
        found = _content(temporary)
        if found == placed:
            return
        placed, held = held, found  # somebody has saved once more meanwhile


def _content(path: str) -> bytes | None:
    content = read_regular(path)
    return None if content is None else content[0]


def write_over(
    path: Path, data: bytes, expected: Identity | None, name: str, before: bytes | None = None
) -> None:
    """Replace a file's content, or create the file if `expected` is None; `before` as in `replace_file`.

    `name` is the file's name in errors. Raises TaskfilesError: changed-underneath if somebody else has
    changed or created it meanwhile, io.
    """
    lost = FileExistsError if expected is None else FileNotFoundError
    with io_errors("Writing", name):
        try:
            if expected is None:
                create_file(path, data)
            else:
                replace_file(path, data, expected, before)
        except (lost, Changed):
            raise TaskfilesError("changed-underneath", path=name) from None


def create_file(path: Path, data: bytes) -> None:
    """Create a file atomically, and its directory if needed.

    Raises FileExistsError if it exists already, and OSError.
    """
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = temporary_path(path)
    try:
        _write_temporary(temporary, data, None)
        os.link(temporary, path)  # unlike a rename, a link never replaces a file
    finally:
        _remove(temporary)
    sync_directory(os.path.dirname(path))


def put_file(path: Path, data: bytes) -> None:
    """Write a file of this tool atomically, replacing any present one; callers ensure one writer at a time.

    Raises OSError.
    """
    os.replace(write_aside(path, data), path)
    sync_directory(os.path.dirname(path))


def write_out(path: Path, data: bytes) -> None:
    """Write an output file that the user named: atomically, following links; directly to a pipe or device.

    Raises OSError.
    """
    try:
        is_file = stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        is_file = True
    if is_file:
        target = os.path.realpath(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        put_file(target, data)
    else:
        # Never replace a device: /dev/stdout would be gone for everybody.
        with open(path, "wb") as file:
            file.write(data)


def write_aside(path: Path, data: bytes) -> str:
    """Write the future content of a file beside it, and return that temporary path. Raises OSError."""
    temporary = temporary_path(path)
    try:
        _write_temporary(temporary, data, None)
    except BaseException:
        _remove(temporary)
        raise
    return temporary


def move_file(source: Path, target: Path) -> None:
    """Rename a file to a free name, and create the directory if needed.

    Callers hold the task's lock, so that only a file made by hand can take the name meanwhile.

    Raises FileExistsError if the name is not free, and OSError.
    """
    below, above = os.path.dirname(target), os.path.dirname(source)
    os.makedirs(below, exist_ok=True)
    if os.path.lexists(target):
        raise FileExistsError(target)
    if not rename_to_free(os.fspath(source), os.fspath(target)):
        os.rename(source, target)
    try:
        sync_directory(below)
        if above != below:
            sync_directory(above)
    except OSError:
        os.rename(target, source)
        raise


def remove_file(path: Path, expected: Identity, before: bytes | None = None) -> None:
    """Delete a file; `before` are the bytes that it is known to have.

    It is renamed first and looked at, so that an edit in the last moment is kept.
    Raises Changed if the file is no longer the expected one, and OSError.
    """
    if identity_of(os.stat(path)) != expected:
        raise Changed(path)
    temporary = temporary_path(path)
    _remove(temporary)
    os.rename(path, temporary)
    if not _is_expected(temporary, expected, before):
        with contextlib.suppress(FileExistsError):  # what was saved there since is newer
            os.link(temporary, path)
        _remove(temporary)
        raise Changed(path)
    try:
        os.unlink(temporary)
    except OSError:
        os.rename(temporary, path)
        raise
    sync_directory(os.path.dirname(path))


def temporary_path(path: Path) -> str:
    """Return the path of a target's temporary file: always the same, and short whatever the target's name.

    Its writer holds the task's lock, so that the next writer can remove what a killed one has left.
    """
    directory, name = os.path.split(path)
    return os.path.join(directory, f"{_PREFIX}{hex_digest(os.fsencode(name))[:16]}{_SUFFIX}")


def remove_leftover(path: Path) -> None:
    """Remove the temporary file that a killed writer of this file has left, if there is one."""
    _remove(temporary_path(path))


def find_temporary(directory: str) -> Iterator[str]:
    """Yield the temporary files below a directory, links not followed; what can't be listed is passed over.

    While nobody writes there, all of them are left by killed writers.
    """
    waiting = [directory]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as scan:
                for entry in scan:
                    if entry.is_dir(follow_symlinks=False):
                        waiting += [] if entry.name.startswith(".") else [entry.path]
                    elif _is_temporary(entry.name) and entry.is_file(follow_symlinks=False):
                        yield entry.path
        except OSError:
            continue


def _is_temporary(name: str) -> bool:
    digits = name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
    return len(digits) == len(name) - len(_PREFIX + _SUFFIX) == 16 and set(digits) <= set("0123456789abcdef")


def _write_temporary(path: Path, data: bytes, like: os.stat_result | None) -> None:
    # An existing file is removed, never opened: it may be a link to another file.
    _remove(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o666 if like is None else 0o600)
    with open(descriptor, "wb", buffering=0) as file:
        share(descriptor, path)
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        if like is not None:
            if (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
                with contextlib.suppress(OSError):  # only the owner or root may; the content matters more
                    os.fchown(descriptor, like.st_uid, like.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
        os.fsync(descriptor)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def sync_directory(path: Path) -> None:
    """Flush a directory's entries to disk; file systems without such a flush are ignored."""
    # A bare file name has an empty directory part; git passes such names to merge drivers.
    descriptor = os.open(path or os.curdir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)
