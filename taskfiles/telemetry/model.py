"""Events as pydantic models: the envelope, what every event has, and each type with its payload.

The envelope is CloudEvents 1.0 in JSON. Schemas, docs/reference/events.md and the lock of version 1 are
generated from here.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from taskfiles.task.model import Opt
from taskfiles.telemetry.payloads import (
    Attempts,
    Decision,
    ExecutionSummary,
    PlanCreated,
    Record,
    SinkFailure,
    SinkWrite,
    TaskCompletion,
    Utc,
    Uuid,
)


class Step(Record):
    """One change of one file."""

    path: str = Field(description="The file, relative to the project's root.")
    field: str = Field(description="The key or section that changed.")
    from_: Any = Field(alias="from", description="Its value before; null where there was none.")
    to: Any = Field(description="Its value after; null where there is none.")


class Data(Record):
    """What every event has."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"outcome": {"const": "success"}}},
            "else": {"properties": {"reason": {"type": "string"}}},
        }
    )

    run_id: Uuid = Field(description="The execution that the event is of; the envelope's `correlationid`.")
    repo: str = Field(description="The repository.")
    issue_number: int | None = Field(description="The one GitHub issue that the task or tasks link to.")
    event_type: str = Field(description="The envelope's `type`.")
    applied_rules: list[str] = Field(description="The rules that did something beside the request.")
    changes_made: list[Step] = Field(description="What changed in task files.")
    timestamp: Utc = Field(description="The envelope's `time`.")
    action: str = Field(description="What was done or attempted, such as `task.update`.")
    outcome: Literal["success", "partial", "blocked", "failed"] = Field(
        description="What came of the action."
    )
    reason: str | None = Field(description="Why; never null where the outcome is not `success`.")
    actor: str = Field(description="Who did it.")
    truncated: Opt[dict[str, int]] = Field(
        None, description="Where the record was cut: each field with its original count."
    )

    @model_validator(mode="after")
    def _check_reason(self) -> Self:
        if self.outcome != "success" and self.reason is None:
            raise PydanticCustomError("missing-reason", "an outcome other than success has a reason")
        return self


class Event(Record):
    """One record of the log."""

    specversion: Literal["1.0"] = Field(description="The version of CloudEvents.")
    id: Uuid = Field(description="The event's own id; a reader drops repeats.")
    source: str = Field(pattern="^urn:taskfiles:", description="The repository as a URN.")
    type: str = Field(description="The type of the event.")
    subject: Opt[str] = Field(None, description="The task's id, where the event is about one.")
    time: Utc = Field(description="When it was logged, in UTC.")
    datacontenttype: Literal["application/json"] = Field(description="The format of `data`.")
    dataschema: str = Field(description="The schema of the whole event: `tasks schema event.TYPE` prints it.")
    correlationid: Uuid = Field(description="One for each execution, handed on to child processes.")
    causationid: Opt[Uuid] = Field(None, description="The event of the parent process that led to this one.")
    sequence: str = Field(
        pattern=r"^\d{19}\.\d{6}$",
        description="Orders as text: when the process began, in nanoseconds, and its events counted.",
    )
    data: Data = Field(description="What the event says.")


class TaskChangedData(Data):
    """A task was created, changed, moved or removed; `changes_made` has the changes."""

    event_type: Literal["task.changed"]


class AttemptRecordedData(Attempts, Data):
    """Attempts were recorded or amended."""

    event_type: Literal["attempt.recorded"]


class AttemptReviewedData(Attempts, Data):
    """Attempts were reviewed."""

    event_type: Literal["attempt.reviewed"]


class TaskCompletionData(Data):
    """A task ended; `outcome` is that of the action, `completion.outcome` that of the task."""

    event_type: Literal["task.completion"]
    completion: TaskCompletion = Field(description="What came of the task; a payload schema of its own.")


class PlanCreatedData(Data, PlanCreated):
    """A plan was made."""

    event_type: Literal["multi_workflow.plan_created"]


class ExecutionSummaryData(Data, ExecutionSummary):
    """A plan was executed or skipped; its outcome is the action's."""

    event_type: Literal["multi_workflow.execution_summary"]
    outcome: Literal["success", "partial", "failed"] = Field(description="What came of the whole.")


class DecisionData(Decision, Data):
    """A rule decided something: a validation, a routing, a refusal."""

    event_type: Literal["decision.recorded"]


class SinkWriteData(SinkWrite, Data):
    """Records were handed to a sink."""

    event_type: Literal["telemetry.write"]


class SinkFailureData(SinkFailure, Data):
    """A sink could not be written."""

    event_type: Literal["telemetry.write.failed"]


class TaskChangedEvent(Event):
    """A task was changed."""

    type: Literal["task.changed"]
    dataschema: Literal["urn:taskfiles:schema:v1:event.task.changed"]
    data: TaskChangedData


class AttemptRecordedEvent(Event):
    """Attempts were recorded."""

    type: Literal["attempt.recorded"]
    dataschema: Literal["urn:taskfiles:schema:v1:event.attempt.recorded"]
    data: AttemptRecordedData


class AttemptReviewedEvent(Event):
    """Attempts were reviewed."""

    type: Literal["attempt.reviewed"]
    dataschema: Literal["urn:taskfiles:schema:v1:event.attempt.reviewed"]
    data: AttemptReviewedData


class TaskCompletionEvent(Event):
    """A task with attempts ended."""

    type: Literal["task.completion"]
    dataschema: Literal["urn:taskfiles:schema:v1:event.task.completion"]
    data: TaskCompletionData


class PlanCreatedEvent(Event):
    """A plan was made."""

    type: Literal["multi_workflow.plan_created"]
    dataschema: Literal["urn:taskfiles:schema:v1:event.multi_workflow.plan_created"]
    data: PlanCreatedData


class ExecutionSummaryEvent(Event):
    """A plan was executed or skipped."""

    type: Literal["multi_workflow.execution_summary"]
    dataschema: Literal["urn:taskfiles:schema:v1:event.multi_workflow.execution_summary"]
    data: ExecutionSummaryData


class DecisionEvent(Event):
    """A rule decided something."""

    type: Literal["decision.recorded"]
    dataschema: Literal["urn:taskfiles:schema:v1:event.decision.recorded"]
    data: DecisionData


class SinkWriteEvent(Event):
    """Records were handed to a sink."""

    type: Literal["telemetry.write"]
    dataschema: Literal["urn:taskfiles:schema:v1:event.telemetry.write"]
    data: SinkWriteData


class SinkFailureEvent(Event):
    """A sink could not be written."""

    type: Literal["telemetry.write.failed"]
    dataschema: Literal["urn:taskfiles:schema:v1:event.telemetry.write.failed"]
    data: SinkFailureData


class Kind(NamedTuple):
    """A type of event: its models, and what its readers need to know; `payload` None where it has none."""

    event: type[Event]
    payload: type[Record] | None
    when: str
    scope: str
    aggregation: str
    retention: str


_MUTATION = ("task", "counts", "medium")
_SINK = ("writer", "counts", "medium")

EVENTS: dict[str, Kind] = {
    "task.changed": Kind(
        TaskChangedEvent, None, "a command changed a task, or was refused or failed at it", *_MUTATION
    ),
    "attempt.recorded": Kind(
        AttemptRecordedEvent, Attempts, "attempts were recorded or amended, or that was refused", *_MUTATION
    ),
    "attempt.reviewed": Kind(
        AttemptReviewedEvent, Attempts, "an attempt was reviewed, or that was refused", *_MUTATION
    ),
    "task.completion": Kind(
        TaskCompletionEvent,
        TaskCompletion,
        "a task with attempts ends, once for the task and its last attempt",
        "task",
        "rates",
        "long",
    ),
    "multi_workflow.plan_created": Kind(
        PlanCreatedEvent,
        PlanCreated,
        "a plan was made",
        "plan",
        "counted by `selection_reason`",
        "as its summary",
    ),
    "multi_workflow.execution_summary": Kind(
        ExecutionSummaryEvent,
        ExecutionSummary,
        "a plan was executed or skipped, once for each run",
        "plan run",
        "batch metrics, joined by `plan_id`",
        "as its plan",
    ),
    "decision.recorded": Kind(
        DecisionEvent,
        Decision,
        "a rule decided, as in a validation, a routing or a refusal",
        "any",
        "counts by rule",
        "medium",
    ),
    "telemetry.write": Kind(SinkWriteEvent, SinkWrite, "records were handed to a sink", *_SINK),
    "telemetry.write.failed": Kind(SinkFailureEvent, SinkFailure, "a sink could not be written", *_SINK),
}
