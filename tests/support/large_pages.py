"""Memory in large pages: a process that has many small ones takes three times as long to fork."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

_LARGE = 1 << 21
_HUGEPAGE, _COLLAPSE = 14, 25  # advice of madvise(2); what a kernel does not know it refuses


def use_large_pages() -> None:
    """Put what this process has in memory into large pages, where the system has them."""
    maps = Path("/proc/self/maps")
    if sys.platform != "linux" or not maps.exists():
        return
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    for line in maps.read_text(encoding="utf-8", errors="replace").splitlines():
        span, rights, *_, inode, file = [*line.split(maxsplit=5), ""][:6]
        if rights != "rw-p" or inode != "0" or file.strip() not in {"", "[heap]"}:
            continue
        begin, end = (int(address, 16) for address in span.split("-"))
        begin, end = -(-begin // _LARGE) * _LARGE, end // _LARGE * _LARGE
        if begin < end:
            libc.madvise(begin, end - begin, _HUGEPAGE)
            libc.madvise(begin, end - begin, _COLLAPSE)
