"""Changes that pages ask for: each done once, answered with what came of it, a refusal or both sides."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from taskfiles import TaskfilesError
from taskfiles_cli.surface.act import Act, Actor, Conflict, Done
from taskfiles_cli.surface.several import Mark, Refused

_MOST = 60  # acts a second
_MARKS = 1000  # tasks in one change
_KEPT = 256  # answers, so that what is asked again is done once


class Acting:
    """Answers to what pages ask to be done.

    `tell_all` is called after each change, with the paths that it changed, and gives the revision. `clock`
    gives seconds that never go back.
    """

    def __init__(
        self,
        actor: Actor,
        tell_all: Callable[[Collection[str]], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._actor, self._tell_all, self._clock = actor, tell_all, clock
        self._answers: OrderedDict[str, tuple[int, dict[str, Any]]] = OrderedDict()
        self._recent: deque[float] = deque()
        self._lock = threading.Lock()

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        now = self._clock()
        while self._recent and self._recent[0] < now - 1:
            self._recent.popleft()
        if len(self._recent) >= _MOST:
            return JSONResponse({"message": "That is too much in one request."}, 429)
        self._recent.append(now)
        try:
            given = json.loads(await request.body())
        except (ValueError, RecursionError, ClientDisconnect):
            given = None
        wanted = _read(given)
        if wanted is None:
            return JSONResponse({"message": "That request is not from this page."}, 400)
        status, answer = await run_in_threadpool(self._do, str(given.get("key") or ""), wanted)
        return JSONResponse(answer, status)

    def _do(self, key: str, wanted: Act) -> tuple[int, dict[str, Any]]:
        with self._lock:
            if key and (known := self._answers.get(key)) is not None:
                return known
            made = self._try(wanted)
            if key:
                self._answers[key] = made
                while len(self._answers) > _KEPT:
                    self._answers.popitem(last=False)
            return made

    def _try(self, wanted: Act) -> tuple[int, dict[str, Any]]:
        try:
            done: Done = self._actor.act(wanted)
        except Conflict as conflict:
            sides = {"yours": conflict.yours, "theirs": conflict.theirs}
            task = {"id": conflict.task.id, "title": str(conflict.task.title), "etag": conflict.task.etag}
            self._tell_all(())
            return 409, {"conflict": {**task, **sides}}
        except Refused as refused:
            found = [{"message": each.message, "hint": each.hint} for each in refused.refusals]
            return 422, {"message": str(refused), "hint": "", "refusals": found}
        except TaskfilesError as error:
            return 422, {"code": error.code, "message": error.message, "hint": error.hint}
        said = {"sentence": done.sentence, "run": done.run, "changed": done.changed}
        return 200, {**said, "revision": self._tell_all(done.paths)}


def _read(given: Any) -> Act | None:
    """Read what is asked for; None if it is not of the form that pages send."""
    if not isinstance(given, Mapping):
        return None
    texts = [given.get(key, "") for key in ("kind", "id", "etag")]
    maps = [given.get(key, {}) for key in ("values", "expect")]
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(each, dict) for each in maps):
        return None
    marks = given.get("marks", [])
    if not isinstance(marks, list) or len(marks) > _MARKS or not all(map(_is_mark, marks)):
        return None
    read = [Mark(each["id"], each["expect"], each["etag"]) for each in marks]
    return Act(texts[0], texts[1], maps[0], maps[1], texts[2], read)


def _is_mark(given: object) -> bool:
    if not isinstance(given, Mapping):
        return False
    texts = [given.get(key) for key in ("id", "etag")]
    return all(isinstance(text, str) for text in texts) and isinstance(given.get("expect"), dict)
