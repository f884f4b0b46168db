"""The frontmatter as pydantic models, which define its keys, their order and types.

Shapes and rules are those of docs/reference/format.md; the attempt is that of the execution telemetry
for which these files were designed. Every model keeps unknown keys. `keytable`, which checks files, is
generated from here, and so are the published schemas, which contain the models' docstrings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from taskfiles.task import values
from taskfiles.task.words import (
    LINK_TARGETS,
    Ambiguity,
    CostSource,
    ExecutionStatus,
    ExecutorLevel,
    Isolation,
    Kind,
    LinkType,
    Outcome,
    Priority,
    Relation,
    Size,
    State,
)

T = TypeVar("T")


def checked(check: Callable[[object], T]) -> BeforeValidator:
    """Return a validator that runs one of the checks of `values`; its finding code is the error's type."""

    def validate(value: object) -> T:
        try:
            return check(value)
        except values.BadValue as bad:
            raise PydanticCustomError(bad.code, bad.code, bad.params) from None

    validate.check = check  # type: ignore[attr-defined]  # the key table is generated from it
    return BeforeValidator(validate)


def _word(kind: type[Any]) -> BeforeValidator:
    def check(value: object) -> Any:
        return value if isinstance(value, kind) else values.check_word(kind, value)

    check.kind = kind  # type: ignore[attr-defined]  # as above
    return checked(check)


Text = Annotated[str, checked(values.check_text)]
Filled = Annotated[str, Field(min_length=1), checked(values.check_filled)]
TaskId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$"), checked(values.check_id)]
Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"}), checked(values.check_uuid)]
Url = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$"), checked(values.check_url)]
InnerPath = Annotated[str, Field(min_length=1), checked(values.check_inner_path)]
Integer = Annotated[int, Field(ge=0, le=values.MAX_INTEGER), checked(values.check_integer)]
Number = Annotated[float, checked(values.check_number)]
Fraction = Annotated[float, Field(ge=0, le=1), checked(values.check_fraction)]
Boolean = Annotated[bool, checked(values.check_boolean)]
Instant = Annotated[datetime, checked(values.check_instant)]
Moment = Annotated[datetime | date, checked(values.check_moment)]
FilledList = Annotated[list[Filled], checked(values.check_list)]


def _refuse_null(value: object) -> object:
    if value is None:
        raise PydanticCustomError("null-value", "null-value")
    return value


def _hide_null(schema: dict[str, Any]) -> None:
    """Remove null from a key's published schema: absent means unknown, null is an error."""
    arms = [arm for arm in schema.pop("anyOf", []) if arm != {"type": "null"}]
    schema.pop("default", None)
    if len(arms) == 1:
        schema.update(arms[0])


# None stands for an absent key only.
Opt = Annotated[T | None, BeforeValidator(_refuse_null), Field(json_schema_extra=_hide_null)]


class Part(BaseModel):
    """A mapping in the frontmatter: unknown keys are kept, types are taken as they are written."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _check_mapping(cls, value: object) -> object:
        if isinstance(value, (cls, dict)):
            return value
        bad = values.not_a_mapping(value)
        raise PydanticCustomError(bad.code, bad.code, bad.params)


class Link(Part):
    """A link: to a GitHub issue by number, a Linear issue by key, a URL, a file, or another task by id."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"properties": {"type": {"const": name}}, "required": ["type", key]}
                for name, key in LINK_TARGETS.items()
            ]
        }
    )

    type: Annotated[LinkType, _word(LinkType)]
    repo: Filled | None = None
    number: Integer | None = None
    key: Filled | None = None
    url: Url | None = None
    title: Filled | None = None
    path: InnerPath | None = None
    id: TaskId | None = None
    relation: Annotated[Relation, _word(Relation)] | None = None

    @model_validator(mode="after")
    def _check_target(self) -> Self:
        wanted = LINK_TARGETS[self.type]
        if getattr(self, wanted) is None:
            raise PydanticCustomError("missing-key", "missing-key", {"key": wanted})
        return self


class ExecutionPlanner(Part):
    """Who planned, where planning and execution are done by different models."""

    tool: Filled
    model: Opt[Filled] = None


class ExecutionExecutor(Part):
    """Who executed the attempt."""

    tool: Filled
    model: Opt[Filled] = None
    provider: Opt[Filled] = None
    version: Opt[Filled] = None
    planner: Opt[ExecutionPlanner] = None


class ExecutionReviewer(Part):
    """Who reviewed the attempt, and the verdict."""

    name: Filled
    approved: Boolean
    reviewed_at: Instant
    notes: Opt[Filled] = None


class Commit(Part):
    """The commits before and after the attempt."""

    base: Opt[Filled] = None
    head: Opt[Filled] = None


class Usage(Part):
    """Tokens used; input includes cached ones, of which `cache_*` are subsets, output includes reasoning."""

    input_tokens: Opt[Integer] = None
    output_tokens: Opt[Integer] = None
    reasoning_tokens: Opt[Integer] = None
    cache_read_tokens: Opt[Integer] = None
    cache_write_tokens: Opt[Integer] = None
    cache_write_1h_tokens: Opt[Integer] = None
    estimated_input_tokens: Opt[Integer] = None
    estimated_output_tokens: Opt[Integer] = None


class Cost(Part):
    """Cost in millionths of a US dollar; `price_since` is the first day of the price of a computed one."""

    actual_usd_micros: Opt[Integer] = None
    estimated_usd_micros: Opt[Integer] = None
    source: Opt[Annotated[CostSource, _word(CostSource)]] = None
    price_since: Opt[Filled] = None


class SessionTotals(Part):
    """Running totals of a tool's session, as printed at the end of an attempt; of other attempts, too.

    `own_printed` says that the attempt's own figures stood beside them, so that none are computed from them.
    """

    usage: Opt[Usage] = None
    cost: Opt[Cost] = None
    own_printed: Opt[Boolean] = None


class Durations(Part):
    """Milliseconds by gate name."""

    __pydantic_extra__: dict[str, Integer]


class QualityGates(Part):
    """The gates that were run, those that failed, and how long they took."""

    run: Opt[FilledList] = None
    failed: Opt[FilledList] = None
    durations_ms: Opt[Durations] = None


class ContextFigures(Part):
    """What became of the executor's context window."""

    compactions: Opt[Integer] = None
    rotations: Opt[Integer] = None
    utilization_final: Opt[Fraction] = None


class ExecutionAttempt(Part):
    """One complete session of an executor at a task; absent means unknown, never 0."""

    id: Opt[Uuid] = None
    started_at: Instant
    ended_at: Instant
    duration_seconds: Integer
    status: Annotated[ExecutionStatus, _word(ExecutionStatus)]
    outcome: Opt[Annotated[Outcome, _word(Outcome)]] = None
    error_type: Opt[Filled] = None
    error_detail: Opt[Filled] = None
    error_reason: Opt[Filled] = None
    executor: ExecutionExecutor
    session_id: Opt[Filled] = None
    exit_code: Opt[Integer] = None
    turns: Opt[Integer] = None
    model_requests: Opt[Integer] = None
    refused_tools: Opt[Integer] = None
    no_change: Opt[Boolean] = None
    commit: Opt[Commit] = None
    usage: Opt[Usage] = None
    cost: Opt[Cost] = None
    session_totals: Opt[SessionTotals] = None
    quality_gates: Opt[QualityGates] = None
    context: Opt[ContextFigures] = None
    created_files: Opt[FilledList] = None
    reviewer: Opt[ExecutionReviewer] = None
    notes: Opt[Filled] = None

    @field_validator("ended_at", mode="after")
    @classmethod
    def _check_order(cls, ended_at: datetime, info: ValidationInfo) -> datetime:
        started_at = info.data.get("started_at")
        if started_at is not None and started_at > ended_at:
            raise PydanticCustomError("ended-before-started", "ended-before-started")
        return ended_at


def _check_attempts(value: object) -> list[Any]:
    attempts = values.check_list(value)
    if not attempts:
        raise values.BadValue("no-attempts")
    return attempts


class TaskExecution(Part):
    """All attempts at a task, at least one."""

    attempts: Annotated[list[ExecutionAttempt], checked(_check_attempts), Field(min_length=1)]


class TaskMeta(Part):
    """A task's frontmatter; the order of the fields is the canonical order of the keys."""

    model_config = ConfigDict(title="Task frontmatter")

    id: TaskId
    title: Filled
    kind: Annotated[Kind, _word(Kind)] = Kind.TASK
    parent: TaskId | None = None
    children: FilledList = []
    state: Annotated[State, _word(State)]
    blocked: Text | None = None
    close_reason: Text | None = None
    commit_message: Text | None = None
    priority: Annotated[Priority, _word(Priority)] = Priority.NORMAL
    rank: Number | None = None
    size: Annotated[Size, _word(Size)] = Size.MEDIUM
    estimate_minutes: Integer | None = None
    ambiguity: Annotated[Ambiguity, _word(Ambiguity)] = Ambiguity.LOW
    executor: Annotated[ExecutorLevel, _word(ExecutorLevel)] = ExecutorLevel.STANDARD
    isolation: Annotated[Isolation, _word(Isolation)] = Isolation.MODULE
    touches: FilledList = []
    deliverables: FilledList = []
    depends_on: FilledList = []
    blocks: FilledList = []
    assignees: FilledList = []
    labels: FilledList = []
    track: Text | None = None
    milestone: Text | None = None
    due: Moment | None = None
    not_before: Moment | None = None
    task_type: Text | None = None
    complexity: Text | None = None
    language: Text | None = None
    created_by: Text | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    completed_at: Moment | None = None
    links: Annotated[list[Link], checked(values.check_list)] = []
    last_activity_at: Moment | None = None
    execution: Opt[TaskExecution] = None

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, value: Any) -> Any:
        """Drop optional keys without a value (`labels:` and nothing after it): they count as absent."""
        if not isinstance(value, dict):
            return value
        fields = cls.model_fields
        return {
            key: item
            for key, item in value.items()
            if item is not None or key not in fields or fields[key].is_required() or key == "execution"
        }
