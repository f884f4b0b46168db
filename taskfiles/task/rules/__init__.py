"""The rules of docs/reference/format.md that look at one file, one a function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from taskfiles.task.findings import Problem
from taskfiles.task.rules import attempts, body, keys, place  # noqa: F401 (their rules register themselves)
from taskfiles.task.rules.registry import ERROR_RULES, OTHER_RULES

if TYPE_CHECKING:
    from taskfiles.task.source import Source


def file_errors(task: Source) -> Iterator[Problem]:
    """Run every rule that can find an error."""
    for rule in ERROR_RULES:
        yield from rule(task)


def file_warnings(task: Source) -> Iterator[Problem]:
    """Run every other rule; they find warnings and hints."""
    for rule in OTHER_RULES:
        yield from rule(task)
