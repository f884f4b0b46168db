"""The rules of docs/reference/format.md that look at one file, one a function.

The schema comes first; the other rules read the file without the values that it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from taskfiles.task.findings import Problem
from taskfiles.task.rules import attempts, body, comments, keys  # noqa: F401 (they register themselves)
from taskfiles.task.rules.accepted import Accepted
from taskfiles.task.rules.registry import ERROR_RULES, OTHER_RULES

if TYPE_CHECKING:
    from taskfiles.task.source import Source


def file_errors(task: Source) -> Iterator[Problem]:
    """Run every rule that can find an error."""
    refused = list(keys.check_schema(task))
    yield from refused
    accepted = _accept(task, refused)
    for rule in ERROR_RULES:
        if rule is not keys.check_schema:
            yield from rule(accepted)


def file_warnings(task: Source) -> Iterator[Problem]:
    """Run every other rule; they find warnings and hints."""
    accepted = _accept(task, list(keys.check_schema(task)))
    for rule in OTHER_RULES:
        yield from rule(accepted)


def _accept(task: Source, refused: list[Problem]) -> Source:
    return Accepted(task, (problem.path for problem in refused)) if refused else task
