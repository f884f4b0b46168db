"""Documents made of tasks for one kind of receiver, a line each: traces and completion events; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from taskfiles.basics.jsontext import json_text
from taskfiles.dataset.words import DatasetFormat
from taskfiles.task.attempts import attempt_list
from taskfiles.task.task import Task
from taskfiles.telemetry.completion import find_completion
from taskfiles.telemetry.redact import redact_event
from taskfiles.telemetry.spans import Tried, find_spanless, trace_payload


class Documents(NamedTuple):
    """The documents, and the attempts that can't be spans: see `telemetry.spans.find_spanless`."""

    lines: list[bytes]
    spanless: list[Tried]


def make_documents(
    tasks: Sequence[Task], format_: DatasetFormat, repo: str, version: str, *, tracked: int | None
) -> Documents:
    """Make the documents of valid tasks; `version` is the library's, `tracked` counts the tracked files."""
    if format_ is DatasetFormat.COMPLETION:
        return Documents([_line(event) for event in _completions(tasks, tracked)], [])
    spanless = [each for task in tasks for each in find_spanless(_tried(task, repo))]
    return Documents([_line(trace) for trace in _traces(tasks, repo, version)], spanless)


def _line(document: dict[str, Any]) -> bytes:
    return json_text(document).encode() + b"\n"


def _traces(tasks: Sequence[Task], repo: str, version: str) -> Iterator[dict[str, Any]]:
    for task in tasks:
        trace = trace_payload(_tried(task, repo), version)
        if trace["resourceSpans"]:
            yield trace


def _tried(task: Task, repo: str) -> list[Tried]:
    # Of an attempt a span has no path and no person, so that no key is needed to hash them.
    attempts: list[Any] = attempt_list(task.values)
    return [Tried(repo, task.id, redact_event(attempt, b"")) for attempt in attempts]


def _completions(tasks: Sequence[Task], tracked: int | None) -> Iterator[dict[str, Any]]:
    for task in tasks:
        found = find_completion(task, tracked)
        if found is not None:
            event_id, payload = found
            yield {"id": event_id, "subject": task.id, **payload}
