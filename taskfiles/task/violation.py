"""A project's own rules: the violations that they yield become findings with positions, as ours are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.codes import FINDINGS, SEVERITIES, Severity
from taskfiles.task.findings import Finding, Problem, find_place
from taskfiles.task.task import Task
from taskfiles.text.nodes import Path, field_name


class Violation(NamedTuple):
    """A problem that your own rule finds in a task: your own code, a message, and its position.

    `field` is a key or a path of keys and indexes (from 0) and points to the value there, or to the mapping
    that lacks it. `body_line` (from 0) points to a line of the body instead. `hint` says how to fix it.
    """

    code: str
    message: str
    field: str | Path = ()
    severity: Severity = "warning"
    hint: str = ""
    body_line: int | None = None


Rule: TypeAlias = "Callable[[Task], Iterable[Violation]]"


def check_rules(task: Task, rules: Iterable[Rule]) -> Iterator[Finding]:
    """Run rules on a task and yield their violations as findings.

    Raises what a rule raises, with a note of rule and path; TypeError for anything but a Violation;
    ValueError for one of our own codes or an unknown severity.
    """
    for rule in rules:
        try:
            found = rule(task)
            if not isinstance(found, Iterable):
                raise TypeError(f"A rule gives Violations, not {found!r}.")
            for violation in found:
                yield _locate(violation, task)
        except Exception as error:
            error.add_note(f"in the rule {getattr(rule, '__name__', rule)}, at {task.path}")
            raise


def _locate(violation: object, task: Task) -> Finding:
    if not isinstance(violation, Violation):
        raise TypeError(f"A rule gives Violations, not {violation!r}.")
    code, message, field, severity, hint, body_line = violation
    if code in FINDINGS:
        raise ValueError(f"{code} is a code of taskfiles; give yours another name.")
    if severity not in SEVERITIES:
        raise ValueError(f"{severity} is no severity; use {', '.join(SEVERITIES)}.")
    path = (field,) if isinstance(field, str) else field
    problem = Problem(code, path, at="value" if body_line is None else "body", body_line=body_line or 0)
    line, column = find_place(problem, task.document, lambda: task.root, lambda: task.places)
    return Finding(code, severity, message, task.path, line, column, field_name(path) or None, hint)
