"""An attempt put together from what an agent printed and what else is known of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from taskfiles.agents.ending import kind_of, read_code
from taskfiles.agents.reading import Reading
from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.errors import number_of
from taskfiles.task.attempts import merge_attempt
from taskfiles.task.words import ErrorType, ExecutionStatus, Outcome


def complete_attempt(
    reading: Reading, tool: str | None, given: dict[str, Any], complaint: str | None = None
) -> dict[str, Any]:
    """Complete what was read by what is given, which counts where both say something.

    `tool` None leaves the tool to what is given. The status is what the agent said of itself, else what a
    given exit code says; without either there is none. Who was refused tools has succeeded only where a
    given status says so, or what is given shows a deed: a file or a commit. `complaint` is a line of standard
    error, the reason where nothing better is said. An error of the agent is kept unless the attempt
    completed, and its own times unless others are given.
    """
    read = merge_attempt(reading.attempt, {} if tool is None else {"executor": {"tool": tool}})
    ending = _read_ending(reading, given, complaint)
    if given.get("status", ending.get("status")) == ExecutionStatus.COMPLETED:
        ending = {key: value for key, value in ending.items() if not key.startswith("error_")}
    if given.get("status", ending.get("status")) != ending.get("status"):
        ending.pop("outcome", None)
    if given.get("error_type", ending.get("error_type")) != ending.get("error_type"):
        ending.pop("error_detail", None)
        if reading.is_open:  # which is not a reason then
            ending.pop("error_reason", None)
    read |= ending
    if not ("duration_seconds" in given or {"started_at", "ended_at"} <= given.keys()):
        read |= _find_times(reading, given)
    return merge_attempt(read, given)


def _read_ending(reading: Reading, given: dict[str, Any], complaint: str | None) -> dict[str, Any]:
    """Read status, outcome and error from what was printed and from the exit code, as far as they say so."""
    code = given.get("exit_code")
    errors = {
        "error_type": reading.error_type,
        "error_detail": reading.detail,
        "error_reason": reading.reason,
    }
    failed, has_changed = reading.failed, has_deed(given)
    outcome = None
    if code and not reading.failed:
        kind, sentence = read_code(code)
        failed, errors = True, {"error_type": kind, "error_reason": sentence}
        if kind == ErrorType.AGENT_ERROR:
            errors = {"error_type": kind_of(code, complaint), "error_reason": complaint or sentence}
    elif code == 0 and failed is None:
        failed = False
    if failed is False and reading.refused_tools and not has_changed:
        failed, errors = True, refusal_errors(reading.refused_tools)
    if failed and not has_changed and (reading.is_open or errors.get("error_type") == ErrorType.PERMISSION):
        outcome = Outcome.BLOCKED.value if reading.refused_tools or reading.is_open else None
    if failed is None:
        return {key: value for key, value in errors.items() if value is not None}
    status = ExecutionStatus.FAILED if failed else ExecutionStatus.COMPLETED
    found = {"status": status.value, "outcome": outcome} | (errors if failed else {})
    return {key: value for key, value in found.items() if value is not None}


def judge_refusals(attempt: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Fail an attempt that was refused tools and has changed nothing; a given status counts.

    It is for what was known only when the attempt had been completed, as from a session's file.
    """
    refused = attempt.get("refused_tools")
    is_good = attempt.get("status") == ExecutionStatus.COMPLETED and "status" not in given
    if not refused or not is_good or has_deed(attempt):
        return attempt
    ending = {"status": ExecutionStatus.FAILED.value, "outcome": Outcome.BLOCKED.value}
    return attempt | ending | refusal_errors(refused)


def refusal_errors(refused: int) -> dict[str, str | None]:
    """Return the error of an attempt that was refused its tools and has changed nothing."""
    reason = f"{number_of(refused, 'tool call')} refused, and nothing was changed"
    return {"error_type": ErrorType.PERMISSION.value, "error_reason": reason}


def has_deed(attempt: dict[str, Any]) -> bool:
    """Whether an attempt names a file that it changed, or another commit than the one before it."""
    commit = attempt.get("commit") or {}
    return bool(attempt.get("created_files")) or (
        commit.get("head") is not None and commit.get("head") != commit.get("base")
    )


def _find_times(reading: Reading, given: dict[str, Any]) -> dict[str, Any]:
    seconds = reading.duration_seconds
    times: dict[str, Any] = {} if seconds is None else {"duration_seconds": seconds}
    try:
        if seconds is not None and given.get("started_at") is not None:
            start = parse_instant(str(given["started_at"]))
            times["ended_at"] = format_instant(start + timedelta(seconds=seconds))
        elif seconds is not None and reading.ended_at is not None:
            times["ended_at"] = reading.ended_at
    except (ValueError, OverflowError):
        return times  # validation names what is wrong with the start
    return times
