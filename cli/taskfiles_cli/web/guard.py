"""What stands before every page: who asks, from where, for what; and the headers that each answer has."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskfiles_cli.web.peer import find_user
from taskfiles_cli.web.session import COOKIE, Sessions

MAX_BODY = 1024 * 1024
MAX_HEADERS = 16 * 1024
PATIENCE = 10.0  # seconds for the next part of a body
ENTER = "/enter"
_READS, _WRITES = frozenset({"GET", "HEAD"}), frozenset({"POST"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types tasks"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
Peers: TypeAlias = "Callable[[tuple[str, int], tuple[str, int]], int | None]"


class Refused(NamedTuple):
    """Why a request is not answered: the status, and a sentence."""

    status: int
    sentence: str


class Guard:
    """The gate before an app: `hosts` are the values of Host that it answers to, with their ports.

    `open_paths` need no session: they are how one comes by it. `locked` answers a page without a session.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Iterable[str],
        sessions: Sessions,
        *,
        open_paths: Callable[[str], bool],
        locked: ASGIApp,
        peers: Peers = find_user,
    ) -> None:
        self._app, self._hosts, self._sessions = app, frozenset(hosts), sessions
        self._is_open, self._locked, self._peers = open_paths, locked, peers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _guarded(message.get("headers", ()))}
            await send(message)

        refused = self._check(scope)
        if refused is not None:
            await _refuse(refused, scope, send_guarded)
            return
        session = _find_cookie(scope)
        has_session = session is not None and self._sessions.is_session(session)
        if not has_session and not self._is_open(scope["path"]):
            if session is not None:
                self._sessions.note_wrong()
            if scope["method"] in _READS:
                await self._locked(scope, receive, send_guarded)
            else:
                await _refuse(Refused(401, _NO_SESSION), scope, send_guarded)
            return
        if has_session and session is not None:
            scope.setdefault("state", {})["session"] = session
            if scope["method"] in _WRITES and scope["path"] != ENTER:
                given = Headers(scope=scope).get("x-tasks-csrf", "")
                if not self._sessions.is_csrf(session, given):
                    await _refuse(Refused(403, "The page is not this session's own."), scope, send_guarded)
                    return
        await self._app(scope, _limited(receive), send_guarded)

    def _check(self, scope: Scope) -> Refused | None:
        """Return why a request is refused whoever sends it; None if nothing is wrong with it."""
        headers = Headers(scope=scope)
        if sum(len(name) + len(value) for name, value in headers.raw) > MAX_HEADERS:
            return Refused(431, "The request's headers are more than 16 KiB.")
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts or not scope["path"].startswith("/"):
            return Refused(421, "This server does not answer to that name.")
        if scope["method"] not in _READS | _WRITES:
            return Refused(405, "Only GET, HEAD and POST are answered.")
        client, server = scope.get("client"), scope.get("server")
        if client is not None and server is not None:
            user = self._peers(tuple(client), tuple(server))
            if user is not None and user != os.getuid():
                return Refused(403, "This board is another user's.")
        own = f"http://{hosts[0].lower()}"
        origins = headers.getlist("origin")
        site = headers.get("sec-fetch-site", "")
        if scope["method"] in _WRITES:
            if [each.lower() for each in origins] != [own] or site not in {"", "same-origin"}:
                return Refused(403, "Changes are accepted only from the board's own pages.")
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                return Refused(415, "Changes must be sent as application/json.")
            if not _is_small(headers.get("content-length")):
                return Refused(413, "That is more than 1 MiB.")
            return None
        if origins and [each.lower() for each in origins] != [own]:
            return Refused(403, "Another site asks.")
        if site not in {"", "same-origin", "none"}:
            is_page = (
                headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
            )
            if not is_page:
                return Refused(403, "Another site asks.")
        if self._sessions.is_stopped() and not self._has_session(scope):
            return Refused(429, "There were too many wrong codes; wait a minute.")
        return None

    def _has_session(self, scope: Scope) -> bool:
        session = _find_cookie(scope)
        return session is not None and self._sessions.is_session(session)


_NO_SESSION = "Open the address that `tasks web` printed."


def _find_cookie(scope: Scope) -> str | None:
    """Return the session that a request names; None without one, or with several."""
    found = [
        value.strip()
        for header in Headers(scope=scope).getlist("cookie")
        for name, _, value in (part.partition("=") for part in header.split(";"))
        if name.strip() == COOKIE
    ]
    return found[0] if len(found) == 1 else None


def _is_small(length: str | None) -> bool:
    return length is None or (length.isascii() and length.isdecimal() and int(length[:9]) <= MAX_BODY)


def _guarded(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers with ours, and without any that would open it to other sites."""
    own = {name for name, _ in _HEADERS}
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in own and not name.lower().startswith(b"access-control-")
    ]
    if not any(name.lower() == b"cache-control" for name, _ in kept):
        kept.append((b"cache-control", b"no-store"))
    return [*kept, *_HEADERS]


def _limited(receive: Receive) -> Receive:
    """Return what gives a body up to its limits; what is longer or slower ends as if the sender had gone."""
    taken, is_whole = 0, False

    async def take() -> Message:
        nonlocal taken, is_whole
        try:
            message = await asyncio.wait_for(receive(), None if is_whole else PATIENCE)
        except TimeoutError:
            return {"type": "http.disconnect"}
        is_whole = not message.get("more_body", False)
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > MAX_BODY:
                return {"type": "http.disconnect"}
        return message

    return take


async def _refuse(refused: Refused, scope: Scope, send: Any) -> None:
    text = b"" if scope["method"] == "HEAD" else f"{refused.sentence}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
