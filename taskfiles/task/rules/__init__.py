"""The rules of docs/reference/format.md that look at one file, one a function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from taskfiles.task.findings import Problem
from taskfiles.task.rules import attempts, body, keys, place

if TYPE_CHECKING:
    from taskfiles.task.source import Source

# Those that can find an error, apart from the rest: whether a task is valid is asked far more often than
# what else could be said about it.
ERROR_RULES = (
    keys.check_schema,
    keys.check_commit_message,
    attempts.check_created_files,
    body.check_conflicts,
)
OTHER_RULES = (
    keys.check_zones,
    keys.check_id_length,
    keys.check_reserved,
    keys.check_unknown,
    attempts.check_durations,
    attempts.check_overlaps,
    attempts.check_order,
    attempts.check_ids,
    attempts.check_gates,
    attempts.check_outcomes,
    attempts.check_cached,
    attempts.check_error_types,
    attempts.check_sorted_files,
    place.check_directory,
    place.check_name,
    body.check_headings,
    body.check_checkboxes,
)


def file_errors(task: Source) -> Iterator[Problem]:
    """Run every rule that can find an error and needs no other file."""
    for rule in ERROR_RULES:
        yield from rule(task)


def file_remarks(task: Source) -> Iterator[Problem]:
    """Run every other rule that needs no other file; they give warnings and hints."""
    for rule in OTHER_RULES:
        yield from rule(task)
