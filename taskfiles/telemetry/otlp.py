"""The sink `otlp:`: attempts as spans and events as log records, sent to an OTLP/HTTP receiver as JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from taskfiles.basics.jsontext import json_text
from taskfiles.errors import TaskfilesError
from taskfiles.telemetry.secret import scrub_text
from taskfiles.telemetry.spans import FindAttempt, attempts_of, log_payload, trace_payload
from taskfiles.telemetry.spool import Chunk

TIMEOUT = 10.0  # seconds for each request, whatever it is that takes so long
_MAX_ANSWER = 1 << 16


class Receiver:
    """An OTLP/HTTP receiver at a base URL; `headers` are sent along and kept nowhere.

    `find` gives an attempt by task and id, already redacted; `version` is the library's.
    """

    def __init__(
        self,
        url: str,
        find: FindAttempt,
        version: str,
        headers: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._url, self._find, self._version = url.rstrip("/"), find, version
        self._headers, self._timeout = dict(headers or {}), timeout

    def deliver(self, chunks: Sequence[Chunk]) -> str:
        """Send the events; gives what the receiver refused for good. Raises TaskfilesError (io)."""
        events = [event for chunk in chunks for event in chunk.events]
        spans = trace_payload(attempts_of(events, self._find), self._version)
        notes = [self._post("/v1/traces", spans)] if spans["resourceSpans"] else []
        if events:
            notes.append(self._post("/v1/logs", log_payload(events, self._version)))
        return "; ".join(filter(None, notes))

    def _post(self, path: str, payload: Mapping[str, Any]) -> str:
        body = json_text(payload).encode()
        headers = {"Content-Type": "application/json", "User-Agent": f"tasks/{self._version}"} | self._headers
        request = Request(self._url + path, data=body, headers=headers, method="POST")  # noqa: S310 (sinks are http or https)
        problem, note = _within(self._timeout, lambda: _send(request, self._timeout))
        if problem:
            remedy = "Check the receiver, then push again: what it has not had is kept."
            raise TaskfilesError(
                "io", path=scrub_text(self._url + path), action="Sending to", problem=problem, remedy=remedy
            )
        return note


class _NoRedirect(HTTPRedirectHandler):
    """Leaves a redirection alone: what was meant for one receiver goes to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _send(request: Request, timeout: float) -> tuple[str, str]:
    """Send a request; gives what went wrong, and what was refused for good; empty texts for neither."""
    try:
        with build_opener(_NoRedirect).open(request, timeout=timeout) as answer:
            return "", _rejection(answer.read(_MAX_ANSWER))
    except HTTPError as error:
        error.close()
        return f"it answered {error.code}", ""
    except URLError as error:
        return _reason(error.reason), ""
    except (OSError, ValueError, HTTPException) as error:
        return _reason(error), ""


def _reason(error: object) -> str:
    text = (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
    return scrub_text(" ".join(text.split()))


def _rejection(answer: bytes) -> str:
    """Read of an answer whether a part was refused; OTLP says that it is not to be sent again."""
    try:
        partial = json.loads(answer).get("partialSuccess") or {}
        rejected = int(partial.get("rejectedSpans") or partial.get("rejectedLogRecords") or 0)
        message = str(partial.get("errorMessage") or "it did not say why")
    except (ValueError, AttributeError, TypeError, RecursionError):
        return ""
    return f"{rejected} items were refused: {scrub_text(message)[:200]}" if rejected else ""


def _within(seconds: float, work: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    """Wait for work at most so long: looking up a name, and an answer that trickles, know no time-out."""
    found: list[tuple[str, str]] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0] if found else (f"it took longer than {seconds:g} s", "")
