"""Finding and reading an agent's own file of a session, safely: it is the agent's, in the user's home.

The caller says where the agents keep their files. A session's id goes into no path: names are compared
with it. Below the place no link is followed; a file counts only if it names the session and the work tree,
and ends within the attempt's time. Whatever is missing or strange costs nothing: there is nothing to be had.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, NamedTuple

from taskfiles.agents import claude_session, codex_session, gemini_session, opencode_session
from taskfiles.agents.lines import limit_lines
from taskfiles.agents.session import SessionFile, add_parts
from taskfiles.basics.patterns import lazy
from taskfiles.run.process import How, Listener, supervise

MOST = 64 << 20  # bytes of a session that are read
EXPORT_LIMIT = 10.0  # seconds that OpenCode has for its export
LATER = timedelta(seconds=1)  # by which a file may end after its attempt: times are rounded
_SESSION_ID = lazy(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,127}")
_DIGITS = lazy(r"\d{1,4}")
_MOST_PATH = 4096
_MOST_PARTS = 100  # subagents of one session
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_Match = Callable[[str], bool]


class SessionPlaces(NamedTuple):
    """The homes of agents, and OpenCode's program, which exports sessions; None where there is none."""

    claude: str | None = None
    codex: str | None = None
    gemini: str | None = None
    opencode: str | None = None


class Asked(NamedTuple):
    """Whose session is asked for: the tool, its session, where and when it worked.

    `root` is the directory that the agent worked in, `tree` the work tree around it. OpenCode's program gets
    the environment.
    """

    tool: str
    session_id: object
    root: str
    tree: str
    since: datetime
    until: datetime
    environment: Mapping[str, str]


class _TooLargeError(Exception):
    pass


def read_session(places: SessionPlaces, asked: Asked) -> dict[str, Any]:
    """Return what an agent's file of a session says, as keys of an attempt; empty where there is nothing."""
    name = asked.session_id
    if not isinstance(name, str) or _SESSION_ID.fullmatch(name) is None:
        return {}
    find = _FINDERS.get(asked.tool)
    if find is None:
        return {}
    with suppress(OSError, _TooLargeError):
        for found in find(places, asked, name):
            if found.session_id == name and _is_of(found, asked):
                return found.attempt
    return {}


def _is_of(found: SessionFile, asked: Asked) -> bool:
    """Whether a file is of the attempt: it ends in its time, and names its work tree."""
    if found.last_at is None or not asked.since <= found.last_at <= asked.until + LATER:
        return False
    if isinstance(found.directory, str):
        return _is_inside(found.directory, asked.tree)
    places = {asked.root, asked.tree, os.path.realpath(asked.root), os.path.realpath(asked.tree)}
    return found.project in {hashlib.sha256(os.fsencode(place)).hexdigest() for place in places}


def _is_inside(directory: str, tree: str) -> bool:
    if not os.path.isabs(directory) or len(directory) > _MOST_PATH or "\0" in directory:
        return False
    top = os.path.realpath(tree)
    return os.path.commonpath([top, os.path.realpath(directory)]) == top


def _codex(places: SessionPlaces, asked: Asked, name: str) -> Iterator[SessionFile]:
    for found, size in _read_codex(places, asked, name):
        parts, read = list[SessionFile](), size
        for each in sorted(found.parts)[:_MOST_PARTS]:
            for part, more in _read_codex(places, asked, each):
                read += more
                if read > MOST:
                    raise _TooLargeError
                if part.session_id == each and _is_of(part, asked):
                    parts.append(part)
        yield add_parts(found, parts) if found.parts else found


def _read_codex(places: SessionPlaces, asked: Asked, name: str) -> Iterator[tuple[SessionFile, int]]:
    """Read a session, or that of a subagent, with the size of its file."""
    ending = f"-{name}.jsonl"
    day = [_is_number] * 3
    last: _Match = lambda word: word.startswith("rollout-") and word.endswith(ending)  # noqa: E731 (one of five)
    for opened in _find(places.codex, [_exactly("sessions"), *day, last]):
        with opened as files:
            yield codex_session.read(files.lines(), asked.since), files.size


def _claude(places: SessionPlaces, asked: Asked, name: str) -> Iterator[SessionFile]:
    for opened in _find(places.claude, [_exactly("projects"), _any, _exactly(f"{name}.jsonl")]):
        with opened as files:
            with suppress(OSError):
                files.add([_exactly(name), _exactly("subagents"), lambda word: word.endswith(".jsonl")])
            yield claude_session.read(files.lines(), asked.since)


def _gemini(places: SessionPlaces, asked: Asked, name: str) -> Iterator[SessionFile]:
    ending = f"-{name[:8]}.jsonl"
    last: _Match = lambda word: word.startswith("session-") and word.endswith(ending)  # noqa: E731 (one of three)
    for opened in _find(places.gemini, [_exactly("tmp"), _any, _exactly("chats"), last]):
        with opened as files:
            found = gemini_session.read(files.lines(), asked.since)
            if name in files.names:  # of subagents, which the figures leave out
                kept = {key: found.attempt[key] for key in ("executor",) if key in found.attempt}
                found = found._replace(attempt=kept)
            yield found


def _opencode(places: SessionPlaces, asked: Asked, name: str) -> Iterator[SessionFile]:
    if places.opencode is None:
        return
    said = bytearray()
    listener = Listener(
        lambda data: said.extend(data[: MOST + 1 - len(said)]), lambda _: None, lambda: "", lambda: True
    )
    ended = supervise(
        [places.opencode, "export", name],
        listener,
        directory=asked.root,
        environment=asked.environment,
        timeout=EXPORT_LIMIT,
        grace=0.0,
    )
    if ended.how is How.EXITED and not ended.code and len(said) <= MOST:
        yield opencode_session.read(limit_lines(BytesIO(bytes(said))), asked.since)


_FINDERS = {"codex": _codex, "claude-code": _claude, "gemini-cli": _gemini, "opencode": _opencode}


class _Files:
    """Open files of one session, in the directory that holds the first of them; closed at the end."""

    def __init__(self, directory: int, file: int) -> None:
        self._stack, self._directory = ExitStack(), directory
        self._files = [file]

    def __enter__(self) -> _Files:
        for each in (self._directory, *self._files):
            self._stack.callback(os.close, each)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def names(self) -> list[str]:
        """The names in the directory."""
        return os.listdir(self._directory)

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(os.fstat(file).st_size for file in self._files)

    def add(self, path: Sequence[_Match]) -> None:
        """Add the files below the directory whose path is wanted."""
        for directory, file in _walk(self._directory, path):
            self._stack.callback(os.close, directory)
            self._stack.callback(os.close, file)
            self._files.append(file)

    def lines(self) -> Iterator[bytes]:
        """Return the lines of all files. Raises _TooLargeError."""
        left = MOST
        for descriptor in self._files:
            with open(descriptor, "rb", closefd=False) as file:
                for line in limit_lines(file):
                    left -= len(line)
                    if left < 0:
                        raise _TooLargeError
                    yield line


def _find(place: str | None, path: Sequence[_Match]) -> Iterator[_Files]:
    """Open each file below a place whose path is wanted; the place itself may be a link."""
    if place is None:
        return
    top = os.open(place, _DIRECTORY)
    try:
        for directory, file in _walk(top, path):
            yield _Files(directory, file)
    finally:
        os.close(top)


def _walk(parent: int, path: Sequence[_Match]) -> Iterator[tuple[int, int]]:
    """Open what lies below a directory by a path, the last names first, without following a link.

    Gives descriptors of the file's directory and of the file, which are the caller's to close.
    """
    is_wanted, *rest = path
    for name in sorted(filter(is_wanted, os.listdir(parent)), reverse=True):
        with suppress(OSError):  # no directory, a link, or gone
            if rest:
                child = os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
                try:
                    yield from _walk(child, rest)
                finally:
                    os.close(child)
            elif (file := _open_file(name, parent)) is not None:
                yield os.dup(parent), file


def _open_file(name: str, parent: int) -> int | None:
    """Open a regular file of a size that is read."""
    descriptor = os.open(name, _FILE, dir_fd=parent)
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_size <= MOST:
        return descriptor
    os.close(descriptor)
    return None


def _exactly(name: str) -> _Match:
    return lambda word: word == name


def _is_number(word: str) -> bool:
    return _DIGITS.fullmatch(word) is not None


def _any(word: str) -> bool:
    return not word.startswith(".")
