"""Warnings about files that a command read beside its answer: few lines, however many there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from taskfiles.errors import number_of

if TYPE_CHECKING:
    from taskfiles import Finding, Store
    from taskfiles.backlog.problems import Problems
    from taskfiles.backlog.unmatched import Lookout
    from taskfiles.store.sparse import Absent
    from taskfiles.telemetry.skipped import Skipped
    from taskfiles_cli.render.console import Console

_NAMED = 3  # findings that are named before they are counted


def warn_of_problems(console: Console, problems: Problems, answered: Collection[str]) -> None:
    """Name unreadable files, then invalid ones of the answer, up to three of each; count all others.

    `answered` are the paths of the tasks in the answer.
    """
    if rest := _name_first(console, problems.unreadable):
        message = f"{number_of(rest, 'more file')} can't be read; `tasks validate` names them."
        console.warn(message, code="unreadable-files", count=rest)
    inside = [finding for finding in problems.readable if finding.path in answered]
    outside = [finding.path for finding in problems.readable if finding.path not in answered]
    if rest := _name_first(console, inside):
        message = f"{number_of(rest, 'more task')} here {_have(rest)} errors; `tasks validate` names them."
        console.warn(message, code="invalid-tasks", count=rest)
    if outside:
        count = len(outside)
        named = ", ".join(outside[:_NAMED]) + (", …" if count > _NAMED else "")
        what = f"{number_of(count, 'other task')} {_have(count)} errors ({named})"
        console.warn(f"{what}; `tasks validate` shows them.", code="other-tasks", count=count)


def warn_of_absent(console: Console, absent: Absent) -> None:
    """Say how many task files a sparse checkout leaves out, if any, and which pattern says so."""
    count = len(absent.paths)
    if not count:
        return
    verb = "is" if count == 1 else "are"
    what = f"{number_of(count, 'task file')} of git's index {verb} not checked out"
    pattern = absent.describe_patterns()
    message = (
        f"{what} (sparse checkout: {pattern}), and not read; `git sparse-checkout add tasks` changes that."
    )
    console.warn(message, code="sparse-checkout", count=count)


def warn_of_unmatched(console: Console, lookout: Lookout, store: Store) -> None:
    """Name what a filter asks for and no task has, up to three, and what may have been meant."""
    found = lookout.missing()
    if any(each.field == "label" for each in found):
        config = store.read_config()[0]
        found = lookout.missing(config.labels if config else ())
    for each in found[:_NAMED]:
        what = _LACKING.get(each.field, f"No task has {each.field} =")
        console.warn(f"{what} “{each.text}”. {each.near}".strip(), code="no-match")
    if rest := len(found[_NAMED:]):
        console.warn(f"{number_of(rest, 'more value')} that no task has.", code="no-match", count=rest)


_LACKING = {
    "label": "No task has the label",
    "assignee": "No task is assigned to",
    "model": "No attempt is by the model",
    "tool": "No attempt is by the tool",
}


def warn_of_skipped(console: Console, skipped: Skipped) -> None:
    """Name what of the event log could not be read, up to three places, and count the rest."""
    for sentence in skipped.sentences():
        message = f"{sentence} `tasks telemetry check` names all."
        console.warn(message, code="damaged-log", count=skipped.count)


def _name_first(console: Console, findings: Sequence[Finding]) -> int:
    """Name the first findings; return how many are left."""
    for finding in findings[:_NAMED]:
        console.warn(finding.message, finding=finding)
    return len(findings[_NAMED:])


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
