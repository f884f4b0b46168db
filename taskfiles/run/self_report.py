"""What an agent reports of its own attempt: in what it prints, and in its result file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from taskfiles.agents import result_file
from taskfiles.agents.ending import read_output
from taskfiles.agents.lines import limit_lines
from taskfiles.agents.reading import Reading
from taskfiles.agents.registry import Adapter
from taskfiles.task.attempts import merge_attempt

_MAX_RESULT = 1 << 20


class SelfReport(NamedTuple):
    """What was read, and the line of standard error that says best what went wrong; None for none."""

    reading: Reading
    complaint: str | None


def read_self_report(adapter: Adapter | None, log: str, result: str | None = None) -> SelfReport:
    """Read what is kept of both streams under a log's name, and the result file, whose word goes first."""
    read = None if adapter is None else adapter.read
    printed, complaint = read_output(read, _lines(f"{log}.out.log"), _lines(f"{log}.err.log"))
    if result is None or not os.path.lexists(result):
        return SelfReport(printed, complaint)
    reported = result_file.read(_lines(result, _MAX_RESULT))
    problems = tuple(f"The agent's result file: {problem}" for problem in reported.problems)
    attempt = merge_attempt(printed.attempt, reported.attempt)
    word = reported if reported.failed is not None else printed
    return SelfReport(word._replace(attempt=attempt, problems=problems), complaint)


def _lines(path: str, most: int | None = None) -> Iterator[bytes]:
    """Return the lines of a regular file; none where it can't be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
        with open(descriptor, "rb") as file:
            if not os.path.isfile(path):
                return
            yield from limit_lines(file if most is None else BytesIO(file.read(most)))
    except OSError:
        return
