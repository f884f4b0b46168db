"""The board from its start to its end: the mirror behind it, what wakes it, the signals that end it."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Collection

from taskfiles import Store, TaskfilesError
from taskfiles_cli.command import signals
from taskfiles_cli.command.session import Session
from taskfiles_cli.surface.act import Actor
from taskfiles_cli.surface.mirror import Mirror
from taskfiles_cli.surface.quiet import open_quietly
from taskfiles_cli.surface.watch import follow
from taskfiles_cli.tui.app import BoardApp, Fresh, Told
from taskfiles_cli.tui.view import Start


def show(store: Store, by: str | None, start: Start, *, poll: float | None) -> int:
    """Show a project's board until it is left; gives the exit code. `by` is None for a board for reading.

    Raises TaskfilesError.
    """
    gc.enable()  # which a command that ends soon does without
    said: list[str] = []
    told: list[Callable[[str], None]] = [said.append]

    def tell(text: str) -> None:
        told[-1](text)

    def open_session() -> Session:
        return open_quietly(store.root, by, tell)

    mirror = Mirror(lambda: open_session().open_store())
    mirror.refresh()
    app = BoardApp(mirror, None if by is None else Actor(open_session, by, mirror.find_path), start)
    told.append(lambda text: _post(app, text))
    stop = threading.Event()
    thread = follow(store, lambda changed: _wake(mirror, app, changed), stop, poll=poll)
    try:
        code = asyncio.run(_run(app))
    finally:
        stop.set()
    thread.join(1.0)
    if app.broken is not None:
        raise app.broken
    return code


async def _run(app: BoardApp) -> int:
    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        signals.note(number)
        app.exit(signals.exit_code())

    for number in signals.ENDING:
        loop.add_signal_handler(number, end, number)
    try:
        code = await app.run_async()
    finally:
        for number in signals.ENDING:
            loop.remove_signal_handler(number)
    return 0 if code is None else code


def _wake(mirror: Mirror, app: BoardApp, changed: Collection[str]) -> None:
    """Look at the files if what has changed is not shown yet, or if something changes by itself."""
    try:
        if mirror.wake(changed):
            app.post_message(Fresh())
    except (TaskfilesError, OSError) as error:  # as while a branch is switched: the next change tells more
        _post(app, str(error))


def _post(app: BoardApp, text: str) -> None:
    app.post_message(Told(text))
