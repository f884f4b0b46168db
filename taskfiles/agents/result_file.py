"""The result file: what any agent, or a script around it, may say of its run in a JSON object.

It is our own format, version 1: a part of an attempt, in the task file's shape. `KEYS` is its definition;
docs/how-to/adapters.md shows it. `tasks run` names a place for it in `TASKS_RESULT_FILE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from taskfiles.agents.kinds import WORDS, find_kind
from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import (
    MAX_NOTES,
    MAX_REASON,
    Facts,
    Reading,
    find_count,
    find_name,
    find_share,
    find_text,
    find_word,
)
from taskfiles.task.values import suggest
from taskfiles.task.words import ExecutionStatus

STATUSES = (ExecutionStatus.COMPLETED.value, ExecutionStatus.FAILED.value)
_MOST_PROBLEMS = 20


class Key(NamedTuple):
    """A key of the result file: what belongs there, how it is taken, and the fact that it is."""

    wanted: str
    take: Callable[[object], object]
    fact: str


def _status(value: object) -> str | None:
    return value if isinstance(value, str) and value in STATUSES else None


def _key(wanted: str, fact: str) -> Key:
    takers: dict[str, Callable[[object], object]] = {
        "a short text": find_name,
        "a whole number": find_count,
        "a number from 0.0 to 1.0": find_share,
        "completed or failed": _status,
        "a word": find_word,
        "a text": lambda value: find_text(value, max(MAX_NOTES, MAX_REASON)),
    }
    return Key(wanted, takers[wanted], fact)


KEYS: dict[str, Key] = {
    "status": _key("completed or failed", "status"),
    "error_type": _key("a word", "error_type"),
    "error_reason": _key("a text", "reason"),
    "duration_seconds": _key("a whole number", "duration_seconds"),
    "executor.model": _key("a short text", "model"),
    "executor.provider": _key("a short text", "provider"),
    "executor.version": _key("a short text", "version"),
    "session_id": _key("a short text", "session_id"),
    "turns": _key("a whole number", "turns"),
    "model_requests": _key("a whole number", "model_requests"),
    "refused_tools": _key("a whole number", "refused_tools"),
    "usage.input_tokens": _key("a whole number", "input_tokens"),
    "usage.output_tokens": _key("a whole number", "output_tokens"),
    "usage.reasoning_tokens": _key("a whole number", "reasoning_tokens"),
    "usage.cache_read_tokens": _key("a whole number", "cache_read_tokens"),
    "usage.cache_write_tokens": _key("a whole number", "cache_write_tokens"),
    "cost.actual_usd_micros": _key("a whole number", "cost_usd_micros"),
    "context.compactions": _key("a whole number", "compactions"),
    "context.rotations": _key("a whole number", "rotations"),
    "context.utilization_final": _key("a number from 0.0 to 1.0", "utilization"),
    "notes": _key("a text", "notes"),
}
_PARTS = frozenset(name.partition(".")[0] for name in KEYS if "." in name)


def read(lines: Iterable[bytes]) -> Reading:
    """Read a result file; what can't be used is named in `problems`, and the rest counts.

    A file of several objects, one a line, is read as the last of them.

    >>> read([b'{"status": "completed", "usage": {"input_token": 5}}']).problems
    ('usage.input_token is no key of a result file. Did you mean usage.input_tokens?',)
    """
    values: dict[str, Any] | None = None
    for found in read_objects(lines):
        values = found
    if values is None:
        return Reading({}, problems=("It contains no JSON object.",))
    facts, problems = Facts(), []
    status = seconds = None
    for name, value in _flatten(values):
        key = KEYS.get(name)
        taken = None if key is None else key.take(value)
        if key is None:
            problems.append(
                f"{_shown(name)} is no key of a result file. {suggest(name, list(KEYS))}".rstrip()
            )
        elif taken is None:
            problems.append(f"{name} is left out: {key.wanted} belongs there.")
        elif key.fact == "status":
            status = taken
        elif key.fact == "duration_seconds":
            seconds = taken
        elif key.fact == "error_type":
            facts.error_type, facts.detail = find_kind(taken), value
        else:
            setattr(facts, key.fact, taken)
    facts.failed = None if status is None else status == ExecutionStatus.FAILED
    if facts.detail in WORDS:
        facts.detail = None
    facts.duration_ms = None if seconds is None else int(str(seconds)) * 1000
    if len(problems) > _MOST_PROBLEMS:
        problems[_MOST_PROBLEMS:] = [f"{len(problems) - _MOST_PROBLEMS} more keys can't be used."]
    return facts.reading()._replace(problems=tuple(problems))


def _flatten(values: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Name the values of an object and of its parts."""
    for name, value in values.items():
        if name in _PARTS and isinstance(value, dict):
            yield from ((f"{name}.{inner}", item) for inner, item in value.items())
        else:
            yield name, value


def _shown(name: str) -> str:
    return find_text(name, 60) or "A blank name"
