"""The server of a board: a socket on this machine, the app behind it, what it says when it starts."""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Collection
from types import FrameType
from typing import NamedTuple

import uvicorn

from taskfiles import Store, TaskfilesError
from taskfiles_cli.command import signals
from taskfiles_cli.command.session import Session
from taskfiles_cli.surface.act import Actor
from taskfiles_cli.surface.mirror import Mirror
from taskfiles_cli.surface.secret import read_secret
from taskfiles_cli.surface.watch import follow
from taskfiles_cli.web.app import Board
from taskfiles_cli.web.connection import MOST, Connection
from taskfiles_cli.web.guard import MAX_HEADERS
from taskfiles_cli.web.session import LATER, SOON, Sessions

_PORT = 8273  # the first choice where none is asked for
LOOPBACK = "127.0.0.1"


class Wanted(NamedTuple):
    """What to serve: address, port (None for any), the name that browsers use (None for the clone's own).

    `by` is the name that it acts in; None for a board for reading.
    """

    host: str
    port: int | None
    name: str | None
    opens: bool
    by: str | None
    poll: float | None


def serve(
    store: Store,
    open_session: Callable[[], Session],
    wanted: Wanted,
    say: Callable[[str], None],
    warn: Callable[[str], None],
) -> int:
    """Serve a project's board until a signal ends it; gives the exit code. Raises TaskfilesError."""
    sessions = Sessions(read_secret(store))
    is_loopback = _is_loopback(wanted.host)
    name = (wanted.name or sessions.host_name).lower()
    listening = _listen(wanted)
    port = listening.getsockname()[1]
    gc.enable()  # which a command that ends soon does without
    mirror = Mirror(lambda: open_session().open_store())
    actor = None if wanted.by is None else Actor(open_session, wanted.by, mirror.find_path)
    mirror.refresh()
    gc.freeze()  # what stays as long as the server does need not be looked at again and again
    title = os.path.basename(os.fspath(store.root)) or "tasks"
    board = Board(mirror, title, sessions, hosts=(f"{name}:{port}",), warn=warn, actor=actor)
    stop = threading.Event()
    thread = follow(store, lambda changed: _wake(mirror, board, warn, changed), stop, poll=wanted.poll)
    if not is_loopback:
        warn("Others can reach this address, and the traffic is not encrypted: it is plain http.")
    say(f"http://{name}:{port}/#{sessions.make_code(LATER)}")
    if wanted.opens:
        address = f"http://{name}:{port}/#{sessions.make_code(SOON)}"
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    for logger in ("uvicorn", "uvicorn.error"):  # `warn` says what goes wrong
        logging.getLogger(logger).disabled = True
    server = _Server(_configure(board), board.hub.close)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # the one that uvicorn leaves alone
        signal.signal(signal.SIGHUP, server.handle_exit)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        board.hub.close()
    finally:
        stop.set()
        listening.close()
    thread.join(1.0)
    return signals.exit_code()


def _configure(board: Board) -> uvicorn.Config:
    return uvicorn.Config(
        board.app,
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=2 * MOST,  # those that are being closed are counted, too
        h11_max_incomplete_event_size=MAX_HEADERS,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
    )


class _Server(uvicorn.Server):
    """A server that ends its streams when a signal comes, and tells which one it was."""

    def __init__(self, config: uvicorn.Config, close: Callable[[], None]) -> None:
        super().__init__(config)
        self._close = close

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End on a signal."""
        signals.note(sig)
        self._close()
        super().handle_exit(sig, frame)


def _wake(mirror: Mirror, board: Board, warn: Callable[[str], None], changed: Collection[str]) -> None:
    """Look at the files if what has changed is not shown yet, or if something changes by itself."""
    try:
        if mirror.wake(changed):
            board.hub.announce()
    except (TaskfilesError, OSError) as error:  # as while a branch is switched: the next change tells more
        warn(str(error))


def _listen(wanted: Wanted) -> socket.socket:
    """Listen at an address; where no port is asked for, at the usual one or, if that is taken, at any."""
    family = socket.AF_INET6 if ":" in wanted.host else socket.AF_INET
    ports = [_PORT, 0] if wanted.port is None else [wanted.port]
    for port in ports:
        # Named, so that asyncio sees TCP and has small answers sent at once, not with the next one.
        found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind((wanted.host, port))
            found.listen(MOST)
        except OSError as error:
            found.close()
            if port != ports[-1]:
                continue
            reason = (error.strerror or str(error)).lower()
            raise TaskfilesError(
                "bad-value",
                option="--host" if wanted.port is None else "--port",
                given=f"{wanted.host} {port}".removesuffix(" 0"),
                problem=f"nobody can listen there: {reason}",
                remedy="Leave it out for a free port of this machine.",
            ) from error
        return found
    raise AssertionError("there is always a port to try")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
