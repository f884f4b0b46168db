"""What came of an attempt: its status, outcome and error, from what was seen of it; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from taskfiles.agents.attempt import refusal_errors
from taskfiles.agents.ending import kind_of, read_code
from taskfiles.agents.kinds import ACCOUNT, OF_ONE_RUN
from taskfiles.agents.reading import AGENT_ERROR
from taskfiles.basics.secret import scrub_text
from taskfiles.run.gates import Verdict, failed_required
from taskfiles.run.process import Ended, How
from taskfiles.task.words import ErrorType, ExecutionStatus, Outcome

# The types of errors of attempts that `run` makes; an agent's own are words of its adapter.
TIMEOUT, GATE_FAILED = ErrorType.TIMEOUT.value, ErrorType.GATE_FAILED.value
CANCELLED, ORPHANED = ErrorType.CANCELLED.value, ErrorType.ORPHANED.value
PRECONDITION, PERMISSION = ErrorType.PRECONDITION.value, ErrorType.PERMISSION.value
OUT_OF_TIME = "the overall time is over"  # the reason of a stop by the bound of a whole plan or loop
GATES_LATE = "its gates took too long"  # that of a stop of gates by the bound of their attempt
_NOT_STARTED = frozenset({126, 127})  # by which shells say that a program can't be run, or is not there
MAX_REASON = 500  # characters


class Word(NamedTuple):
    """What an agent says of its own attempt: whether it has failed (None: nothing), of what, and why.

    `detail` is its own word for the failure, `refused` how many tool calls it was refused, `is_open` that
    its last step was no end. `complaint` is what it printed of an error on standard error.
    """

    failed: bool | None = None
    error_type: str | None = None
    reason: str | None = None
    detail: str | None = None
    refused: int = 0
    is_open: bool = False
    complaint: str | None = None


SILENT = Word()
# What of an attempt is measured or judged, whatever the agent records of itself.
MEASURED = frozenset(
    {"id", "started_at", "ended_at", "duration_seconds", "status", "outcome", "error_type", "error_reason"}
    | {"error_detail", "no_change", "exit_code", "commit", "quality_gates"}
)


def own_word(said: Mapping[str, Any]) -> Word | None:
    """Read what an agent has recorded of its attempt as its word; None where it says nothing of its end."""
    status, outcome = said.get("status"), said.get("outcome")
    if status is None and outcome is None:
        return None
    good = status in {None, ExecutionStatus.COMPLETED} and outcome in {None, Outcome.SUCCESS}
    return Word(not good, said.get("error_type"), said.get("error_reason"), said.get("error_detail"))


class Judgement(NamedTuple):
    """An attempt in the words of the format; `error_type` and `reason` None where nothing was wrong.

    `no_change` says that it ended well and has changed nothing.
    """

    status: ExecutionStatus
    outcome: Outcome
    error_type: str | None = None
    reason: str | None = None
    detail: str | None = None
    no_change: bool = False

    @property
    def can_be_retried(self) -> bool:
        """Whether another attempt may do better: not where somebody stopped it, or it can't begin or work."""
        stopped = self.status is ExecutionStatus.ABANDONED
        refused = self.outcome is Outcome.BLOCKED and self.error_type in {PRECONDITION, PERMISSION}
        return self.outcome is not Outcome.SUCCESS and not stopped and not refused


def judge(
    ended: Ended | None,
    *,
    word: Word = SILENT,
    verdicts: Sequence[Verdict] = (),
    stopped: str | None = None,
    problem: str = "",
    timeout: float | None = None,
    changed: bool | None = None,
) -> Judgement:
    """Judge an attempt; `ended` is None where its agent could not be started, for `problem`.

    `stopped` is the reason for which its gates were cut short, `timeout` the seconds that it had. `changed`
    says whether it has changed any file or made a commit, None where nobody knows. Reasons are scrubbed of
    secrets: they go into the task file.
    """
    if ended is None:
        return _failed(PRECONDITION, problem, Outcome.BLOCKED)
    if ended.how is How.STOPPED or stopped:
        why = _clean(ended.reason or stopped or "stopped")
        if why == OUT_OF_TIME:
            return _failed(TIMEOUT, why)
        if why == GATES_LATE:
            return _failed(TIMEOUT, f"it took longer than {timeout:g} s, its gates included")
        return Judgement(ExecutionStatus.ABANDONED, Outcome.FAILED, CANCELLED, why)
    if ended.how is How.TIMED_OUT:
        return _failed(TIMEOUT, f"it took longer than {timeout:g} s")
    if ended.code or word.failed:
        return _judge_failure(ended.code, word, changed=changed)
    if word.refused and changed is False:
        errors = refusal_errors(word.refused)
        return _failed(PERMISSION, str(errors["error_reason"]), Outcome.BLOCKED)
    if failed := failed_required(verdicts):
        names = ", ".join(verdict.gate.name for verdict in failed)
        why = _clean(f"failed: {names}")
        return Judgement(ExecutionStatus.COMPLETED, Outcome.PARTIAL, GATE_FAILED, why)
    return Judgement(ExecutionStatus.COMPLETED, Outcome.SUCCESS, no_change=changed is False)


def _judge_failure(code: int, word: Word, *, changed: bool | None) -> Judgement:
    """Judge an agent that failed: how it ended is measured; what else went wrong the agent knows better."""
    kind, why = read_code(code)
    if kind != AGENT_ERROR or code < 0:
        return _failed(kind, word.reason or why)
    error_type = word.error_type or kind_of(code, word.complaint)
    is_blocked = changed is False and bool(word.is_open or word.refused)
    found = _failed(
        error_type,
        word.reason or word.complaint or why,
        Outcome.BLOCKED if is_blocked else Outcome.FAILED,
    )
    return found._replace(detail=word.detail)


def _failed(error_type: str, reason: str, outcome: Outcome = Outcome.FAILED) -> Judgement:
    return Judgement(ExecutionStatus.FAILED, outcome, error_type, _clean(reason))


def _clean(text: str) -> str:
    line = " ".join(scrub_text(text).split())
    return (line if len(line) <= MAX_REASON else line[: MAX_REASON - 1] + "…") or "no reason is known"


def concerns_all(judgement: Judgement, exit_code: int | None) -> bool:
    """Return whether an attempt failed for what its task is no reason of: the account, or the program.

    `exit_code` is the agent's, None if it could not be started.
    """
    if judgement.outcome is Outcome.SUCCESS or judgement.detail in OF_ONE_RUN:
        return False
    is_missing = exit_code is None and judgement.error_type == PRECONDITION
    return judgement.error_type in ACCOUNT or is_missing or exit_code in _NOT_STARTED


def make_feedback(judgement: Judgement, verdicts: Sequence[Verdict]) -> str:
    """Return what the next attempt is to know of this one: the reason, and what failed gates printed."""
    parts = [f"It ended {judgement.outcome.value}: {judgement.reason}."]
    for verdict in failed_required(verdicts):
        output = verdict.output.strip() or "(it printed nothing)"
        parts.append(
            f"The gate `{verdict.gate.name}` runs `{verdict.gate.command}`, which failed:\n\n"
            f"{_fenced(output)}"
        )
    return "\n\n".join(parts)


def _fenced(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"
