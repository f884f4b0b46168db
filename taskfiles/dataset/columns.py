"""The columns of every table: their names, types and meanings, in order; all else is made from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

VERSION = 1


class Type(StrEnum):
    """What a column holds; each may be null where nothing is known."""

    TEXT = "text"
    INTEGER = "integer"  # signed, 64 bits
    NUMBER = "number"  # a double
    BOOLEAN = "boolean"
    INSTANT = "instant"  # UTC, microseconds
    TEXTS = "texts"  # a list of texts
    VALUES = "values"  # lists of texts by name
    JSON = "json"  # a text that is JSON


class Column(NamedTuple):
    """A column of a table."""

    name: str
    type: Type
    meaning: str


def _columns(*rows: tuple[str, Type, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


# What a task says of itself, in its own table and beside each of its attempts.
_OF_TASK = _columns(
    ("state", Type.TEXT, "The task's state; null where it is not a word."),
    ("kind", Type.TEXT, "The task's kind."),
    ("priority", Type.TEXT, "The task's priority."),
    ("size", Type.TEXT, "The task's size."),
    ("ambiguity", Type.TEXT, "The task's ambiguity."),
    ("executor", Type.TEXT, "The executor that the task asks for."),
    ("isolation", Type.TEXT, "The task's isolation."),
    ("task_type", Type.TEXT, "The task's `task_type`."),
    ("complexity", Type.TEXT, "The declared complexity."),
    ("language", Type.TEXT, "The task's language."),
    ("labels", Type.TEXTS, "The task's labels, each once."),
    ("track", Type.TEXT, "The task's track."),
    ("milestone", Type.TEXT, "The task's milestone."),
    ("created_by", Type.TEXT, "Who wrote the task."),
    ("close_reason", Type.TEXT, "Why it was closed."),
    ("parent", Type.TEXT, "The id of the task above it."),
    ("ancestors", Type.TEXTS, "The ids of all tasks above it, sorted."),
    ("values", Type.VALUES, "The user's own keys by their dotted names, each a list of texts."),
)
# The task's own keys among these that have one text: what follows from other keys or tasks is not read.
TASK_KEYS = tuple(
    column.name for column in _OF_TASK if column.type is Type.TEXT and column.name not in {"state", "parent"}
)

# Beside each of its attempts, too: who gathers attempts into tasks may take the task's own row instead.
_UNIFORM = Column(
    "uniform",
    Type.BOOLEAN,
    "Whether the task's attempts are alike in model, tool, provider, planner, error_type and month; null"
    " where there are none, or they add up to more than 64 bits hold.",
)

# What was estimated of a task and what came of it: both, or neither.
_COMPARED = _columns(
    (
        "compared_estimated_cost_usd_micros",
        Type.INTEGER,
        "The task's estimated cost, if all costs are known.",
    ),
    ("compared_cost_usd_micros", Type.INTEGER, "What all its attempts cost, where it was estimated."),
    ("compared_estimated_input_tokens", Type.INTEGER, "The same of input tokens: estimated."),
    ("compared_input_tokens", Type.INTEGER, "Those of all its attempts."),
    ("compared_estimated_output_tokens", Type.INTEGER, "The same of output tokens: estimated."),
    ("compared_output_tokens", Type.INTEGER, "Those of all its attempts."),
    ("compared_estimated_seconds", Type.INTEGER, "Its `estimate_minutes` in seconds, where it has attempts."),
    ("compared_duration_seconds", Type.INTEGER, "How long all its attempts took, where that is given."),
)

# In both tables, too.
_GONE = Column(
    "gone",
    Type.BOOLEAN,
    "Whether the task's file was gone at the last export: what an earlier one had of it stays.",
)

TASKS = _columns(
    ("repo", Type.TEXT, "The repository that the task is in."),
    ("task_id", Type.TEXT, "The task's id, unique in its repository where `problem` is null."),
    ("path", Type.TEXT, "Its file, relative to the project."),
    ("title", Type.TEXT, "Its title."),
    ("problem", Type.TEXT, "`invalid` or `twin` (another task has its id): counted nowhere. Else null."),
    *_OF_TASK,
    ("due", Type.INSTANT, "When it is due: of a day its end in the project's time zone."),
    ("not_before", Type.INSTANT, "Before when it is not to be begun: of a day its begin there."),
    ("estimate_minutes", Type.INTEGER, "How many minutes a person would take."),
    ("rank", Type.NUMBER, "Its place among its equals: the lowest comes first."),
    ("created_at", Type.INSTANT, "When it was made."),
    ("updated_at", Type.INSTANT, "When it was last changed."),
    ("completed_at", Type.INSTANT, "When it was completed."),
    ("attempts", Type.INTEGER, "How many attempts it has; null where it is invalid."),
    ("model", Type.TEXT, "The model of all its attempts; null where they differ, or none is known."),
    ("tool", Type.TEXT, "Their tool, likewise."),
    ("provider", Type.TEXT, "Their provider, likewise."),
    ("planner", Type.TEXT, "Their planner, likewise."),
    ("error_type", Type.TEXT, "Their kind of failure, likewise."),
    ("month", Type.TEXT, "The month of their ends in UTC, likewise."),
    _UNIFORM,
    ("started_at", Type.INSTANT, "When the first of its attempts began."),
    ("ended_at", Type.INSTANT, "When the last of them ended."),
    ("elapsed_micros", Type.INTEGER, "From that start to that end, in microseconds."),
    ("work_seconds", Type.INTEGER, "How long its attempts took, added up."),
    ("cost_usd_micros", Type.INTEGER, "What they cost together; null unless each cost is known."),
    *_COMPARED,
    ("first_success", Type.INTEGER, "Which of them succeeded first, by its position."),
    ("succeeded", Type.BOOLEAN, "Whether the last one, by position, succeeded."),
    ("approved", Type.BOOLEAN, "The verdict on that one."),
    _GONE,
)

ATTEMPTS = _columns(
    ("repo", Type.TEXT, "The repository that the task is in."),
    ("task_id", Type.TEXT, "The task."),
    ("position", Type.INTEGER, "Which of the task's attempts it is, from 1 in the order of the file."),
    ("attempt_id", Type.TEXT, "Its own id."),
    ("started_at", Type.INSTANT, "When it began."),
    ("ended_at", Type.INSTANT, "When it ended."),
    ("month", Type.TEXT, "The month of its end in UTC, such as 2026-03."),
    ("duration_seconds", Type.INTEGER, "How long it took, as the file says."),
    ("elapsed_micros", Type.INTEGER, "From its start to its end, in microseconds."),
    ("status", Type.TEXT, "completed, failed or abandoned."),
    ("outcome", Type.TEXT, "success, partial, blocked or failed: as given, else what the status implies."),
    ("ending", Type.TEXT, "How it ended, one of six words: see docs/reference/metrics.md."),
    ("succeeded", Type.BOOLEAN, "Outcome success, and no reviewer rejected it."),
    ("approved", Type.BOOLEAN, "The reviewer's verdict."),
    ("reviewed_at", Type.INSTANT, "When it was reviewed."),
    ("error_type", Type.TEXT, "What kind of failure it was."),
    ("error_detail", Type.TEXT, "The tool's own word for it."),
    ("exit_code", Type.INTEGER, "The exit code of the executor."),
    ("turns", Type.INTEGER, "Turns of the conversation, as the tool counts them."),
    ("model_requests", Type.INTEGER, "Requests to the model."),
    ("refused_tools", Type.INTEGER, "Tool calls that it was refused; null where none is known."),
    ("no_change", Type.BOOLEAN, "True where it ended well and changed nothing."),
    ("tool", Type.TEXT, "The tool that executed it."),
    ("version", Type.TEXT, "The tool's version."),
    ("model", Type.TEXT, "The model."),
    ("provider", Type.TEXT, "Who serves the model."),
    ("planner", Type.TEXT, "The planner's model, or its tool where no model is known."),
    ("commit_base", Type.TEXT, "The commit before it."),
    ("commit_head", Type.TEXT, "The commit after it."),
    ("input_tokens", Type.INTEGER, "Input tokens, cached ones included."),
    ("output_tokens", Type.INTEGER, "Output tokens, reasoning included."),
    ("reasoning_tokens", Type.INTEGER, "Output tokens of reasoning."),
    ("cache_read_tokens", Type.INTEGER, "Input tokens read from a cache."),
    ("cache_write_tokens", Type.INTEGER, "Input tokens written to a cache."),
    ("estimated_input_tokens", Type.INTEGER, "Input tokens as estimated before; the task's, in one row."),
    ("estimated_output_tokens", Type.INTEGER, "Output tokens, likewise."),
    ("estimated_seconds", Type.INTEGER, "The task's `estimate_minutes` in seconds, in its first row."),
    ("cost_usd_micros", Type.INTEGER, "What it cost, in millionths of a US dollar."),
    ("estimated_cost_usd_micros", Type.INTEGER, "The cost, likewise."),
    ("cost_source", Type.TEXT, "Where the cost is from."),
    ("gates_run", Type.INTEGER, "Gates that were run, those that failed among them."),
    ("gates_failed", Type.INTEGER, "Gates that failed."),
    ("context_compactions", Type.INTEGER, "How often the context was compacted."),
    ("context_rotations", Type.INTEGER, "How often the context was restarted."),
    ("context_utilization_final", Type.NUMBER, "How full the context was at the end, from 0 to 1."),
    ("created_files", Type.INTEGER, "How many files it added or changed."),
    ("task_attempts", Type.INTEGER, "How many attempts the task has."),
    *_COMPARED,
    ("overlapping", Type.BOOLEAN, "Whether some attempts of the task were under way at the same time."),
    _UNIFORM,
    ("title", Type.TEXT, "The task's title."),
    *_OF_TASK,
    _GONE,
)  # fmt: skip

GATES = _columns(
    ("repo", Type.TEXT, "The repository that the task is in."),
    ("task_id", Type.TEXT, "The task."),
    ("position", Type.INTEGER, "Which of the task's attempts it is of."),
    ("gate", Type.TEXT, "The gate's name."),
    ("failed", Type.BOOLEAN, "Whether it failed."),
    ("duration_ms", Type.INTEGER, "How long it took, in milliseconds."),
    ("ended_at", Type.INSTANT, "When the attempt ended."),
    ("month", Type.TEXT, "The month of that in UTC."),
    ("state", Type.TEXT, "The task's state."),
    ("ancestors", Type.TEXTS, "The ids of all tasks above it, sorted."),
)

EVENTS = _columns(
    ("repo", Type.TEXT, "The repository whose log it is of."),
    ("event_id", Type.TEXT, "Its own id; each is there once."),
    ("time", Type.INSTANT, "When it was logged."),
    ("month", Type.TEXT, "The month of that in UTC."),
    ("type", Type.TEXT, "The type of the event."),
    ("action", Type.TEXT, "What was done or attempted."),
    ("outcome", Type.TEXT, "success, partial, blocked or failed."),
    ("reason", Type.TEXT, "Why."),
    ("actor", Type.TEXT, "Who did it, as a keyed hash."),
    ("task_id", Type.TEXT, "The task that it is about."),
    ("run_id", Type.TEXT, "The execution that it is of."),
    ("cause_id", Type.TEXT, "The event that led to it."),
    ("sequence", Type.TEXT, "Its place in its process."),
    ("data", Type.JSON, "All of its data, redacted."),
)

PLANS = _columns(
    ("repo", Type.TEXT, "The repository that the plan is of."),
    ("plan_id", Type.TEXT, "The plan's id, derived from the plan."),
    ("first_told_at", Type.INSTANT, "When the first event about it was logged."),
    ("last_told_at", Type.INSTANT, "When the last one was logged."),
    ("stages", Type.INTEGER, "Its stages."),
    ("workflows", Type.INTEGER, "The tasks in them."),
    ("selection_reason", Type.TEXT, "How its tasks were chosen."),
    ("conflicts", Type.TEXTS, "Its conflict keys without dependencies, sorted."),
    ("runs", Type.INTEGER, "How often it was executed."),
    ("last_outcome", Type.TEXT, "What came of the last execution."),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "tasks": TASKS,
    "attempts": ATTEMPTS,
    "gates": GATES,
    "events": EVENTS,
    "plans": PLANS,
}
Schema = Mapping[str, tuple[Column, ...]]


def widen(schemas: Iterable[Schema]) -> Schema:
    """Return our tables with the columns that others have besides, those sorted by name after ours.

    Raises ValueError, with the column, where two have one of another type.
    """
    found: dict[str, dict[str, Column]] = {
        table: {each.name: each for each in columns} for table, columns in TABLES.items()
    }
    for schema in schemas:
        for table, columns in schema.items():
            for column in columns:
                known = found[table].setdefault(column.name, column)
                if known.type is not column.type:
                    raise ValueError(f"{table}.{column.name}")
    ours = {table: {each.name for each in columns} for table, columns in TABLES.items()}
    return {
        table: (*TABLES[table], *(named[name] for name in sorted(named.keys() - ours[table])))
        for table, named in found.items()
    }


# What rows are sorted and distinguished by; texts by their code points.
KEYS: dict[str, tuple[str, ...]] = {
    "tasks": ("repo", "task_id", "path"),
    "attempts": ("repo", "task_id", "position"),
    "gates": ("repo", "task_id", "position", "gate"),
    "events": ("repo", "time", "event_id"),
    "plans": ("repo", "plan_id"),
}
MONTHLY = frozenset({"attempts", "gates", "events"})  # those of which each row is of one month
