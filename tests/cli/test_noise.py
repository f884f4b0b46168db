"""Many files of other tools: people get few lines, programs all, and no unreadable file goes unnamed."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from support.effort import Effort
from support.foreign import foreign_files
from support.in_process import call
from support.layouts import in_states
from support.project import Done, Project

READS_ALL = (
    ("list",),
    ("next",),
    ("plan",),
    ("stats",),
    ("tree",),
    ("export", "--dataset", "../data"),
    ("fmt", "--check"),
)


def move_in(project: Project, count: int) -> None:
    for path, text in foreign_files(count).items():
        project.write(path, text)


def warnings(done: Done) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in done.err.splitlines()]
    return [line["warning"] for line in lines if "warning" in line]


def test_people_get_little_of_many_foreign_files_and_programs_all(project: Project, effort: Effort) -> None:
    many = effort.pick(short=600, deep=2_600)
    move_in(project, many)
    shown = call(project, "validate")
    assert shown.code == 1
    assert len(shown.out.encode()) < 20_000
    findings = call(project, "validate", "--output", "json").json["findings"]
    assert len(findings) > 5 * many
    for (severity, code), count in Counter((each["severity"], each["code"]) for each in findings).items():
        assert f" {severity}[{code}] " in shown.out
        assert count <= 3 or f"… and {count - 3} more {severity}[{code}]; there are {count} in " in shown.out
    every = call(project, "validate", "--all").out.splitlines()
    assert len(every) == len(findings) + 1
    assert every[-1] == shown.out.splitlines()[-1]
    assert set(shown.out.splitlines()[:3]) <= set(every)


def test_few_findings_are_all_shown(project: Project) -> None:
    for number in range(20):
        project.task(f"t{number}", extra="sprint: 5\n")
    assert call(project, "validate").out == call(project, "validate", "--all").out
    project.task("more", extra="sprint: 5\n")
    assert "… and 18 more hint[unknown-key]; there are 21 in 21 files.\n" in call(project, "validate").out


@pytest.mark.parametrize("command", READS_ALL, ids=lambda command: command[0])
def test_commands_that_read_all_name_three_and_count_the_rest(
    project: Project, command: tuple[str, ...]
) -> None:
    files = [("a", 5, "size: huge\n"), ("b", 0, "")]
    for prefix, count, extra in files:
        for number in range(count):
            project.task(f"{prefix}{number}", extra=extra)
    for number in range(7):
        project.write(f"tasks/10-ready/task-broken{number}.md", "---\nid: [\n---\n")
    if command[0] == "export":
        project.configure("")
    done = call(project, *command, "--output", "json")
    told = warnings(done)
    broken = [each["path"] for each in told if (each["path"] or "").startswith("tasks/10-ready/task-broken")]
    assert broken == [f"tasks/10-ready/task-broken{number}.md" for number in range(3)]
    assert {each["code"]: each["count"] for each in told if "count" in each}["unreadable-files"] == 4
    assert "4 more files can't be read" in call(project, *command).err
    named = [each for each in told if each["code"] == "unknown-value"]
    counted = {each["code"]: each["count"] for each in told if "count" in each}
    if command[0] == "list":
        assert (len(named), counted["invalid-tasks"]) == (3, 2)
        assert "other-tasks" not in counted
    elif command[0] not in {"tree", "fmt"}:
        assert (named, counted["other-tasks"]) == ([], 5)


@in_states
def test_tasks_outside_of_the_answer_are_one_line(project: Project) -> None:
    for number in range(311):
        project.task(f"a{number}", extra="size: huge\n")
    project.task("one", state="idea", extra="size: huge\n")
    told = warnings(call(project, "list", "--state", "idea", "--output", "json"))
    assert [(each["code"], each.get("count")) for each in told] == [
        ("unknown-value", None),
        ("other-tasks", 311),
    ]
    assert told[1] == {
        "code": "other-tasks",
        "message": "311 other tasks have errors (tasks/10-ready/task-a0.md, tasks/10-ready/task-a1.md,"
        " tasks/10-ready/task-a10.md, …); `tasks validate` shows them.",
        "path": None,
        "line": None,
        "column": None,
        "count": 311,
    }
    assert call(project, "list", "--state", "ready", "--output", "plain").err.count("\n") == 5


@pytest.mark.parametrize("count", [1, 3, 4])
def test_up_to_three_are_named_and_nothing_is_counted(project: Project, count: int) -> None:
    for number in range(count):
        project.write(f"tasks/10-ready/task-b{number}.md", "---\nid: [\n---\n")
    told = warnings(call(project, "list", "--output", "json"))
    assert [each["code"] for each in told] == ["yaml-syntax"] * min(count, 3) + ["unreadable-files"] * (
        count > 3
    )


@pytest.mark.parametrize(
    "command",
    [("move", "top", "canceled"), ("adopt", "top", "fix"), ("delete", "fix"), ("next",)],
    ids=lambda command: command[0],
)
def test_an_unreadable_file_that_a_command_met_is_named_once(
    project: Project, command: tuple[str, ...]
) -> None:
    project.task("top", kind="epic")
    project.task("fix")
    project.write("tasks/10-ready/task-broken.md", "---\nid: [\n---\n")
    done = call(project, *command, "--output", "json")
    assert done.code == 0
    assert [each["path"] for each in warnings(done)].count("tasks/10-ready/task-broken.md") == 1
