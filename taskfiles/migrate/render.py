"""A translated task as a task file of this project; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from taskfiles.migrate.foreign import ForeignTask, Place, SourceFinding
from taskfiles.task.keys import KEY_ORDER, sort_keys
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.text.nodes import Value
from taskfiles.text.yaml_print import print_block

_LONE_CR = re.compile(r"\r(?!\n)")


def prefix_of(source: str) -> str:
    """Return how keys begin that keep what comes from a source.

    >>> prefix_of("todo.txt")
    'x_todo_txt_'
    """
    return f"x_{re.sub('[^a-z0-9]+', '_', source.lower()).strip('_')}_"


def render(values: Mapping[str, Value], body: bytes) -> bytes:
    """Return a task file's bytes; its lines end as those of the body."""
    newline = "\r\n" if body.partition(b"\n")[0].endswith(b"\r") else "\n"
    ordered = sort_keys(dict(values))
    ordered = {key: ordered[key] for key in (*KEY_ORDER, *ordered) if key in ordered}
    front = "".join(print_block(ordered, 0, newline=newline)[1:])
    return f"---{newline}{front}---{newline}".encode() + body


def make_task(
    foreign: ForeignTask, values: dict[str, Value], prefix: str, findings: list[SourceFinding]
) -> Task | None:
    """Return the task; None where no file can be made of it, which is an error among the findings.

    A value that its key does not take is kept in a key of the source's own.
    """
    while True:
        try:
            task = parse_task("", render(values, foreign.body))
        except Unreadable as error:
            findings.append(_refusal(foreign, error.finding.message, error.finding.code))
            return None
        except UnicodeEncodeError:
            findings.append(_refusal(foreign, "a value holds half of a surrogate pair.", "lone-surrogate"))
            return None
        bad = next((finding for finding in task.errors if finding.field), None)
        if bad is None:
            break
        key = str(bad.field).partition(".")[0].partition("[")[0]
        if key not in values or key in {"id", "title", "state"}:
            findings.append(_refusal(foreign, f"{bad.field}: {bad.message}", bad.code))
            return None
        values[f"{prefix}{key}"] = values.pop(key)
        message = f"{foreign.old_id}: `{key}` is kept as `{prefix}{key}`. {bad.message}"
        findings.append(SourceFinding(foreign.at(key), bad.code, "warning", message))
    for finding in task.errors:
        line = foreign.body_line + (finding.line or 1) - task.document.body_line
        place = Place(foreign.place.path, max(line, 1), finding.column or 1)
        findings.append(SourceFinding(place, finding.code, "error", finding.message))
        return None
    return task


def _refusal(foreign: ForeignTask, problem: str, code: str) -> SourceFinding:
    message = f"{foreign.old_id or foreign.title}: {problem}"
    return SourceFinding(foreign.place, code, "error", message)
