"""Findings for people, for GitHub's log, and as SARIF."""

from __future__ import annotations

from typing import Any

import pytest

from support.backlogs import make_task
from support.streams import as_written
from taskfiles import FINDINGS, Finding, Report
from taskfiles_cli.render.findings import render_github, render_human, sarif, summary


def findings(**keys: Any) -> list[Finding]:
    """What is wrong with a task of these keys."""
    return list(make_task("fix", **keys).findings)


WRONG = findings(size="huge", priority="hihg")


def test_each_finding_is_a_line_and_a_count_ends_them() -> None:
    text = as_written(render_human(Report(WRONG, 1)))
    first, second, last = text.splitlines()
    assert first.startswith("tasks/10-ready/task-fix.md:5:7: error[")
    assert second.partition(" ")[0].startswith("tasks/10-ready/task-fix.md:6:")
    assert last == "1 file: 2 errors."


@pytest.mark.parametrize(
    ("found", "files", "text"),
    [
        ([], 0, "0 files: nothing to report."),
        ([], 3, "3 files: nothing to report."),
        (WRONG[:1], 2, "2 files: 1 error."),
        ([*WRONG, WRONG[0]._replace(severity="warning")], 1, "1 file: 2 errors, 1 warning."),
        ([WRONG[0]._replace(severity="hint")] * 2, 1, "1 file: 2 hints."),
    ],
)
def test_files_and_findings_are_counted(found: list[Finding], files: int, text: str) -> None:
    assert summary(found, files) == text


def test_github_gets_a_command_for_each_line() -> None:
    odd = WRONG[0]._replace(path="a,b:c\n%.md", message="50 %\nof\x1b it", hint="Fix: it.", severity="hint")
    assert render_github([odd]) == (
        f"::notice file=a%2Cb%3Ac%0A%25.md,line={odd.line},col={odd.column},title={odd.code}"
        "::50 %25%0Aof\\x1b it Fix: it.\n"
    )
    assert render_github([]) == ""


def test_sarif_has_every_rule_that_was_broken_once() -> None:
    (run,) = sarif([*WRONG, WRONG[0]])["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted({finding.code for finding in WRONG})
    assert [rules[each["ruleIndex"]] for each in run["results"]] == [
        *(finding.code for finding in WRONG),
        WRONG[0].code,
    ]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": WRONG[0].line, "startColumn": WRONG[0].column}


def test_sarif_paths_are_addresses() -> None:
    (run,) = sarif([WRONG[0]._replace(path="tasks/ä b#\udcff.md")])["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "tasks/%C3%A4%20b%23%FF.md"}


def test_every_code_can_be_a_rule() -> None:
    found = [WRONG[0]._replace(code=code) for code in FINDINGS]
    (run,) = sarif(found)["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["shortDescription"]["text"]
        assert "{" not in rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
