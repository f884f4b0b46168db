"""An attempt put together from what an agent printed and what else is known of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from taskfiles.agents.reading import Reading
from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.task.attempts import merge_attempt
from taskfiles.task.words import ExecutionStatus


def complete_attempt(reading: Reading, tool: str | None, given: dict[str, Any]) -> dict[str, Any]:
    """Complete what was read by what is given, which counts where both say something.

    `tool` None leaves the tool to what is given. The status is what the agent said of itself; without a word
    of it there is none. An error of the agent is kept unless the attempt completed, and its own duration
    unless start and end are given.
    """
    read = merge_attempt(reading.attempt, {} if tool is None else {"executor": {"tool": tool}})
    if reading.failed is not None:
        read["status"] = (ExecutionStatus.FAILED if reading.failed else ExecutionStatus.COMPLETED).value
    if given.get("status", read.get("status")) != ExecutionStatus.COMPLETED:
        errors = {"error_type": reading.error_type, "error_reason": reading.reason}
        read |= {key: value for key, value in errors.items() if value is not None}
    if not ("duration_seconds" in given or {"started_at", "ended_at"} <= given.keys()):
        read |= _times(reading.duration_seconds, given.get("started_at"))
    return merge_attempt(read, given)


def _times(seconds: int | None, start: object) -> dict[str, Any]:
    if seconds is None:
        return {}
    times: dict[str, Any] = {"duration_seconds": seconds}
    try:
        if start is not None:
            times["ended_at"] = format_instant(parse_instant(str(start)) + timedelta(seconds=seconds))
    except (ValueError, OverflowError):
        return times  # validation names what is wrong with the start
    return times
