"""Machine output is JSON for the strictest reader, and its lines are lines, whatever files contain."""

from __future__ import annotations

import os

import pytest

from support.in_process import call
from support.layouts import in_states
from support.project import Project
from support.strict import strict_json, strict_lines

pytestmark = in_states

ODD = '"one\\u2028two\\u0085three\\u2029four \\ud83d\\ude00"'
NINES = "9" * 309
EXTRA = f"""labels: [{ODD}]
x_{ODD[1:-1]!r}: 1
x_a: {{ {ODD}: [{NINES}, -{NINES}, .nan, -.inf, 1e999, 0x{"f" * 400}] }}
execution:
  attempts:
    - started_at: 2025-11-02T15:03:00Z
      ended_at: 2025-11-02T15:05:00Z
      duration_seconds: 120
      status: failed
      executor: {{ tool: {ODD}, model: {ODD} }}
      error_reason: {ODD}
"""

READS = [
    ("list",),
    ("list", "--label", "a"),
    ("show", "odd"),
    ("metadata", "get", "odd"),
    ("validate",),
    ("stats",),
    ("stats", "--by", "model"),
    ("next",),
    ("tree",),
    ("plan",),
    ("doctor",),
    ("export", "--format", "task-completion"),
    ("telemetry", "show"),
    ("schema",),
    ("telemetry", "check"),
]
WRITES = [
    ("update", "odd", "--meta", "x_b=1"),
    ("pickup", "odd", "--by", "a\u2028b"),
    ("move", "named", "done"),
    ("record", "odd", "--tool", "a\u2028b", "--status", "failed", "--duration-seconds", "5"),
    ("delete", "named"),
    ("undo",),
]


@pytest.fixture
def odd(project: Project) -> Project:
    """Tasks with odd texts, numbers and paths; one file that can't be read as a task."""
    project.task("odd", extra=EXTRA)
    project.task("named", milestone=ODD)
    name = os.fsdecode(b"tasks/10-ready/task-named\xff\xe2\x80\xa8.md")
    (project.root / project.path("named")).rename(project.root / name)
    project.write(os.fsdecode(b"tasks/10-ready/task-bad\xff.md"), '---\nid: bad\ntitle: "\\ud800"\n---\n')
    return project


@pytest.mark.parametrize("argv", [*READS, *WRITES], ids=" ".join)
def test_answers_events_and_errors_are_strict(odd: Project, argv: tuple[str, ...]) -> None:
    for form in ("json", "jsonl"):
        done = call(odd, *argv, "--output", form)
        assert done.code != 70, done.err
        strict_lines(done.err)
        if form == "jsonl" or done.out:
            strict_lines(done.out)
        if form == "json" and done.out:
            strict_json(done.out)
    for file in odd.root.joinpath(".git").rglob("*.jsonl"):
        strict_lines(file.read_bytes().decode())


def test_the_index_answers_as_the_files_do(odd: Project) -> None:
    first, second = (odd.run("list", "--output", "json") for _ in range(2))
    assert first.out == second.out
    assert [row["id"] for row in strict_json(second.out)] == ["named", "odd"]
    (named, _) = second.json
    assert named["path"] == "tasks/10-ready/task-named\\udcff\u2028.md"


def test_sarif_gives_the_bytes_of_a_path(odd: Project) -> None:
    done = odd.run("validate", "--output", "sarif")
    strict_json(done.out)
    assert "tasks/10-ready/task-bad%FF.md" in done.out


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_datasets_are_strict(odd: Project, form: str) -> None:
    done = odd.run("export", "--dataset", "out", "--format", form, "--output", "json")
    assert done.code == 0, done.err
    for file in odd.root.joinpath("out").rglob("*.json*"):
        strict_lines(file.read_bytes().decode()) if file.suffix == ".jsonl" else strict_json(file.read_text())


OPTIONS = [
    ("update", "fix", "--meta", "title=x\udcff"),
    ("update", "fix", "--meta", "x_a=x\udcff"),
    ("update", "fix", "--meta", "x\udcff=y"),
    ("update", "fix", "--add", "labels=x\udcff"),
    ("update", "fix", "--field", "Overview", "x\udcff"),
    ("update", "fix", "--field", "O\udcff", "x"),
    ("new", "--title", "x\udcff"),
    ("new", "--title", "x", "--id", "x\udcff"),
    ("new", "--title", "x", "--label", "x\udcff"),
    ("new", "--title", "x", "--assignee", "x\udcff"),
    ("new", "--title", "x", "--body", "x\udcff"),
    ("pickup", "fix", "--by", "x\udcff"),
    ("record", "fix", "--tool", "x\udcff", "--status", "failed", "--duration-seconds", "5"),
    ("record", "fix", "--tool", "x", "--status", "failed", "--duration-seconds", "5", "--notes", "x\udcff"),
]


@pytest.mark.parametrize("argv", OPTIONS, ids=lambda argv: ascii(" ".join(argv)))
def test_arguments_that_are_not_utf_8_are_refused(project: Project, argv: tuple[str, ...]) -> None:
    project.task("fix")
    before = project.tree()
    done = call(project, *argv, "--output", "json")
    assert done.code == 2, done
    assert done.error["code"] in {"bad-value", "bad-text", "usage"}
    assert "UTF-8" in done.error["message"] or "not an id" in done.error["message"], done.error
    strict_lines(done.err)
    assert project.tree() == before


@pytest.mark.parametrize("value", ['"\\ud800"', '["\\ud800"]', '{a: "\\udcff"}'])
def test_an_escape_of_half_a_pair_is_no_character(project: Project, value: str) -> None:
    """A value is text as typed unless it can be read as YAML, which half of a pair can't."""
    project.task("fix")
    done = call(project, "update", "fix", "--meta", f"x_a={value}", "--output", "json")
    if done.code == 0:
        assert strict_json(done.out)["task"]["x_a"] == value
    else:
        assert done.code == 2
    assert call(project, "validate", "--output", "json").json["summary"]["errors"] == 0
