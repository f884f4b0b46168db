"""Modes of what is created below git's directories: as git's where `core.sharedRepository` asks for it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from functools import cache

from taskfiles.store.location import read_pointer, read_start

_MOST = 1 << 20  # bytes of a file of settings
_DEPTH = 10  # of files that include each other, as git has it
_WORDS = {"group": 0o660, "all": 0o664, "world": 0o664, "everybody": 0o664, "umask": 0}
_TRUE, _FALSE = frozenset({"true", "yes", "on", ""}), frozenset({"false", "no", "off"})


def share(descriptor: int, path: str | os.PathLike[str]) -> None:
    """Set the mode of a file or directory that was just created as git would there.

    Only what lies in the directory `tasks` of a git directory is meant; everything else stays as it is.
    """
    with suppress(OSError):  # only the owner may, and then git's own files have the same problem
        wanted = _wanted(os.path.dirname(os.fspath(path)))
        if wanted is None:
            return
        mode = os.fstat(descriptor).st_mode
        shared = shared_mode(mode, wanted)
        if shared != stat.S_IMODE(mode):
            os.fchmod(descriptor, shared)


def make_directories(path: str | os.PathLike[str]) -> None:
    """Create a directory and those above it that are missing, each with git's mode. Raises OSError."""
    name = os.fspath(path)
    if os.path.isdir(name):
        return
    make_directories(os.path.dirname(name) or os.curdir)
    with suppress(FileExistsError):
        os.mkdir(name)
        descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            share(descriptor, os.path.join(name, ""))
        finally:
            os.close(descriptor)
    if not os.path.isdir(name):
        raise NotADirectoryError(20, os.strerror(20), name)


def shared_mode(mode: int, wanted: int) -> int:
    """Return the mode for a file of some mode, as git's `adjust_shared_perm` does.

    `wanted` are bits that are added; a negative number stands for bits that replace those of the mode.

    >>> oct(shared_mode(0o100644, 0o660)), oct(shared_mode(0o040755, 0o660))
    ('0o664', '0o2775')
    >>> oct(shared_mode(0o100644, -0o640))
    '0o640'
    """
    bits = abs(wanted)
    if not mode & stat.S_IWUSR:
        bits &= ~0o222
    is_directory = stat.S_ISDIR(mode)
    if is_directory or mode & stat.S_IXUSR:
        bits |= (bits & 0o444) >> 2
    new = bits if wanted < 0 else stat.S_IMODE(mode) | bits
    return new | stat.S_ISGID if is_directory else new


@cache
def _wanted(directory: str) -> int | None:
    """Return what `core.sharedRepository` asks for in a directory of our state; None where nothing does."""
    below = directory
    while (above := os.path.dirname(below)) != below:
        if os.path.basename(below) == "tasks" and os.path.isfile(os.path.join(above, "HEAD")):
            pointer = read_pointer(os.path.join(above, "commondir"))
            common = os.path.realpath(os.path.join(above, pointer)) if pointer else above
            return parse_shared(read_setting(os.path.join(common, "config"), "core", "sharedrepository"))
        below = above
    return None


def parse_shared(value: str | None) -> int | None:
    """Return the bits that a value of `core.sharedRepository` stands for; None for those of the umask.

    >>> [parse_shared(value) for value in ("group", "0640", "all", "umask", "true", "1", None)]
    [432, -416, 436, None, 432, 432, None]
    """
    if value is None:
        return None
    word = value.lower()
    if word in _WORDS:
        return _WORDS[word] or None
    if word in _TRUE or word in _FALSE:
        return 0o660 if word in _TRUE else None
    try:
        number = int(value, 8)
    except ValueError:
        return None
    if number in {0, 1, 2}:
        return (None, 0o660, 0o664)[number]
    return -(number & 0o666) if number & 0o600 == 0o600 else None


def read_setting(path: str, section: str, key: str, depth: int = _DEPTH) -> str | None:
    """Read the last value of `section.key` in a file of git's settings, those that it includes too.

    Conditional includes are not followed, nor those below a user's home; settings of the user or of the
    system are not read.
    """
    found: str | None = None
    inside = ""
    for line in read_start(path, _MOST).decode(errors="replace").splitlines():
        text = line.strip()
        if text.startswith("["):
            head, _, text = text[1:].partition("]")
            inside = head.strip().lower()
            text = text.strip()
        name, equals, rest = text.partition("=")
        value = _plain(rest) if equals else "true"
        if inside == section and name.strip().lower() == key:
            found = value
        elif inside == "include" and name.strip().lower() == "path" and depth and not value.startswith("~"):
            file = os.path.join(os.path.dirname(path), value)
            included = read_setting(file, section, key, depth - 1)
            found = found if included is None else included
    return found


def _plain(text: str) -> str:
    """Return a value without quotes and comment."""
    text = text.strip()
    if text.startswith('"'):
        return text[1:].partition('"')[0]
    for sign in "#;":
        text = text.partition(sign)[0]
    return text.strip()
