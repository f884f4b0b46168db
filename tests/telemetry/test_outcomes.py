"""One mapping of all vocabularies: the table as the contract has it, and every combination beside it."""

from __future__ import annotations

from itertools import product

import pytest

from support.project import Project
from taskfiles.task.words import ExecutionStatus, Outcome
from taskfiles.telemetry.outcomes import BY_OUTCOME, IMPLIED, TABLE, read_meaning

TYPES = [
    None, "timeout", "gate_failed", "invalid_input", "precondition", "cancelled", "orphaned", "crash",
]  # fmt: skip

# status, outcome, error_type -> completion outcome, workflow status: every line of the contract's table
LINES = [
    ("completed", "success", None, "success", "executed"),
    ("completed", "partial", "gate_failed", "partial", "executed"),
    ("failed", "failed", None, "failure", "failed"),
    ("failed", "failed", "crash", "failure", "failed"),
    ("failed", "failed", "gate_failed", "failure", "failed"),
    ("completed", "failed", "timeout", "timeout", "failed"),
    ("failed", "failed", "timeout", "timeout", "failed"),
    ("abandoned", "failed", "timeout", "timeout", "failed"),
    ("failed", "blocked", "invalid_input", "failure", "failed"),
    ("failed", "blocked", "precondition", "failure", "failed"),
    ("abandoned", "failed", "cancelled", "failure", "failed"),
    ("abandoned", "failed", "orphaned", "failure", "failed"),
]


@pytest.mark.parametrize(("status", "outcome", "error_type", "completion", "workflow"), LINES)
def test_a_line_of_the_table(
    status: str, outcome: str, error_type: str | None, completion: str, workflow: str
) -> None:
    assert read_meaning(status, outcome, error_type) == (outcome, completion, workflow, True)


def test_every_row_is_met_by_a_line() -> None:
    met = {
        next(
            number
            for number, row in enumerate(TABLE)
            if row.outcome == outcome
            and (row.statuses is None or status in row.statuses)
            and (row.error_types is None or error_type in (row.error_types or {None}))
        )
        for status, outcome, error_type, _, _ in LINES
    }
    assert met == set(range(len(TABLE)))


@pytest.mark.parametrize(("status", "outcome", "error_type"), [*product(ExecutionStatus, Outcome, TYPES)])
def test_every_other_combination_maps_by_outcome(status: str, outcome: str, error_type: str | None) -> None:
    meaning = read_meaning(status, outcome, error_type)
    listed = any(
        (status, outcome) == line[:2] and (error_type == line[2] or (status, outcome) == ("failed", "failed"))
        for line in LINES
    )
    by_outcome = {
        "success": ("success", "executed"),
        "partial": ("partial", "executed"),
        "blocked": ("failure", "failed"),
        "failed": ("timeout" if error_type == "timeout" else "failure", "failed"),
    }
    assert meaning == (outcome, *by_outcome[outcome], listed)


@pytest.mark.parametrize(("status", "error_type"), [*product(ExecutionStatus, TYPES)])
def test_without_an_outcome_the_status_decides(status: str, error_type: str | None) -> None:
    implied = "success" if status == "completed" else "failed"
    assert read_meaning(status, None, error_type) == read_meaning(status, implied, error_type)


def test_tables_are_complete() -> None:
    assert set(IMPLIED) == set(ExecutionStatus)
    assert set(BY_OUTCOME) == set(Outcome)


@pytest.mark.parametrize(("status", "outcome"), [("retrying", None), ("completed", "reconciled"), ("", "")])
def test_a_word_of_no_vocabulary_is_refused(status: str, outcome: str | None) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        read_meaning(status, outcome)


def test_validation_warns_of_what_the_table_has_in_no_row(project: Project) -> None:
    """The rule of `validate` and this table tell the same story of status, outcome and a time-out."""
    for status, outcome, error_type in product(ExecutionStatus, Outcome, ["timeout", "crash"]):
        attempt = (
            "execution:\n  attempts:\n    - started_at: 2025-11-02T15:03:00Z\n"
            "      ended_at: 2025-11-02T15:05:00Z\n      duration_seconds: 120\n"
            f"      status: {status}\n      outcome: {outcome}\n      error_type: {error_type}\n"
            "      executor: {tool: t}\n"
        )
        project.task("fix", extra=attempt)
        warned = any(finding.code == "status-outcome" for finding in project.get("fix").findings)
        rows = [
            row
            for row in TABLE
            if row.outcome == outcome
            and (row.statuses is None or status in row.statuses)
            and (row.statuses is not None or error_type in (row.error_types or ()))
        ]
        assert warned == (not rows), (status, outcome, error_type)
