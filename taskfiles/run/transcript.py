"""What a program prints, kept in a file of bounded size: its beginning and its end."""

from __future__ import annotations

import os
from contextlib import suppress

from taskfiles.errors import reason_of
from taskfiles.store.disk import open_regular
from taskfiles.store.shared import make_directories, share

LIMIT = 64 << 20  # bytes kept as they come; what an agent says at last is in the tail
TAIL = 4 << 20


class Transcript:
    """A file that takes bytes; keeping them never fails the program that prints them.

    Past `limit` bytes only the last `tail` are kept, after a line that says how many are left out.
    `problem` is why nothing more could be written.
    """

    def __init__(self, path: str, limit: int = LIMIT, tail: int = TAIL) -> None:
        self.path, self.problem = path, ""
        self._limit, self._most = limit, tail
        self._size = self._dropped = 0
        self._tail = bytearray()
        self._descriptor: int | None = None
        try:
            make_directories(os.path.dirname(path))
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
            self._descriptor = os.open(path, flags, 0o600)
            share(self._descriptor, path)
        except OSError as error:
            self._stop_writing(error)

    def write(self, data: bytes) -> None:
        """Add bytes."""
        room = max(0, self._limit - self._size)
        self._put(data[:room])
        self._size += len(data[:room])
        if rest := data[room:]:
            self._tail += rest
            if len(self._tail) > 2 * self._most:
                self._shorten()

    def close(self) -> None:
        """Write the tail, and close the file."""
        self._shorten()
        if self._dropped:
            self._put(f"\n[{self._dropped} bytes are left out here]\n".encode())
        self._put(bytes(self._tail))
        self._tail.clear()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _shorten(self) -> None:
        if (over := len(self._tail) - self._most) > 0:
            del self._tail[:over]
            self._dropped += over

    def _put(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view and self._descriptor is not None:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            self._stop_writing(error)

    def _stop_writing(self, error: OSError) -> None:
        self.problem = reason_of(error)
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def prune(directory: str, before: float) -> None:
    """Remove transcripts that were last written before a time, in seconds since 1970; the rest stays."""
    with suppress(OSError), os.scandir(directory) as entries:
        old = [each.path for each in entries if each.name.endswith(".log") and _is_older(each, before)]
        for path in old:
            with suppress(OSError):
                os.unlink(path)


def _is_older(entry: os.DirEntry[str], before: float) -> bool:
    return entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < before


def read_end(path: str, most: int) -> str:
    """Return the last lines of a file, at most so many bytes, as text; empty where it can't be read."""
    try:
        with open(open_regular(path), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most))
            data = file.read(most)
    except OSError:
        return ""
    if size > most:
        data = data.partition(b"\n")[2] or data
    return data.decode("utf-8", "replace")
