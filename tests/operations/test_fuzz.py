"""Files as chance makes them are read, checked, edited and merged without a failure, in bounded work."""

from __future__ import annotations

import random
from functools import partial

from support.call_counts import count_calls
from support.effort import Effort
from support.in_process import call
from support.odd_files import make_file
from support.project import Project
from support.strict import strict_json, strict_lines
from taskfiles import TaskfilesError, Unreadable, merge_task, parse_task
from taskfiles.basics.jsontext import json_text
from taskfiles.changes.draft import Draft, plan_edit
from taskfiles.operations.validate import validate_text
from taskfiles.task.task import Task
from taskfiles.task.wire import finding_object, make_entry
from taskfiles.text.document import looks_like_task

PATH = "tasks/10-ready/task-a.md"
NOW = "2025-11-02T15:03:00.000Z"
# Bytes written for each byte read, and for a small file. The longest finding stands for two bytes (`1,`).
ROW, FINDINGS, SMALL = 30, 300, 5_000
# Calls of functions for each byte read, and for a small file; ruamel.yaml's own parser makes most of them.
CALLS, FEW_CALLS = 1_500, 200_000


def read(data: bytes) -> Task | None:
    """Read a file; what can't be read as a task has a place in it."""
    finding = None
    try:
        return parse_task(PATH, data)
    except Unreadable as error:
        finding = error.finding
    assert finding.line <= data.count(b"\n") + data.count(b"\r") + 2
    return None


def check_outputs(data: bytes) -> None:
    """What is written about a file is strict JSON, and no longer than the file allows."""
    if looks_like_task(data):
        found = json_text([finding_object(finding) for finding in validate_text(PATH, data)])
        strict_json(found)
        assert len(found) <= FINDINGS * len(data) + SMALL
    task = read(data)
    if task is not None:
        row = make_entry(task, check=True).row.decode()
        strict_json(row)
        assert len(row.splitlines()) == 1
        assert len(row) <= ROW * len(data) + SMALL


def check_edits(data: bytes) -> None:
    """An edit is made and reads back, or is refused; the file never becomes another task."""
    task = read(data)
    if task is None:
        return

    def key(draft: Draft) -> None:
        draft.values["priority"] = "high"

    def item(draft: Draft) -> None:
        labels = draft.values.get("labels")
        draft.values["labels"] = [*(labels if isinstance(labels, list) else []), "new: label"]

    def section(draft: Draft) -> None:
        draft.write_section("Technical Approach", "- one\n- two")

    for edit in (key, item, section):
        refused = None
        try:
            after = plan_edit(task, edit, NOW).after
        except TaskfilesError as error:
            refused = error.code
        if refused is not None:
            assert refused in {"edit-unsafe", "edit-invalid", "section-text"}
            continue
        again = parse_task(after.path, after.data)
        assert again.id == task.id
        assert {finding.code for finding in again.errors} <= {finding.code for finding in task.errors}


def check_merges(data: bytes, other: bytes) -> None:
    """Three versions give one text, whatever they are; what one side alone changed is no conflict."""
    assert merge_task(data, data, data).data == data
    assert merge_task(data, other, data).data == other
    for base, theirs in ((data, other), (other, other), (b"", other)):
        merge_task(base, data, theirs)


def test_files_of_chance(effort: Effort) -> None:
    chance = random.Random(20251102)
    other = make_file(chance)
    for number in range(effort.pick(short=200, deep=3_000, long=100_000)):
        state = chance.getstate()
        data = make_file(chance)
        try:
            works = [partial(check_outputs, data), partial(check_edits, data)]
            for work in works:
                if number % 20:
                    work()
                else:
                    assert count_calls(work) <= CALLS * len(data) + FEW_CALLS
            check_merges(data, other)
        except Exception as error:
            error.add_note(f"file {number}: {data!r}, other {other!r}")
            raise
        assert state != chance.getstate()
        other = data


def test_projects_of_chance(project: Project, effort: Effort) -> None:
    """Many odd files at once: every command that reads all of them answers in strict JSON."""
    chance = random.Random(7)
    for _ in range(effort.pick(short=2, deep=20, long=500)):
        for number in range(30):
            project.write(f"tasks/10-ready/task-{number}.md", make_file(chance))
        for argv in (("list",), ("validate",), ("next",), ("stats",), ("tree",), ("plan",)):
            done = call(project, *argv, "--output", "json")
            assert done.code in {0, 1, 3, 5}, done
            strict_lines(done.err)
            if done.out:
                strict_json(done.out)
