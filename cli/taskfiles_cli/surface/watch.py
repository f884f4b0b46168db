"""What wakes a mirror: the file system where watchfiles is installed, else one pass over names a second."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

from taskfiles import Store

_DEBOUNCE, _STEP = 50, 40  # milliseconds
_PAUSE = 0.1  # seconds before it is watched again
_TICK = 1.0  # seconds between passes, and between looks at the clock


def find_places(store: Store) -> list[str]:
    """List the directories whose files a view is made of, those that exist: tasks, and the clone's claims."""
    places = [os.fspath(store.directory), store.leases]
    return [place for place in places if place is not None and os.path.isdir(place)]


def watch(store: Store, stop: threading.Event, *, poll: float | None = None) -> Iterator[Collection[str]]:
    """Yield the paths that may have changed below a project's places, and none of them now and then.

    It ends soon after `stop` is set. What it yields is a hint: whoever is woken looks for himself. With
    `poll` it looks every so many seconds, as file systems of other machines need it. The places themselves
    are named when it begins to watch them: what changed shortly before was seen by nobody.
    """
    if poll is None:
        try:
            watchfiles: Any = import_module("watchfiles")
        except ImportError:
            poll = _TICK
    if poll is not None:
        yield from _compare(store, stop, poll)
        return
    while not stop.is_set():
        places = find_places(store)
        marks = _mark(places)
        if not places:  # as while another branch is checked out
            stop.wait(_TICK)
            yield [os.fspath(store.directory)]
            continue
        unseen = set(places)
        for changes in watchfiles.watch(
            *places,
            stop_event=stop,
            watch_filter=None,
            debounce=_DEBOUNCE,
            step=_STEP,
            rust_timeout=int(_TICK * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
        ):
            yield {path for _, path in changes} | unseen
            unseen = set()
            if _mark(places := find_places(store)) != marks:  # a directory is new, or another one
                yield places or [os.fspath(store.directory)]
                break
        else:
            return


def _mark(places: list[str]) -> list[tuple[str, int]]:
    """Return directories with what tells each from another one of its name."""
    found = []
    for place in places:
        with suppress(OSError):
            found.append((place, os.stat(place).st_ino))
    return found


def _compare(store: Store, stop: threading.Event, seconds: float) -> Iterator[Collection[str]]:
    last = list_marks(store)
    unseen = set(find_places(store))
    while not stop.wait(seconds):
        now = list_marks(store)
        yield {path for path, _ in now.items() ^ last.items()} | unseen
        last, unseen = now, set()


def list_marks(store: Store) -> dict[str, tuple[int, int, int]]:
    """Return what tells of each file whether it may have changed: identity, size, time."""
    found = {}
    for place in find_places(store):
        for directory, _, names in os.walk(place):
            for name in names:
                path = os.path.join(directory, name)
                try:
                    status = os.lstat(path)
                except OSError:
                    continue
                found[path] = (status.st_ino, status.st_size, status.st_mtime_ns)
    return found


def follow(
    store: Store,
    wake: Callable[[Collection[str]], None],
    stop: threading.Event,
    *,
    poll: float | None = None,
) -> threading.Thread:
    """Watch in a thread of its own, which calls `wake` as `watch` yields; gives the running thread."""

    def run() -> None:
        while not stop.is_set():
            with suppress(OSError):  # a directory went away at this moment: it is looked for again
                for changed in watch(store, stop, poll=poll):
                    wake(changed)
            stop.wait(_PAUSE)

    thread = threading.Thread(target=run, name="tasks-watch", daemon=True)
    thread.start()
    return thread
