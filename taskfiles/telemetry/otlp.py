"""The sink `otlp:`: attempts as spans and events as log records, sent to an OTLP/HTTP receiver as JSON.

OpenTelemetry's protocol says which answers allow another try of the same request (429, 502, 503, 504, none).
Any other refusal is for good: such a request is halved until what is refused stands alone, which is then
passed over, so that one event keeps no other back.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http.client import HTTPException
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from taskfiles.basics.foreign import explain_remote
from taskfiles.basics.jsontext import json_text
from taskfiles.basics.quotation import add_quotation
from taskfiles.basics.secret import scrub_text
from taskfiles.errors import TaskfilesError, number_of, reason_of
from taskfiles.telemetry.delivery import Delivery, Postponed, join_notes
from taskfiles.telemetry.retry_after import parse_retry_after
from taskfiles.telemetry.spans import (
    FindAttempt,
    Tried,
    attempts_of,
    describe_spanless,
    find_spanless,
    log_payload,
    trace_payload,
)
from taskfiles.telemetry.spool import Chunk

TIMEOUT = 10.0  # seconds for each request, whatever it is that takes so long
_MAX_ANSWER = 1 << 16
_NAMED = 3  # refused items that a note names
# What an answer says of the request itself. Anything else is about the way there or the receiver's state.
_REFUSALS = frozenset({400, 413, 422, 431, 500, 501})
_TOO_LARGE, _FAILS = 413, 500
_SUSPICIOUS = 8  # items refused one by one: then it is asked whether the receiver takes anything at all
_Item = TypeVar("_Item")


class _Answer(NamedTuple):
    """A receiver's answer: `problem` where it took nothing, `note` where it refused a part."""

    status: int = 0  # 0: there was no answer
    problem: str = ""
    note: str = ""
    refused: int = 0
    retry_after: str = ""


class _Signal(NamedTuple, Generic[_Item]):
    """What is sent to one path of a receiver: how a request is made of items, and what an item is called."""

    path: str
    build: Callable[[Sequence[_Item]], Mapping[str, Any]]
    name: Callable[[_Item], str]


class Receiver:
    """An OTLP/HTTP receiver at a base URL; `headers` are sent along and kept nowhere.

    `find` gives an attempt by task and id, already redacted; `version` is the library's; `now` is the clock.
    """

    def __init__(
        self,
        url: str,
        find: FindAttempt,
        version: str,
        headers: Mapping[str, str] | None = None,
        *,
        now: Callable[[], datetime],
        timeout: float = TIMEOUT,
    ) -> None:
        self._url, self._find, self._version = url.rstrip("/"), find, version
        self._headers, self._now, self._timeout = dict(headers or {}), now, timeout
        self._takes: set[str] = set()  # paths at which the receiver has taken an item

    def deliver(self, chunks: Sequence[Chunk]) -> Delivery:
        """Send the events; what the receiver refuses for good is counted and named.

        Raises TaskfilesError (io), and Postponed where the receiver says when it can be asked again.
        """
        events: list[Mapping[str, Any]] = [event for chunk in chunks for event in chunk.events]
        tried = attempts_of(events, self._find)
        spanless = find_spanless(tried)
        parts = [self._deliver(self._traces(), [each for each in tried if each not in spanless])]
        if spanless:
            parts.append(Delivery(_spanless_note(spanless)))
        parts.append(self._deliver(self._logs(), events))
        return Delivery(join_notes(part.note for part in parts), sum(part.refused for part in parts))

    def _traces(self) -> _Signal[Tried]:
        return _Signal(
            "/v1/traces",
            lambda tried: trace_payload(tried, self._version),
            lambda each: f"the span of attempt {each.attempt.get('id')} of {each.task_id}",
        )

    def _logs(self) -> _Signal[Mapping[str, Any]]:
        return _Signal(
            "/v1/logs",
            lambda events: log_payload(events, self._version),
            lambda event: f"{event.get('type')} {event.get('id')} of {event.get('subject')}",
        )

    def _deliver(self, signal: _Signal[_Item], items: Sequence[_Item]) -> Delivery:
        """Send items, in halves where a request is refused; what is refused alone is passed over."""
        pending, notes, refused = [items] if items else [], list[str](), 0
        alone: list[_Item] = []
        last = _Answer()
        while pending:
            part = pending.pop()
            answer = self._post(signal.path, signal.build(part))
            if not answer.problem:
                self._takes.add(signal.path)
                notes.append(answer.note)
                refused += answer.refused
            elif answer.status not in _REFUSALS:
                raise self._failure(signal.path, answer)
            elif len(part) > 1:
                middle = len(part) // 2
                pending += [part[middle:], part[:middle]]  # the first half is sent next
            else:
                alone.append(part[0])
                last = answer
                if len(alone) == _SUSPICIOUS:
                    self._check_path(signal, last)
        if alone:
            self._check_path(signal, last)
            more = f" and {len(alone) - _NAMED} more" if len(alone) > _NAMED else ""
            listed = ", ".join(scrub_text(signal.name(item)) for item in alone[:_NAMED])
            notes.append(
                f"{number_of(len(alone), 'item')} refused with {last.status} and passed over: {listed}{more}"
            )
        return Delivery(join_notes(notes), refused + len(alone))

    def _check_path(self, signal: _Signal[_Item], answer: _Answer) -> None:
        """Raise where no item is at fault: the receiver has taken none, and refuses even an empty request.

        A receiver that fails (5xx) may take an empty request all the same, so that only items count there.
        """
        if signal.path in self._takes or answer.status == _TOO_LARGE:
            return
        if answer.status >= _FAILS or self._post(signal.path, signal.build([])).problem:
            raise self._failure(signal.path, answer)

    def _failure(self, path: str, answer: _Answer) -> Exception:
        place = scrub_text(self._url + path)
        until = parse_retry_after(answer.retry_after, self._now())
        if until is not None:
            return Postponed(f"Sending to {place} failed: {answer.problem}", until)
        remedy = "Check the receiver, then push again: what it has not had is kept."
        return TaskfilesError("io", path=place, action="Sending to", problem=answer.problem, remedy=remedy)

    def _post(self, path: str, payload: Mapping[str, Any]) -> _Answer:
        body = json_text(payload).encode()
        headers = {"Content-Type": "application/json", "User-Agent": f"tasks/{self._version}"} | self._headers
        request = Request(self._url + path, data=body, headers=headers, method="POST")  # noqa: S310 (sinks are http or https)
        return _within(self._timeout, lambda: _send(request, self._timeout))


def _spanless_note(spanless: Sequence[Tried]) -> str:
    return f"{number_of(len(spanless), 'attempt')} sent as events alone, for {describe_spanless(spanless)}"


class _NoRedirect(HTTPRedirectHandler):
    """Leaves a redirection alone: what was meant for one receiver goes to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _send(request: Request, timeout: float) -> _Answer:
    try:
        with build_opener(_NoRedirect).open(request, timeout=timeout) as answer:
            return _read(answer.status, answer.read(_MAX_ANSWER))
    except HTTPError as error:
        error.close()
        after = str(error.headers.get("Retry-After") or "")
        return _Answer(error.code, f"it answered {error.code}", retry_after=after)
    except URLError as error:
        return _Answer(problem=_reason(error.reason))
    except (OSError, ValueError, HTTPException) as error:
        return _Answer(problem=_reason(error))


def _reason(error: object) -> str:
    if isinstance(error, OSError) and type(error).__module__ == "builtins" and error.strerror:
        return reason_of(error)
    return explain_remote(error if isinstance(error, BaseException) else OSError(error), "its connection")


def _read(status: int, answer: bytes) -> _Answer:
    """Read from an answer whether a part was refused; OTLP says that it is not to be sent again."""
    try:
        partial = json.loads(answer).get("partialSuccess") or {}
        rejected = int(partial.get("rejectedSpans") or partial.get("rejectedLogRecords") or 0)
        message = str(partial.get("errorMessage") or "")
    except (ValueError, AttributeError, TypeError, RecursionError):
        return _Answer(status)
    if rejected <= 0:
        return _Answer(status)
    note = add_quotation(f"{number_of(rejected, 'item')} refused", "the receiver", message)
    return _Answer(status, note=note, refused=rejected)


def _within(seconds: float, work: Callable[[], _Answer]) -> _Answer:
    """Wait for work at most so long: looking up a name, and an answer that trickles, know no time-out."""
    found: list[_Answer] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0] if found else _Answer(problem=f"it took longer than {seconds:g} s")
