"""A problem becomes a finding: its sentences are filled in and its place is found."""

from __future__ import annotations

import pytest

from support.backlogs import make_task
from taskfiles.task.findings import Finding, Problem, front_position, locate, make_finding
from taskfiles.text.document import split_document
from taskfiles.text.nodes import Path
from taskfiles.text.yaml import read_yaml

TEXT = "---\n# note\nid: fix\nlinks:\n  - type: linear\nlabels: [é, b]\n---\n\n## Overview\n"
DOCUMENT = split_document(TEXT.encode())


def test_a_finding_has_its_severity_its_sentences_and_its_place() -> None:
    finding = make_finding(
        "unknown-key", "tasks/a.md", 5, 3, "prio", key="prio", near="Did you mean priority? "
    )
    assert (finding.severity, finding.path, finding.line, finding.column, finding.field) == (
        *("hint", "tasks/a.md", 5, 3, "prio"),
    )
    assert "`prio`" in finding.message
    assert "Did you mean priority?" in finding.hint
    assert str(finding) == f"tasks/a.md:5:3: hint[unknown-key] {finding.message}"


def test_a_sentence_begins_with_a_capital_whatever_is_filled_in() -> None:
    finding = make_finding("wrong-type", "a.md", 1, 1, found="text", wanted="a list", remedy="Write a list.")
    assert finding.message[0].isupper()
    assert finding.hint == "Write a list."


@pytest.mark.parametrize(
    ("path", "at", "place", "field"),
    [
        (("id",), "value", (3, 5), "id"),
        (("id",), "key", (3, 1), "id"),
        (("links", 0, "type"), "key", (5, 5), "links[0].type"),
        (("links", 0, "type"), "value", (5, 11), "links[0].type"),
        (("labels", 1), "value", (6, 13), "labels[1]"),
        (("labels", 1), "key", (6, 13), "labels[1]"),
        # what is missing is reported where it belongs
        (("links", 0, "key"), "value", (5, 5), "links[0].key"),
        (("title",), "key", (2, 1), "title"),
        ((), "value", (2, 1), None),
    ],
)
def test_a_problem_of_the_frontmatter_points_at_a_key_or_value(
    path: Path, at: str, place: tuple[int, int], field: str | None
) -> None:
    problem = Problem("empty-text", path, at=at)  # type: ignore[arg-type]
    finding = locate(problem, "a.md", DOCUMENT, lambda: read_yaml(DOCUMENT.front))
    assert (finding.line, finding.column) == place
    assert (finding.path, finding.field) == ("a.md", field)


def test_a_problem_of_the_body_points_at_a_line_and_needs_no_nodes() -> None:
    def refuse() -> None:
        raise AssertionError("the frontmatter was read")

    problem = Problem("missing-checkbox", at="body", body_line=1)
    finding = locate(problem, "a.md", DOCUMENT, refuse)  # type: ignore[arg-type]
    assert (finding.line, finding.column, finding.field) == (9, 1, None)
    assert TEXT.splitlines()[finding.line - 1] == "## Overview"


def test_offsets_of_the_frontmatter_count_from_the_file_s_first_line() -> None:
    assert front_position("a: 1\r\nb: é1\n", 0) == (2, 1)
    assert front_position("a: 1\r\nb: é1\n", 10) == (3, 5)
    assert front_position("a: 1\n", 5) == (3, 1)


def test_findings_of_a_task_are_in_order() -> None:
    task = make_task("fix", labels=[""], size="huge", x=1)
    places = [(finding.line, finding.column, finding.code) for finding in task.findings]
    assert places == sorted(places)
    assert {finding.code for finding in task.errors} == {"empty-text", "unknown-value"}
    assert all(isinstance(finding, Finding) for finding in task.findings)
