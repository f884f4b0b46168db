"""The difference between two versions of a task: a list of changed fields, and a unified diff."""

from __future__ import annotations

from collections import Counter
from typing import Any

from taskfiles.task.task import Task
from taskfiles.text.sections import find_headings, split_lines
from taskfiles.text.steps import list_changes


def list_task_changes(before: Task, after: Task) -> list[dict[str, Any]]:
    """List the changes between two versions of a task as `{field, from, to}`; the body's are by section."""
    changes = list_changes(before.values, after.values)
    if before.document.body != after.document.body:
        changes += _body_changes(before.body, after.body)
    return changes


def _body_changes(before: str, after: str) -> list[dict[str, Any]]:
    """List the changed sections of the body, each with its old and new text."""
    old, new = _by_section(before), _by_section(after)
    names = [*old, *(name for name in new if name not in old)]
    return [
        {"field": f"body.{name}" if name else "body", "from": old.get(name), "to": new.get(name)}
        for name in names
        if old.get(name) != new.get(name)
    ]


def _by_section(body: str) -> dict[str, str]:
    lines = split_lines(body)
    heads = [heading for heading in find_headings(lines) if heading.level <= 3]
    starts = [0, *(heading.start for heading in heads)]
    names = ["", *_number_titles([heading.title for heading in heads])]
    ends = [*starts[1:], len(lines)]
    return {
        name: text
        for name, start, end in zip(names, starts, ends, strict=True)
        if (text := "".join(lines[start:end]).strip())
    }


def _number_titles(titles: list[str]) -> list[str]:
    """Number sections with the same title: Notes, Notes (2)."""
    seen: Counter[str] = Counter()
    names = []
    for title in titles:
        seen[title] += 1
        names.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return names


def unified_diff(before: Task | None, after: Task | None) -> str:
    """Return the change of a file as a unified diff that `git apply` reads, a rename included.

    None is a file that does not exist.
    """
    from taskfiles.text.diff import quote_path, text_diff  # noqa: PLC0415 (only who looks at a change needs it)

    source = f"a/{before.path}" if before else "/dev/null"
    target = f"b/{after.path}" if after else "/dev/null"
    text = text_diff(before.data if before else b"", after.data if after else b"", source, target)
    if before is None or after is None or before.path == after.path:
        return text
    head = f"diff --git {quote_path(source)} {quote_path(target)}\n"
    return f"{head}rename from {quote_path(before.path)}\nrename to {quote_path(after.path)}\n{text}"
