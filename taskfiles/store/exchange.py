"""Renames that show or keep what was there: Linux's renameat2, which Python does not offer itself.

Elsewhere, and on file systems without it, the functions return False and have changed nothing.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from functools import cache, partial

_HERE = -100  # AT_FDCWD: paths are relative to the working directory
_NO_REPLACE, _EXCHANGE = 1, 2
_UNABLE = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM, errno.EACCES})


def exchange(first: str, second: str) -> bool:
    """Let two paths change their files in one step. Raises OSError if one of them does not exist."""
    return _rename(first, second, _EXCHANGE)


def rename_to_free(source: str, target: str) -> bool:
    """Rename a file, never over another. Raises FileExistsError and OSError."""
    return _rename(source, target, _NO_REPLACE)


def _rename(source: str, target: str, flags: int) -> bool:
    call = _find_call()
    if call is None:
        return False
    sys.audit("os.rename", source, target, -1, -1)  # as Python's own renames do
    number = call(os.fsencode(source), os.fsencode(target), flags)
    if number in _UNABLE:  # whether it can't be done or is not allowed: the plain call says
        return False
    if number:
        raise OSError(number, os.strerror(number), source, None, target)
    return True


@cache
def _find_call() -> Callable[[bytes, bytes, int], int] | None:
    """Return a function that calls renameat2 and returns the error's number or 0; None if there is none."""
    if not sys.platform.startswith("linux"):
        return None
    return _find_directly() or _find_by_ctypes()


def _find_directly() -> Callable[[bytes, bytes, int], int] | None:
    """Do what `ctypes` does for one function, without importing all that it does for others."""
    try:
        import _ctypes  # noqa: PLC0415 (only what replaces a file needs it)

        class Int(_ctypes._SimpleCData):  # type: ignore[type-arg]  # its type is that of values in Python
            _type_ = "i"

        class Function(_ctypes.CFuncPtr):
            _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_USE_ERRNO
            _restype_ = Int

        program = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]  # as `ctypes.CDLL(None)` does
        function = Function(_ctypes.dlsym(program, "renameat2"))
    except (ImportError, OSError, AttributeError, TypeError, ValueError):
        return None
    return partial(_call, function, _ctypes.get_errno)


def _find_by_ctypes() -> Callable[[bytes, bytes, int], int] | None:
    try:
        import ctypes  # noqa: PLC0415 (as above)

        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (ImportError, OSError, AttributeError):
        return None
    return partial(_call, function, ctypes.get_errno)


def _call(
    function: Callable[[int, bytes, int, bytes, int], int],
    errno_of_call: Callable[[], int],
    source: bytes,
    target: bytes,
    flags: int,
) -> int:
    return errno_of_call() if function(_HERE, source, _HERE, target, flags) else 0
