"""The one mapping of all vocabularies: what an attempt is in completion events and in plans; pure.

An attempt has a status (how its session ended) and an outcome (what came of it). A completion event knows
success, failure, partial and timeout; a workflow of a plan is executed, skipped or failed.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.words import ExecutionStatus, Outcome


class Completion(StrEnum):
    """How a completion event says that a task ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    PARTIAL = "partial"
    TIMEOUT = "timeout"


class Workflow(StrEnum):
    """How an execution summary says what became of one workflow of a plan."""

    EXECUTED = "executed"
    SKIPPED = "skipped"
    FAILED = "failed"


class Row(NamedTuple):
    """One line of the table: the attempts that it is about, and what they are elsewhere.

    `statuses` None stands for any; `error_types` None for any or none, and an empty set for none.
    """

    statuses: frozenset[ExecutionStatus] | None
    outcome: Outcome
    error_types: frozenset[str] | None
    completion: Completion
    workflow: Workflow


class Meaning(NamedTuple):
    """What an attempt is: its own outcome, those of the two events, and whether the table has it so."""

    outcome: Outcome
    completion: Completion
    workflow: Workflow
    is_listed: bool


TIMEOUT = "timeout"

# The first line that fits counts, so that a time-out comes before any other failure.
TABLE: tuple[Row, ...] = (
    Row(
        frozenset({ExecutionStatus.COMPLETED}),
        Outcome.SUCCESS,
        frozenset(),
        Completion.SUCCESS,
        Workflow.EXECUTED,
    ),
    Row(
        frozenset({ExecutionStatus.COMPLETED}),
        Outcome.PARTIAL,
        frozenset({"gate_failed"}),
        Completion.PARTIAL,
        Workflow.EXECUTED,
    ),
    Row(None, Outcome.FAILED, frozenset({TIMEOUT}), Completion.TIMEOUT, Workflow.FAILED),
    Row(
        frozenset({ExecutionStatus.FAILED}),
        Outcome.FAILED,
        None,
        Completion.FAILURE,
        Workflow.FAILED,
    ),
    Row(
        frozenset({ExecutionStatus.FAILED}),
        Outcome.BLOCKED,
        frozenset({"invalid_input", "precondition"}),
        Completion.FAILURE,
        Workflow.FAILED,
    ),
    Row(
        frozenset({ExecutionStatus.ABANDONED}),
        Outcome.FAILED,
        frozenset({"cancelled", "orphaned"}),
        Completion.FAILURE,
        Workflow.FAILED,
    ),
)
IMPLIED: dict[ExecutionStatus, Outcome] = {
    ExecutionStatus.COMPLETED: Outcome.SUCCESS,
    ExecutionStatus.FAILED: Outcome.FAILED,
    ExecutionStatus.ABANDONED: Outcome.FAILED,
}
# Every other combination, by its outcome alone; a failure by time-out is on the table whatever its status.
BY_OUTCOME: dict[Outcome, tuple[Completion, Workflow]] = {
    Outcome.SUCCESS: (Completion.SUCCESS, Workflow.EXECUTED),
    Outcome.PARTIAL: (Completion.PARTIAL, Workflow.EXECUTED),
    Outcome.BLOCKED: (Completion.FAILURE, Workflow.FAILED),
    Outcome.FAILED: (Completion.FAILURE, Workflow.FAILED),
}


@lru_cache(maxsize=1024)  # called for every attempt
def read_meaning(status: str, outcome: str | None = None, error_type: str | None = None) -> Meaning:
    """Return what an attempt is in the other vocabularies; each combination of known words has an answer.

    A given outcome decides over the status; without one, completed means success, failed and abandoned mean
    failed. No attempt at all is no completion event, and a skipped workflow.

    Raises ValueError for a status or an outcome that is none.

    >>> read_meaning("failed", None, "timeout")[1:3]
    (<Completion.TIMEOUT: 'timeout'>, <Workflow.FAILED: 'failed'>)
    """
    known = ExecutionStatus(status)
    meant = IMPLIED[known] if outcome is None else Outcome(outcome)
    for row in TABLE:
        if _fits(row, known, meant, error_type):
            return Meaning(meant, row.completion, row.workflow, is_listed=True)
    return Meaning(meant, *BY_OUTCOME[meant], is_listed=False)


def _fits(row: Row, status: ExecutionStatus, outcome: Outcome, error_type: str | None) -> bool:
    if row.outcome != outcome or (row.statuses is not None and status not in row.statuses):
        return False
    if row.error_types is None:
        return True
    return error_type in row.error_types if row.error_types else error_type is None
