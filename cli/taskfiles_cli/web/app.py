"""The routes of the board: each address with the page that it shows."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.responses import RedirectResponse as Redirect
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from taskfiles import TaskfilesError
from taskfiles_cli.surface.act import Actor
from taskfiles_cli.surface.filterline import KEYS
from taskfiles_cli.surface.mirror import Mirror, View
from taskfiles_cli.web.acting import Acting
from taskfiles_cli.web.assets import OPEN, Asset, read_assets
from taskfiles_cli.web.guard import ENTER, Guard
from taskfiles_cli.web.hub import Hub
from taskfiles_cli.web.kept import Kept
from taskfiles_cli.web.pages import Ask, Pages, Shown
from taskfiles_cli.web.session import COOKIE, MONTH, Sessions
from taskfiles_cli.web.templating import make_environment, make_reader, render

_STATUS = {
    "bad-value": 400,
    "no-such-task": 404,
    "ambiguous-task": 409,
    "unreadable-task": 409,
    "changed-underneath": 503,
    "plan-cycle": 409,
}
_LONGEST = 500  # characters of a filter line
_KEPT = 64  # rendered pages
_PART = "x-tasks-part"  # the header of a page that asks for its content alone
VIEWS = (
    ("/board", "Board"),
    ("/now", "Now"),
    ("/plan", "Plan"),
    ("/figures", "Figures"),
    ("/search", "Search"),
)
_MOVING = ("since:", "overdue:", "due-before:", "view:")  # what these ask for changes by itself
SHORTCUTS = (
    ("h j k l", "to the next card in that direction; arrows too, once a card has the focus"),
    ("Enter", "open the card"),
    ("/", "filter"),
    ("0", "clear the filter"),
    ("Esc", "leave the field; clear all marks"),
    ("g b", "Board"),
    ("g n", "Now"),
    ("g p", "Plan"),
    ("g f", "Figures"),
    ("g s", "Search"),
    ("m", "move the card to another state; with marks, change what is marked"),
    ("Space", "mark the card, or take its mark away; Shift+Space marks all from the last one to this"),
    ("H L", "move the card one state to the left or right"),
    ("J K", "place the card one step down or up in its column"),
    ("n", "make a new task, on the board"),
    ("e", "edit the text of a task, on its page"),
    ("u", "undo the last change made here"),
    ("y", "copy the id"),
    ("?", "this page"),
)


class Board:
    """The app of one project's board; `app` is what a server runs, guarded."""

    def __init__(
        self,
        mirror: Mirror,
        name: str,
        sessions: Sessions,
        *,
        hosts: tuple[str, ...],
        warn: Callable[[str], None],
        actor: Actor | None,
    ) -> None:
        self._mirror, self._name, self._sessions, self._actor = mirror, name, sessions, actor
        self._acting = None if actor is None else Acting(actor, self._tell_all)
        self._pages = Pages(mirror) if actor is None else Pages(mirror, actor.by.removeprefix("web:"))
        self.hub = Hub(lambda: mirror.view.revision)
        self._assets = read_assets()
        self._environment = make_environment(self._assets)
        self._kept = Kept(_KEPT)
        self._reading = asyncio.Lock()
        open_paths = {asset.address(each) for each, asset in self._assets.items() if each in OPEN}
        inner = Starlette(
            routes=[
                Route("/", self._root),
                Route("/board", self._board),
                Route("/column/{state:path}", self._column),
                Route("/now", self._now),
                Route("/plan", self._plan),
                Route("/figures", self._figures),
                Route("/figures/flow", self._flow),
                Route("/search", self._search),
                Route("/keys", self._keys),
                Route("/task/{id}", self._task),
                Route("/task/{id}/log", self._log),
                Route("/events", self._events),
                Route("/static/{digest}/{name}", self._static),
                Route(ENTER, self._enter, methods=["POST"]),
                *([] if self._acting is None else [Route("/act", self._acting.answer, methods=["POST"])]),
            ],
            exception_handlers={404: self._missing, 405: self._missing, Exception: self._failed},
            lifespan=self._lifespan,
        )
        self.app = Guard(
            _Caught(inner, warn),
            hosts,
            sessions,
            open_paths=lambda path: path in open_paths or path == ENTER,
            locked=self._locked,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.hub.start()
        yield

    # Pages

    def _root(self, _: Request) -> Response:
        return Redirect("/board")

    def _board(self, request: Request) -> Response:
        return self._answer(request, "/board", self._pages.board, keep=True)

    def _column(self, request: Request) -> Response:
        state = str(request.path_params["state"])
        return self._answer(
            request, "/board", lambda view, ask: self._pages.column(view, state, ask), keep=True
        )

    def _now(self, request: Request) -> Response:
        return self._answer(request, "/now", self._pages.now)

    def _plan(self, request: Request) -> Response:
        return self._answer(request, "/plan", self._pages.plan, keep=True)

    def _figures(self, request: Request) -> Response:
        return self._answer(request, "/figures", self._pages.figures, keep=True)

    async def _flow(self, request: Request) -> Response:
        async with self._reading:  # whoever waits for git's history does so without a thread
            answer = partial(self._answer, request, "/figures", self._pages.flow)
            return await run_in_threadpool(answer)

    def _search(self, request: Request) -> Response:
        return self._answer(request, "/search", self._pages.search, keep=True)

    def _task(self, request: Request) -> Response:
        task_id = str(request.path_params["id"])
        return self._answer(request, "/task", lambda view, ask: self._pages.task(view, task_id, ask))

    def _log(self, request: Request) -> Response:
        task_id = str(request.path_params["id"])
        return self._answer(request, "/task", lambda view, ask: self._pages.log(view, task_id, ask))

    def _keys(self, request: Request) -> Response:
        values = {"shortcuts": SHORTCUTS, "filter_keys": KEYS}
        return self._answer(request, "/keys", lambda view, ask: self._pages.plain(view, ask, values))

    def _answer(
        self, request: Request, here: str, make: Callable[[View, Ask], Shown], *, keep: bool = False
    ) -> Response:
        """Render a page, or the part of it that changes; what went wrong is a page as well."""
        try:
            return self._mirror.look(lambda view: self._show(view, request, here, make, keep=keep))
        except TaskfilesError as error:
            view = self._mirror.view
            shown = self._pages.problem(view, _read_ask(request), error)
            html = self._render(shown, here, view, is_part=_PART in request.headers)
            return HTMLResponse(html, _STATUS.get(error.code, 500))

    def _show(
        self, view: View, request: Request, here: str, make: Callable[[View, Ask], Shown], *, keep: bool
    ) -> Response:
        """Render a page of a view, unless it is known. Raises TaskfilesError."""
        is_part = _PART in request.headers
        ask = _read_ask(request)
        today = self._mirror.now().astimezone(view.zone).date()
        csrf = None if is_part or self._acting is None else self._sessions.csrf(request.state.session)
        key = (view.revision, today, request.url.path, ask, is_part, csrf)
        keep = keep and not any(word in ask.q for word in _MOVING)

        def draw() -> str:
            return self._render(make(view, ask), here, view, is_part=is_part, csrf=csrf)

        return HTMLResponse(self._kept.get(key, draw) if keep else draw())

    def _render(self, shown: Shown, here: str, view: View, *, is_part: bool, csrf: str | None = None) -> str:
        clock, when = make_reader(self._mirror.now(), view.zone)
        return render(
            self._environment,
            shown,
            "part.html" if is_part else "layout.html",
            project=self._name,
            here=here,
            views=VIEWS,
            clock=clock,
            when=when,
            csrf=csrf,
            by=None if self._actor is None else self._actor.by,
        )

    def _tell_all(self, paths: Collection[str]) -> int:
        """Look at the files that an act has changed, at all without any, and tell every page."""
        with contextlib.suppress(TaskfilesError, OSError):  # the change is made, and its files tell once more
            if paths:
                self._mirror.refresh_at(paths)
            else:
                self._mirror.refresh()
        self.hub.announce()
        return self._mirror.view.revision

    def _missing(self, request: Request, _: Exception) -> Response:
        view = self._mirror.view
        shown = self._pages.missing(view, _read_ask(request))
        return HTMLResponse(self._render(shown, "", view, is_part=False), 404)

    def _failed(self, _: Request, __: Exception) -> Response:
        return PlainTextResponse("This page failed: a bug in tasks.\n", 500)

    # What pages are made of

    def _static(self, request: Request) -> Response:
        asset: Asset | None = self._assets.get(str(request.path_params["name"]))
        if asset is None or (asset.digest != request.path_params["digest"]):
            return PlainTextResponse("There is no such file.\n", 404)
        headers = {"cache-control": "private, max-age=31536000, immutable"}
        return Response(asset.content, media_type=asset.type, headers=headers)

    async def _events(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        if self.hub.is_full:
            return PlainTextResponse("There are too many streams.\n", 503)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self.hub.stream(), media_type="text/event-stream", headers=headers)

    # Entering

    async def _enter(self, request: Request) -> Response:
        if self._sessions.is_stopped():
            return PlainTextResponse("There were too many wrong codes; wait a minute.\n", 429)
        try:
            given = json.loads(await request.body())
        except (ValueError, RecursionError, ClientDisconnect):
            given = None
        code = given.get("code") if isinstance(given, Mapping) else None
        session = self._sessions.use_code(code) if isinstance(code, str) else None
        if session is None:
            self._sessions.note_wrong()
            return PlainTextResponse("That code is wrong, used or too old.\n", 401)
        answer = JSONResponse({"entered": True})
        answer.set_cookie(COOKIE, session, max_age=MONTH, path="/", httponly=True, samesite="strict")
        return answer

    async def _locked(self, scope: Scope, receive: Receive, send: Send) -> None:
        html = self._environment.get_template("enter.html").render()
        await HTMLResponse(html, 401)(scope, receive, send)


class _Caught:
    """Warns whoever runs an app of what it fails at, once it has answered: no traceback goes out."""

    def __init__(self, app: ASGIApp, warn: Callable[[str], None]) -> None:
        self._app, self._warn = app, warn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            self._warn(f"A page failed: {type(error).__name__}: {error}")


def _read_ask(request: Request) -> Ask:
    query = request.query_params
    lane = query.get("lane")
    return Ask(
        query.get("q", "")[:_LONGEST],
        query.get("lanes", "none"),
        "" if lane == "-" else lane,
        query.get("after", ""),
    )
