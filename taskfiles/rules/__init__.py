"""The rules of docs/reference/format.md, one a function; this lists those that look at one file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from taskfiles.diagnostics import Problem
from taskfiles.rules import attempts, body, keys, place

if TYPE_CHECKING:
    from taskfiles.task import Task

FILE_RULES = (
    keys.check_schema,
    keys.check_commit_message,
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
    place.check_directory,
    place.check_name,
    body.check_headings,
    body.check_checkboxes,
    body.check_conflicts,
)


def file_problems(task: Task) -> Iterator[Problem]:
    """Run every rule that needs no other file."""
    for rule in FILE_RULES:
        yield from rule(task)
