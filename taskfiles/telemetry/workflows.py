"""Plans as events: that one was made, what came of it, and figures over several; pure.

Shapes are those of the multi-workflow telemetry, `multi_workflow.plan_created` and
`multi_workflow.execution_summary`. A workflow is a task of the plan, named by its id.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from taskfiles.backlog.plan import Plan
from taskfiles.backlog.wire import plan_object
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.words import Outcome
from taskfiles.telemetry.actions import EXECUTION_SUMMARY, PLAN_CREATED
from taskfiles.telemetry.outcomes import Workflow
from taskfiles.telemetry.reading import list_at

PREVIEW_GUARD = "preview_only_guard"
EMPTY_PLAN = "empty_plan"

EXECUTED_MESSAGE = "Workflow executed successfully."
PARTIAL_MESSAGE = "Workflow executed with recoverable issues."
FAILED_MESSAGE = "Workflow failed."
SKIPPED_MESSAGE = "Workflow skipped."
PREVIEW_MESSAGE = "Multi-workflow execution skipped due to preview-only mode."


class WorkflowResult(NamedTuple):
    """What became of one workflow; `is_partial` where its attempt was completed with issues."""

    status: Workflow
    created_files: tuple[str, ...] = ()
    message: str | None = None
    error: str | None = None
    is_partial: bool = False


class Deliverable(NamedTuple):
    """A file that a workflow added or changed: repository-relative path, bytes, SHA-256 in hex digits."""

    path: str
    size: int
    sha256: str


class BatchMetrics(NamedTuple):
    """Figures over several plans, each counted once by its `plan_id`, however often it was made or run.

    Plans; plans whose last execution was a partial success; conflict keys, once in each plan, without
    dependencies, which are order and no conflict.
    """

    multi_workflow_count: int
    partial_success_count: int
    conflict_count: int


def make_plan_created(plan: Plan, *, batch_id: str | None = None) -> dict[str, Any]:
    """Build the payload of a plan that was made: what `tasks plan` prints, with the batch's id."""
    return plan_object(plan) | {"batch_id": batch_id}


def make_summary(
    plan: Plan,
    results: Mapping[str, WorkflowResult] = MappingProxyType({}),
    *,
    skip_reason: str | None = None,
    deliverables: Iterable[Deliverable] | None = None,
) -> dict[str, Any]:
    """Build the payload of the outcome of a plan; `results` are by task id.

    A task without a result was not started: it is skipped. Where all are, so is the plan, for `skip_reason`;
    a preview always is, for `preview_only_guard`, and a plan of nothing for `empty_plan`. `outcome` is
    success, partial where the plan allows it and something was done, else failed; a preview and a plan of
    nothing are a success.

    Raises ValueError for results that the plan can't have, and for a skip without its reason.
    """
    return summarize(plan_object(plan), results, skip_reason=skip_reason, deliverables=deliverables)


def summarize(
    made: Mapping[str, Any],
    results: Mapping[str, WorkflowResult],
    *,
    skip_reason: str | None = None,
    deliverables: Iterable[Deliverable] | None = None,
) -> dict[str, Any]:
    """Build the same payload from a plan's object.

    Raises ValueError as `make_summary` does, KeyError and TypeError where the object is no plan's.
    """
    stages = made["stages"]
    tasks = [name for stage in stages for name in stage["workflows"]]
    if unknown := results.keys() - set(tasks):
        raise ValueError(f"the plan has no workflow {min(unknown)}")
    is_executed = any(result.status is not Workflow.SKIPPED for result in results.values())
    is_preview = made["preview_only"]
    if is_executed and is_preview:
        raise ValueError("a plan that is a preview was executed")
    known = PREVIEW_GUARD if is_preview else skip_reason if tasks else EMPTY_PLAN
    if not is_executed and known is None:
        raise ValueError("a plan is skipped without a reason")
    names = ("issue_number", "plan_id", "stage_count", "workflow_count", "stages", "preview_only")
    summary: dict[str, Any] = {name: made[name] for name in names}
    summary |= {name: made[name] for name in ("selection_reason", "selection_message")}
    summary["allow_partial_success"] = made["allow_partial_success"]
    if is_executed:
        summary["overall_timeout_seconds"] = made.get("overall_timeout_seconds")
    if deliverables is not None:
        summary["deliverable_manifest"] = make_manifest(deliverables)
    skipped = PREVIEW_MESSAGE if is_preview else SKIPPED_MESSAGE
    summary["stage_runs"] = [
        {
            "index": index,
            "run_mode": stage["run_mode"],
            "blocking_conflicts": list(stage["blocking_conflicts"]),
            "workflows": [_workflow(name, results.get(name), skipped) for name in stage["workflows"]],
        }
        for index, stage in enumerate(stages)
    ]
    if is_executed:
        errors = list(_errors(tasks, results))
        outcome = _judge(tasks, results, allows_partial=made["allow_partial_success"])
        return summary | {"status": "executed", "errors": errors, "outcome": outcome.value}
    outcome = Outcome.SUCCESS if is_preview or not tasks else Outcome.FAILED
    return summary | {"status": "skipped", "skip_reason": known, "outcome": outcome.value}


def make_manifest(deliverables: Iterable[Deliverable]) -> dict[str, dict[str, Any]]:
    """Map files, in order of their paths, to size and digest; of several entries for one the last counts.

    Raises ValueError for a path that leads out of the repository.
    """
    found = {normalise_path(path): {"size": size, "sha256": digest} for path, size, digest in deliverables}
    return dict(sorted(found.items()))


def normalise_path(path: str) -> str:
    """Write a repository-relative path in its one form. Raises ValueError where it leads out.

    >>> normalise_path("./docs//report.md")
    'docs/report.md'
    """
    plain = posixpath.normpath(path)
    if not path or plain in {".", ".."} or plain.startswith(("/", "../")):
        raise ValueError(f"{path!r} is no path of a file in the repository")
    return plain


def count_batch(events: Iterable[Mapping[str, Any]]) -> BatchMetrics:
    """Count over the events of plans, the oldest first; others are passed over, and so are repeats.

    A summary whose plan event is gone still stands for its plan.
    """
    conflicts: dict[str, set[str]] = {}
    outcomes: dict[str, object] = {}
    for event in events:
        data = event.get("data")
        if event.get("type") not in {PLAN_CREATED, EXECUTION_SUMMARY} or not isinstance(data, dict):
            continue
        if not isinstance(plan_id := data.get("plan_id"), str):
            continue
        stages = list_at(data, "stages") or list_at(data, "stage_runs")
        said = [list_at(stage, "blocking_conflicts") for stage in stages if isinstance(stage, dict)]
        keys = {key for each in said for key in each if isinstance(key, str)}
        conflicts.setdefault(plan_id, set()).update(key for key in keys if not key.startswith("depends_on:"))
        if event["type"] == EXECUTION_SUMMARY and data.get("status") == "executed":
            outcomes[plan_id] = data.get("outcome")
    return BatchMetrics(
        multi_workflow_count=len(conflicts),
        partial_success_count=sum(outcome == Outcome.PARTIAL for outcome in outcomes.values()),
        conflict_count=sum(map(len, conflicts.values())),
    )


def _workflow(name: str, result: WorkflowResult | None, skipped: str) -> dict[str, Any]:
    if result is None:
        return {"workflow_name": name, "status": Workflow.SKIPPED.value, "message": skipped}
    said: dict[str, Any] = {"workflow_name": name, "status": result.status.value}
    if result.status is Workflow.EXECUTED:
        said["created_files"] = sorted({normalise_path(path) for path in result.created_files})
    return said | {"message": result.message or _message(result, skipped)}


def _message(result: WorkflowResult, skipped: str) -> str:
    if result.status is Workflow.EXECUTED:
        return PARTIAL_MESSAGE if result.is_partial else EXECUTED_MESSAGE
    return FAILED_MESSAGE if result.status is Workflow.FAILED else skipped


def _errors(tasks: Iterable[str], results: Mapping[str, WorkflowResult]) -> Iterator[dict[str, str]]:
    for name in tasks:
        result = results.get(name)
        if result is not None and result.status is Workflow.FAILED:
            yield {"workflow_name": name, "error": result.error or result.message or FAILED_MESSAGE}


def _judge(tasks: Sequence[str], results: Mapping[str, WorkflowResult], *, allows_partial: bool) -> Outcome:
    good = sum(each.status is Workflow.EXECUTED for each in results.values())
    if good == len(tasks) and not any(each.is_partial for each in results.values()):
        return Outcome.SUCCESS
    return Outcome.PARTIAL if good and allows_partial else Outcome.FAILED
