"""Task completion events: what came of a task, over all its attempts; pure.

The payload has every field of the task completion telemetry; null stands for what nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from taskfiles.basics.instants import normalise_instant, parse_instant
from taskfiles.errors import TaskfilesError
from taskfiles.task.attempts import attempt_list
from taskfiles.task.keys import attempt_problems
from taskfiles.task.task import Task
from taskfiles.task.words import Ambiguity, Size
from taskfiles.telemetry.outcomes import read_meaning

T = TypeVar("T")
NAMESPACE = "urn:taskfiles:completion:v1"

# Complexity, where a task declares none: the points of its size, of its ambiguity and of how many places it
# touches are added up, and the sum is looked up. The words are the usual ones of the key `complexity`.
SIZE_POINTS: dict[Size, int] = {
    Size.TINY: 0,
    Size.SMALL: 1,
    Size.MEDIUM: 2,
    Size.LARGE: 3,
    Size.XL: 4,
}
AMBIGUITY_POINTS: dict[Ambiguity, int] = {Ambiguity.LOW: 0, Ambiguity.MEDIUM: 1, Ambiguity.HIGH: 2}
TOUCHES_POINTS: tuple[tuple[int, int], ...] = ((10, 2), (4, 1), (0, 0))  # from so many globs on, points
COMPLEXITIES: tuple[tuple[int, str], ...] = ((4, "complex"), (2, "moderate"), (1, "simple"), (0, "trivial"))

# Sizes of a repository, from so many tracked files on.
REPO_SIZES: tuple[tuple[int, str], ...] = (
    (100_000, "huge"),
    (10_000, "large"),
    (1_000, "medium"),
    (100, "small"),
    (0, "tiny"),
)

_USAGE = {
    "estimated_input_tokens": "estimated_input_tokens",
    "estimated_output_tokens": "estimated_output_tokens",
    "actual_input_tokens": "input_tokens",
    "actual_output_tokens": "output_tokens",
}
_COST = {
    "estimated_cost_usd_micros": "estimated_usd_micros",
    "actual_cost_usd_micros": "actual_usd_micros",
}
_CONTEXT = {"context_compactions": "compactions", "context_rotations": "rotations"}


def make_completion(task: Task, *, tracked_files: int | None) -> dict[str, Any] | None:
    """Build the payload of a task's completion event; None where the task has no attempt.

    What belongs to one session (executor, gates, context, outcome) is that of the last attempt in the file;
    tokens, cost, compactions and rotations are sums over the attempts that know them; an estimate is the
    task's, as the earliest attempt that has one says it. The duration, in milliseconds, runs from the first
    start of an attempt to the last end: whoever emits the event, and whenever, it is the same.

    Raises TaskfilesError (unreadable-task) where an attempt has an error: its figures would be wrong.
    """
    attempts = _read_attempts(task)
    if not attempts:
        return None
    last = attempts[-1]
    executor, gates = last["executor"], last.get("quality_gates", {})
    context = last.get("context", {})
    declared = _text(task, "complexity")
    run = gates.get("run")
    failed = gates.get("failed", [] if run is not None else None)
    sums = {
        **_sums(attempts, "usage", _USAGE),
        **_sums(attempts, "cost", _COST),
        **_sums(attempts, "context", _CONTEXT),
    }
    known = sum("actual_usd_micros" in each.get("cost", {}) for each in attempts)
    meaning = read_meaning(last["status"], last.get("outcome"), last.get("error_type"))
    return {
        "task_type": _text(task, "task_type"),
        "complexity": declared or assess_complexity(task),
        "complexity_source": "declared" if declared else "assessed",
        "language": _text(task, "language"),
        "ambiguity": _ambiguity(task),
        "harness": executor["tool"].replace("-", "_"),
        "model": executor.get("model"),
        "provider": executor.get("provider"),
        "task_duration_ms": _milliseconds(
            min(parse_instant(each["started_at"]) for each in attempts),
            max(parse_instant(each["ended_at"]) for each in attempts),
        ),
        **{name: sums[name] for name in (*_USAGE, *_COST)},
        "attempts": len(attempts),
        "cost_known_attempts": known,
        "quality_gate_passed": None if not run and not failed else not failed,
        "quality_gates_run": run,
        "quality_gates_failed": failed,
        **{name: sums[name] for name in _CONTEXT},
        "context_utilization_final": context.get("utilization_final"),
        "outcome": meaning.completion.value,
        "retry_count": len(attempts) - 1,
        "repo_size_category": categorise_size(tracked_files),
    }


def assess_complexity(task: Task) -> str:
    """Assess how complex a task is from its size, its ambiguity and how many globs it touches.

    A value that is none of its key's words counts as the key's default.
    """
    size, ambiguity = task.get("size"), task.get("ambiguity")
    touches = task.get("touches")
    points = SIZE_POINTS[Size(size) if size in list(Size) else Size.MEDIUM]
    points += AMBIGUITY_POINTS[Ambiguity(ambiguity) if ambiguity in list(Ambiguity) else Ambiguity.LOW]
    points += _from(TOUCHES_POINTS, len(touches) if isinstance(touches, list) else 0)
    return _from(COMPLEXITIES, points)


def categorise_size(tracked_files: int | None) -> str | None:
    """Name the size of a repository by the number of files that git tracks; None where that is unknown.

    >>> categorise_size(99), categorise_size(1_000)
    ('tiny', 'medium')
    """
    return None if tracked_files is None else _from(REPO_SIZES, tracked_files)


def find_completion(task: Task, tracked_files: int | None) -> tuple[str, dict[str, Any]] | None:
    """Return the id and payload of a task's completion event; None where the task has no attempt.

    Raises TaskfilesError (unreadable-task) as `make_completion` does.
    """
    payload = make_completion(task, tracked_files=tracked_files)
    return None if payload is None else (completion_id(task.id, _read_attempts(task)[-1]), payload)


def completion_id(task_id: str, attempt: Mapping[str, Any]) -> str:
    """Derive a completion event's id from the task and its last attempt, so that it is emitted once.

    It is a UUID (version 5) of the task's id and the attempt's, or of the attempt's start where it has none.
    """
    import uuid  # noqa: PLC0415 (only completions need it)

    given = attempt.get("id")
    name = str(given).lower() if given is not None else normalise_instant(str(attempt["started_at"]))
    namespace = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
    return str(uuid.uuid5(namespace, f"{task_id}\n{name}"))


def _read_attempts(task: Task) -> list[dict[str, Any]]:
    attempts: list[Any] = attempt_list(task.values)
    if any(attempt_problems(attempt) for attempt in attempts):
        first = next(error for error in task.errors if (error.field or "").startswith("execution"))
        raise TaskfilesError(
            "unreadable-task", path=task.path, line=first.line, column=first.column, problem=first.message
        )
    return attempts


def _sums(attempts: Sequence[dict[str, Any]], part: str, names: Mapping[str, str]) -> dict[str, int | None]:
    """Add up figures over the attempts that know them; one that none knows is None."""
    sums: dict[str, int | None] = {}
    for name, key in names.items():
        known = [each for each in attempts if key in each.get(part, {})]
        if key.startswith("estimated_"):  # the task's: the earliest counts, once
            known = sorted(known, key=lambda each: parse_instant(each["started_at"]))[:1]
        sums[name] = sum(each[part][key] for each in known) if known else None
    return sums


def _text(task: Task, key: str) -> str | None:
    """Return a text of the frontmatter; what is blank or no text is unknown."""
    value = task.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _ambiguity(task: Task) -> str:
    level = task.get("ambiguity")
    return level if level in list(Ambiguity) else Ambiguity.LOW.value


def _milliseconds(start: datetime, end: datetime) -> int:
    return max(0, (end - start) // timedelta(milliseconds=1))


def _from(table: Sequence[tuple[int, T]], number: int) -> T:
    return next(value for least, value in table if number >= least)
