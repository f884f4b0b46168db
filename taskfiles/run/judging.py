"""What came of an attempt: its status, outcome and error, from what was seen of it; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from taskfiles.agents.kinds import ACCOUNT
from taskfiles.agents.reading import AGENT_ERROR
from taskfiles.basics.secret import scrub_text
from taskfiles.run.gates import Verdict, failed_required
from taskfiles.run.process import Ended, How
from taskfiles.task.words import ExecutionStatus, Outcome

# The types of errors of attempts that `run` makes; an agent's own are words of its adapter.
TIMEOUT, GATE_FAILED, CANCELLED, ORPHANED = "timeout", "gate_failed", "cancelled", "orphaned"
PRECONDITION = "precondition"
OUT_OF_TIME = "the overall time is over"  # the reason of a stop by the bound of a whole plan or loop
GATES_LATE = "its gates took too long"  # that of a stop of gates by the bound of their attempt
_ENDING = frozenset({1, 2, 9, 15})  # signals by which somebody ends a program: HUP, INT, KILL, TERM
_TIMED_OUT = 124
_NOT_STARTED = frozenset({126, 127})  # by which shells say that a program can't be run, or is not there
MAX_REASON = 500  # characters


class Word(NamedTuple):
    """What an agent says of its own attempt: whether it has failed (None: nothing), of what, and why."""

    failed: bool | None = None
    error_type: str | None = None
    reason: str | None = None


SILENT = Word()
# What of an attempt is measured or judged, whatever the agent records of itself.
MEASURED = frozenset(
    {"id", "started_at", "ended_at", "duration_seconds", "status", "outcome", "error_type", "error_reason"}
    | {"exit_code", "commit", "quality_gates"}
)


def own_word(said: Mapping[str, Any]) -> Word | None:
    """Read what an agent has recorded of its attempt as its word; None where it says nothing of its end."""
    status, outcome = said.get("status"), said.get("outcome")
    if status is None and outcome is None:
        return None
    good = status in {None, ExecutionStatus.COMPLETED} and outcome in {None, Outcome.SUCCESS}
    return Word(not good, said.get("error_type"), said.get("error_reason"))


class Judgement(NamedTuple):
    """An attempt in the words of the format; `error_type` and `reason` None where nothing was wrong."""

    status: ExecutionStatus
    outcome: Outcome
    error_type: str | None = None
    reason: str | None = None

    @property
    def can_be_retried(self) -> bool:
        """Whether another attempt may do better: not where somebody stopped it, or it can't begin."""
        stopped = self.status is ExecutionStatus.ABANDONED
        return self.outcome is not Outcome.SUCCESS and not stopped and self.error_type != PRECONDITION


def judge(
    ended: Ended | None,
    *,
    word: Word = SILENT,
    verdicts: Sequence[Verdict] = (),
    stopped: str | None = None,
    problem: str = "",
    timeout: float | None = None,
) -> Judgement:
    """Judge an attempt; `ended` is None where its agent could not be started, for `problem`.

    `stopped` is the reason for which its gates were cut short, `timeout` the seconds that it had. Reasons are
    scrubbed of secrets: they go into the task file.
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
        kind, why = _read_code(ended.code)
        # How it ended is measured; what else went wrong the agent knows better.
        is_general = kind == AGENT_ERROR and ended.code >= 0
        return _failed((word.error_type if is_general else None) or kind, word.reason or why)
    if failed := failed_required(verdicts):
        names = ", ".join(verdict.gate.name for verdict in failed)
        why = _clean(f"failed: {names}")
        return Judgement(ExecutionStatus.COMPLETED, Outcome.PARTIAL, GATE_FAILED, why)
    return Judgement(ExecutionStatus.COMPLETED, Outcome.SUCCESS)


def _read_code(code: int) -> tuple[str, str]:
    """Return what an exit code says by itself: a type of error and a sentence.

    A signal's number is negative; shells, which run many agents, add 128 to it. `timeout` exits with 124.
    """
    signal = -code if code < 0 else code - 128
    if signal in _ENDING:
        return CANCELLED, f"signal {signal} ended it"
    if code == _TIMED_OUT:
        return TIMEOUT, f"it ended with exit code {code}, as `timeout` does"
    if code < 0:
        return AGENT_ERROR, f"signal {signal} ended it"
    return AGENT_ERROR, f"it ended with exit code {code}" if code else "it says so itself"


def _failed(error_type: str, reason: str, outcome: Outcome = Outcome.FAILED) -> Judgement:
    return Judgement(ExecutionStatus.FAILED, outcome, error_type, _clean(reason))


def _clean(text: str) -> str:
    line = " ".join(scrub_text(text).split())
    return (line if len(line) <= MAX_REASON else line[: MAX_REASON - 1] + "…") or "no reason is known"


def concerns_all(judgement: Judgement, exit_code: int | None) -> bool:
    """Return whether an attempt failed for what its task is no reason of: the account, or the program.

    `exit_code` is the agent's, None if it could not be started.
    """
    if judgement.outcome is Outcome.SUCCESS:
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
