"""Many browsers at once: one look at the files a change, and one rendering, however many there are."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path

import pytest
from starlette.types import Message

from support.layouts import make_project
from support.processes import PATIENCE
from support.project import Project
from taskfiles import Store
from taskfiles.backlog.snapshot import Snapshot
from taskfiles_cli.surface.mirror import Mirror
from taskfiles_cli.web.app import Board
from taskfiles_cli.web.kept import Kept
from taskfiles_cli.web.serve import Wanted, _listen, _wake
from taskfiles_cli.web.session import COOKIE, SOON, Sessions

BROWSERS = 50


class Counting(Store):
    looks: list[int]

    def snapshot(self, *, check: bool = False, recover: bool = True) -> Snapshot:
        self.looks.append(1)
        return super().snapshot(check=check, recover=recover)


class Browser:
    """A page's part of the protocol: the stream of events, and the part of a page that is asked for anew."""

    def __init__(self, board: Board, session: str) -> None:
        self._board, self._session = board, session
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self._gone = asyncio.Event()

    async def listen(self) -> None:
        async def receive() -> Message:
            await self._gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body" and message["body"]:
                self.told.put_nowait(message["body"].decode())

        await self._board.app(self._scope("/events"), receive, send)

    async def ask(self, path: str) -> str:
        body = b""

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            nonlocal body
            body += message.get("body", b"")

        await self._board.app(self._scope(path, (b"x-tasks-part", b"1")), receive, send)
        return body.decode()

    def leave(self) -> None:
        self._gone.set()

    def _scope(self, path: str, *more: tuple[bytes, bytes]) -> dict[str, object]:
        headers = [(b"host", b"t.localhost:1"), (b"cookie", f"{COOKIE}={self._session}".encode()), *more]
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "headers": headers, "client": None, "server": None, "state": {},
        }  # fmt: skip


def test_a_change_is_looked_for_once_however_many_listen(tmp_path: Path) -> None:
    project = Project(tmp_path / "repo")
    make_project(project.root, "flat")
    file = project.task("a")
    looks: list[int] = []

    def open_store() -> Store:
        store = Counting(project.root, index=True)
        store.looks = looks
        return store

    async def run() -> list[str]:
        mirror = Mirror(open_store)
        sessions = Sessions(b"x" * 32)
        session = sessions.use_code(sessions.make_code(SOON))
        assert session is not None
        board = Board(mirror, "repo", sessions, hosts=("t.localhost:1",), warn=print, actor=None)
        board.hub.start()
        browsers = [Browser(board, session) for _ in range(BROWSERS)]
        streams = [asyncio.create_task(each.listen()) for each in browsers]
        for each in browsers:
            assert "event: hello" in await each.told.get()
        looks.clear()
        project.task("a", title="Another title")
        await asyncio.to_thread(_wake, mirror, board, print, [str(file)])
        for each in browsers:
            assert "event: changed" in await each.told.get()
        parts = await asyncio.gather(*(each.ask("/board") for each in browsers))
        await asyncio.to_thread(_wake, mirror, board, print, [str(file)])  # a watcher may tell twice
        board.hub.close()
        for each in browsers:
            each.leave()
        await asyncio.gather(*streams)
        return list(parts)

    parts = asyncio.run(asyncio.wait_for(run(), PATIENCE))
    assert len(looks) == 1
    assert len(set(parts)) == 1
    assert "Another title" in parts[0]


def test_what_many_ask_for_at_once_is_made_once() -> None:
    kept, made, begun, go = Kept(2), [], threading.Event(), threading.Event()

    def make() -> str:
        begun.set()
        assert go.wait(PATIENCE)
        made.append("page")
        return "page"

    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(kept.get("key", make))) for _ in range(8)]
    threads[0].start()
    assert begun.wait(PATIENCE)
    for each in threads[1:]:
        each.start()
    assert kept.get("other", lambda: "at once") == "at once"
    go.set()
    for each in threads:
        each.join(PATIENCE)
    assert (got, made) == (["page"] * 8, ["page"])


def test_the_latest_pages_are_kept_and_a_failure_is_none() -> None:
    kept = Kept(2)

    def fail() -> str:
        raise ValueError("no page")

    for _ in range(2):
        with pytest.raises(ValueError, match="no page"):
            kept.get("a", fail)
    for key in ("a", "b", "c"):
        assert kept.get(key, lambda key=key: f"first {key}") == f"first {key}"  # type: ignore[misc]
    assert kept.get("c", fail) == "first c"
    assert kept.get("a", lambda: "second") == "second"


def test_small_answers_do_not_wait_for_the_next_one() -> None:
    """Asyncio turns Nagle's algorithm off only where the socket names its protocol."""
    listening = _listen(Wanted("127.0.0.1", 0, None, False, None, None))
    try:
        assert listening.proto == socket.IPPROTO_TCP
    finally:
        listening.close()
