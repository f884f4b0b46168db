"""Rules of a project's own, checked beside ours: places, order, and what a wrong rule does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.project import BODY, Project
from taskfiles import FINDINGS, Finding, Store, Task, Violation, validate


def no_owner(task: Task) -> Iterator[Violation]:
    if task.get("priority") == "urgent" and not task.get("assignees"):
        yield Violation("no-owner", "An urgent task has an owner.", "assignees", "error", "Name one.")


def found(project: Project, *violations: Violation) -> list[Finding]:
    """What a rule that yields these gives, apart from ours."""
    report = validate(project.store, rules=[lambda task: violations])
    return [finding for finding in report.findings if finding.code not in FINDINGS]


def test_a_rule_finds_what_it_looks_for(project: Project) -> None:
    project.task("fix", priority="urgent")
    project.task("owned", priority="urgent", assignees="[ana]")
    (finding,) = validate(project.store, rules=[no_owner]).findings
    assert finding == Finding(
        "no-owner", "error", "An urgent task has an owner.", project.path(), 2, 1, "assignees", "Name one."
    )
    assert str(finding) == f"{project.path()}:2:1: error[no-owner] An urgent task has an owner."
    assert validate(project.store).findings == []


@pytest.mark.parametrize(
    ("field", "place", "name"),
    [
        ((), (2, 1), None),
        ("labels", (6, 9), "labels"),
        (("labels",), (6, 9), "labels"),
        (("labels", 1), (6, 13), "labels[1]"),
        (("x_own", "deep", "er"), (9, 9), "x_own.deep.er"),
        (("x_own", "deep", "gone"), (9, 5), "x_own.deep.gone"),
        ("gone", (2, 1), "gone"),
    ],
)
def test_the_place_is_that_of_the_value(
    project: Project, field: Any, place: tuple[int, int], name: str | None
) -> None:
    """Where it is missing, that of the mapping that would hold it, as for our own findings."""
    project.task("fix", labels="[a, b]", extra="x_own:\n  deep:\n    er: 5\n")
    (finding,) = found(project, Violation("own", "Look.", field))
    assert ((finding.line, finding.column), finding.field) == (place, name)
    assert (finding.severity, finding.hint) == ("warning", "")


def test_the_place_may_be_a_line_of_the_body(project: Project) -> None:
    text = project.task("fix", body=BODY + "TODO: more\n").read_text()

    def no_todo(task: Task) -> Iterator[Violation]:
        for number, line in enumerate(task.body.splitlines()):
            if "TODO" in line:
                yield Violation("todo", "Something is to be written.", severity="hint", body_line=number)

    (finding,) = validate(project.store, rules=[no_todo]).findings
    assert (finding.line, finding.column, finding.field) == (
        text.splitlines().index("TODO: more") + 1,
        1,
        None,
    )


def test_findings_of_all_rules_stand_in_one_order(project: Project) -> None:
    project.task("fix", priority="hihg", prioritee="high")
    project.task("also", sprint="5")
    project.write(project.path("none"), "---\nid: none\n")
    own = [Violation("z-own", "Late."), Violation("a-own", "Early.", "priority"), Violation("z-own", "Late.")]
    report = validate(project.store, rules=[lambda task: iter(own), lambda task: ()])
    assert [(re.split("[-/]", each.path)[-1], each.line, each.code) for each in report.findings] == [
        ("also.md", 2, "a-own"),
        ("also.md", 2, "z-own"),
        ("also.md", 6, "unknown-key"),
        ("fix.md", 2, "z-own"),
        ("fix.md", 6, "a-own"),
        ("fix.md", 6, "unknown-value"),
        ("fix.md", 7, "unknown-key"),
        ("none.md", 1, "no-closing-fence"),
    ]
    assert report.files == 3 + (project.root / "tasks/tasks.toml").is_file()


def test_rules_look_at_tasks_of_the_index(project: Project) -> None:
    project.task("fix", body=BODY + "TODO\n")
    seen = []

    def look(task: Task) -> Iterator[Violation]:
        seen.append(task.body)
        yield Violation("own", f"It is {task.get('size')}.", "state")

    for _ in range(2):
        report = validate(Store(project.root, index=True), rules=(rule for rule in [look]))
        assert [(each.message, each.line, each.column) for each in report.findings] == [
            ("It is medium.", 5, 8)
        ]
    assert seen == [BODY + "TODO\n"] * 2


def test_an_exception_in_a_rule_is_not_swallowed(project: Project) -> None:
    project.task("fix")

    def broken(task: Task) -> Iterator[Violation]:
        yield Violation("own", "Fine.")
        raise KeyError("x_gone")

    with pytest.raises(KeyError, match="x_gone") as caught:
        validate(project.store, rules=[broken])
    assert caught.value.__notes__ == [f"in the rule broken, at {project.path()}"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "A rule gives Violations, not None."),
        (["own"], "A rule gives Violations, not 'own'."),
        ([("own", "A tuple.")], r"A rule gives Violations, not \('own', 'A tuple.'\)."),
        ([Violation("unknown-key", "Ours.")], "unknown-key is a code of taskfiles; give yours another name."),
        ([Violation("own", "Bad.", severity="fatal")], "fatal is no severity; use error, warning, hint."),  # type: ignore[arg-type]  # the very mistake
    ],
)
def test_what_is_no_violation_is_refused(project: Project, given: Any, sentence: str) -> None:
    project.task("fix")
    with pytest.raises((TypeError, ValueError), match=sentence):
        validate(project.store, rules=[lambda task: given])


def test_a_file_that_cannot_be_read_is_no_task(project: Project) -> None:
    Path(project.root / project.path()).write_text("---\nid: Fix\n---\n")
    assert [each.code for each in validate(project.store, rules=[no_owner]).findings] == ["invalid-id"]
