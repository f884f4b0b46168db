"""Rules for the Markdown body: sections, checkboxes, unresolved merges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from taskfiles.task.findings import Problem
from taskfiles.task.rules.registry import finds
from taskfiles.text.sections import (
    ACCEPTANCE_CRITERIA,
    INSIGHT_SECTIONS,
    INSIGHTS,
    OLDER_NAMES,
    SECTIONS,
    find_checkboxes,
    find_conflict,
    find_headings,
    find_section,
    section_key,
    split_lines,
)

_NAMED = 5  # criteria in a message

if TYPE_CHECKING:
    from taskfiles.task.source import Source


@finds("missing-heading")
def check_headings(task: Source) -> Iterator[Problem]:
    """Check that the sections for executors and reviewers exist; those for insights once a task is done."""
    titles = {section_key(heading.title) for heading in find_headings(split_lines(task.body))}
    titles |= {section_key(new) for old, new in OLDER_NAMES.items() if section_key(old) in titles}
    wanted = [("##", title) for title in SECTIONS]
    if task.state == "done":
        wanted += [("##", INSIGHTS), *(("###", title) for title in INSIGHT_SECTIONS)]
    for marks, title in wanted:
        if section_key(title) not in titles:
            params = {"heading": f"{marks} {title}", "title": title, "id": task.id}
            yield Problem("missing-heading", (), params, at="body")


@finds("missing-checkbox")
def check_checkboxes(task: Source) -> Iterator[Problem]:
    """Check that acceptance criteria are checkboxes."""
    lines = split_lines(task.body)
    section = find_section(lines, ACCEPTANCE_CRITERIA)
    if section is not None and not find_checkboxes(lines):
        yield Problem("missing-checkbox", (), at="body", body_line=section.heading.start)


@finds("open-criteria")
def check_criteria(task: Source) -> Iterator[Problem]:
    """Check that a done task has no criterion left, however it became done."""
    if task.state != "done":
        return
    boxes = find_checkboxes(split_lines(task.body))
    numbers = [str(number) for number, box in enumerate(boxes, 1) if not box.checked]
    if numbers:
        named = ", ".join(numbers[:_NAMED]) + (", …" if len(numbers) > _NAMED else "")
        criteria = f"criterion {named} is" if len(numbers) == 1 else f"criteria {named} are"
        params = {"id": task.id, "criteria": criteria, "numbers": ",".join(numbers)}
        first = boxes[int(numbers[0]) - 1]
        yield Problem("open-criteria", (), params, at="body", body_line=first.line)


@finds("conflict-marker")
def check_conflicts(task: Source) -> Iterator[Problem]:
    """Check that the body has no conflict markers outside fenced code."""
    line = find_conflict(task.body)
    if line is not None:
        yield Problem("conflict-marker", (), at="body", body_line=line)
