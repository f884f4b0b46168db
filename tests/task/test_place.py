"""Where a task file belongs, under both layouts."""

from __future__ import annotations

import pytest

from taskfiles import parse_task
from taskfiles.task.layout import FLAT, STATES
from taskfiles.task.place import find_misplaced

IN_STATES = [
    ("tasks/10-ready/task-fix.md", "", []),
    ("tasks/20-in-progress/task-fix.md", "", ["wrong-directory"]),
    ("tasks/10-ready/fix.md", "", ["wrong-name"]),
    ("tasks/task-fix.md", "kind: epic\n", ["wrong-directory", "wrong-name"]),
    ("docs/fix.md", "", []),
    ("tasks/fix.md", "kind: bug\n", ["wrong-directory"]),
]
IN_FLAT = [
    ("tasks/fix.md", "", []),
    ("tasks/fix.md", "kind: epic\n", []),
    ("tasks/web/login/fix.md", "", []),
    ("tasks/20-in-progress/fix.md", "", []),
    ("tasks/task-fix.md", "", ["wrong-name"]),
    ("docs/task-fix.md", "", []),
]


@pytest.mark.parametrize(
    ("layout", "path", "front", "found"),
    [*((STATES, *row) for row in IN_STATES), *((FLAT, *row) for row in IN_FLAT)],
)
def test_a_file_below_tasks_has_its_place(layout: str, path: str, front: str, found: list[str]) -> None:
    task = parse_task(path, f"---\nid: fix\ntitle: Fix\nstate: ready\n{front}---\n".encode())
    problems = sorted(find_misplaced(task, layout), key=lambda finding: finding.code)
    assert [problem.code for problem in problems] == found
    assert {problem.path for problem in problems} <= {path}
