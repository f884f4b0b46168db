"""The payloads of events as pydantic models: what each type has beside what every event has.

`taskfiles.telemetry.model` puts them into events; schemas and docs/reference/events.md are generated from
both. Readers take unknown keys.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from taskfiles.basics.instants import parse_instant
from taskfiles.task.model import Opt


def _check_instant(text: str) -> str:
    parse_instant(text)
    return text


Count = Annotated[int, Field(ge=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
PlanId = Annotated[str, Field(pattern=r"^multiwf-[0-9a-f]{32}$")]
Utc = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"),
    AfterValidator(_check_instant),
]
RunMode = Literal["sequential", "parallel"]


class Record(BaseModel):
    """A mapping in an event: keys of later versions are taken, types are as they are written."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)


class TaskCompletion(Record):
    """What came of a task over all its attempts; null is unknown."""

    task_type: str | None = Field(description="The task's `task_type`.")
    complexity: str = Field(description="The task's `complexity`, or the assessed one.")
    complexity_source: Literal["declared", "assessed"] = Field(
        description="Whether the task declares its complexity, or it was assessed by the table below."
    )
    language: str | None = Field(description="The task's `language`.")
    ambiguity: str | None = Field(None, description="The task's `ambiguity`, low where it has none.")
    harness: str = Field(description="The last attempt's tool, with `_` for `-`.")
    model: str | None = Field(description="The last attempt's model.")
    provider: str | None = Field(description="The last attempt's provider.")
    task_duration_ms: Count = Field(
        description="Wall clock from the start of the first attempt to the end of the last."
    )
    estimated_input_tokens: Count | None = Field(description="Sum over the attempts that know it.")
    estimated_output_tokens: Count | None = Field(description="Sum over the attempts that know it.")
    actual_input_tokens: Count | None = Field(
        description="Sum over the attempts that know it; cached tokens are included."
    )
    actual_output_tokens: Count | None = Field(description="Sum over the attempts that know it.")
    estimated_cost_usd_micros: Count | None = Field(
        description="Sum over the attempts that know it, in millionths of a US dollar."
    )
    actual_cost_usd_micros: Count | None = Field(
        description="Sum over the attempts that know it, in millionths of a US dollar."
    )
    attempts: Annotated[int, Field(ge=1)] = Field(description="How many attempts there were.")
    cost_known_attempts: Count = Field(description="How many of them know their actual cost.")
    quality_gate_passed: bool | None = Field(
        description="Whether all gates of the last attempt passed; null where none was run."
    )
    quality_gates_run: list[str] | None = Field(description="The last attempt's gates.")
    quality_gates_failed: list[str] | None = Field(description="Those of them that failed.")
    context_compactions: Count | None = Field(description="Sum over the attempts that know it.")
    context_rotations: Count | None = Field(description="Sum over the attempts that know it.")
    context_utilization_final: Fraction | None = Field(
        description="How full the last attempt's context was at its end, 0 to 1."
    )
    outcome: Literal["success", "failure", "partial", "timeout"] = Field(
        description="What came of the last attempt, by the table below."
    )
    retry_count: Count = Field(description="Attempts after the first.")
    repo_size_category: Literal["tiny", "small", "medium", "large", "huge"] | None = Field(
        description="The size of the repository by tracked files, by the table below."
    )


class Stage(Record):
    """Workflows that may run side by side."""

    index: Count = Field(description="The stage's place, from 0.")
    run_mode: RunMode = Field(description="How its workflows are run.")
    workflows: list[str] = Field(description="Sorted ids of tasks.")
    blocking_conflicts: list[str] = Field(
        description="Sorted conflict keys between its tasks and those of later stages."
    )


class PlanCreated(Record):
    """A plan that was made."""

    plan_id: PlanId = Field(description="Derived from the plan: the same plan has the same id.")
    issue_number: int | None = Field(None, description="The one GitHub issue that its tasks link to.")
    batch_id: str | None = Field(None, description="The batch that the plan is part of.")
    stage_count: Count = Field(description="How many stages it has.")
    workflow_count: Count = Field(description="How many workflows are in them.")
    allow_partial_success: bool = Field(description="Whether it goes on when a workflow has failed.")
    preview_only: bool = Field(description="Whether it is not to be run.")
    selection_reason: Opt[str] = Field(
        None, description="`explicit_ids`, `filter_match`, `multi_label_match` or `ready_queue`."
    )
    selection_message: Opt[str] = Field(None, description="The same for people.")
    overall_timeout_seconds: int | None = Field(None, description="The time that the whole may take.")
    stages: list[Stage] = Field(description="Its stages in order.")


class WorkflowRun(Record):
    """What became of one workflow."""

    workflow_name: str = Field(description="The task's id.")
    status: Literal["executed", "skipped", "failed"] = Field(description="What became of it.")
    created_files: Opt[list[str]] = Field(
        None, description="Sorted repository-relative files that it added or changed, where it was executed."
    )
    message: Opt[str] = Field(None, description="The same for people.")


class StageRun(Record):
    """What became of one stage."""

    index: Count = Field(description="The stage's place, from 0.")
    run_mode: RunMode = Field(description="How its workflows were run.")
    blocking_conflicts: list[str] = Field(description="As in the plan.")
    workflows: list[WorkflowRun] = Field(description="Its workflows, sorted by name.")


class WorkflowError(Record):
    """Why a workflow failed."""

    workflow_name: str = Field(description="The task's id.")
    error: str = Field(description="Why it failed.")


class File(Record):
    """A file that a workflow added or changed."""

    size: Count = Field(description="Its bytes.")
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(description="Their digest.")


class ExecutionSummary(Record):
    """What came of a plan: it was executed, or it was skipped."""

    issue_number: int | None = Field(description="The one GitHub issue that the plan's tasks link to.")
    plan_id: PlanId = Field(description="The plan's; `run_id` distinguishes several summaries of one.")
    stage_count: Count = Field(description="As in the plan.")
    workflow_count: Count = Field(description="As in the plan.")
    stages: Opt[list[Stage]] = Field(None, description="As in the plan; always written.")
    preview_only: bool = Field(description="Whether the plan was not to be run.")
    selection_reason: Opt[str] = Field(None, description="As in the plan.")
    selection_message: Opt[str] = Field(None, description="As in the plan.")
    allow_partial_success: bool = Field(description="As in the plan.")
    overall_timeout_seconds: int | None = Field(None, description="As in the plan.")
    deliverable_manifest: Opt[dict[str, File]] = Field(
        None, description="Files that its workflows added or changed, by path, in order."
    )
    stage_runs: list[StageRun] = Field(description="What became of each stage, in order.")
    status: Literal["executed", "skipped"] = Field(description="Whether any workflow was begun.")
    skip_reason: Opt[str] = Field(
        None, description="Why it was skipped: `preview_only_guard`, `empty_plan` or another word."
    )
    errors: Opt[list[WorkflowError]] = Field(None, description="The workflows that failed, and why.")
    outcome: Opt[Literal["success", "partial", "failed"]] = Field(
        None, description="What came of the whole; always written."
    )


class Attempts(Record):
    """Attempts that were recorded, amended or reviewed."""

    attempt_ids: Opt[list[str]] = Field(None, description="Their ids.")


class Decision(Record):
    """A decision by a rule; its reason and the task stand beside it."""

    rule: str = Field(description="The rule that decided.")
    decision: str = Field(description="What it decided.")


class SinkWrite(Record):
    """Records that were handed to a sink."""

    sink: str = Field(description="The sink, without credentials.")
    records: Count = Field(description="How many records it took.")


class SinkFailure(Record):
    """A sink that could not be written."""

    sink: str = Field(description="The sink, without credentials.")
    dropped: Count = Field(description="How many records this process could not write.")
