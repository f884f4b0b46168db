"""Sections named on the command line: found in any spelling, added to, and said to be new."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.in_process import call
from support.project import Done, Project


def codes(done: Done) -> list[str]:
    return [json.loads(line)["warning"]["code"] for line in done.err.splitlines()]


@pytest.mark.parametrize("name", ["technical_approach", "TECHNICAL-APPROACH:", "Technical  approach"])
def test_a_name_in_another_spelling_is_no_new_section(project: Project, name: str) -> None:
    file = project.task("fix")
    done = call(project, "update", "fix", "--field", name, "So.", "--output", "json")
    assert (done.code, codes(done)) == (0, ["text-replaced"])
    assert file.read_text().count("## ") == 3
    assert "## Technical Approach\n\nSo.\n" in file.read_text()


@pytest.mark.parametrize("option", ["--field", "--append"])
def test_a_name_that_makes_a_new_section_says_so(project: Project, option: str) -> None:
    project.task("fix")
    line = ("update", "fix", option, "Aceptance Criteria", "- [ ] x")
    done = call(project, *line, "--output", "json")
    assert (done.code, codes(done)) == (0, ["new-section"])
    assert "new section “Aceptance Criteria”" in done.err
    assert "new section" not in call(project, *line).err
    assert "new-section" not in codes(
        call(project, "update", "fix", "--field", "Changelog", "x", "--output", "json")
    )
    made = call(project, "new", "--title", "New", "--field", "Overviw", "x", "--output", "json")
    assert codes(made) == ["new-section"]


@pytest.mark.parametrize("line", [("update", "fix"), ("new", "--title", "New")])
@pytest.mark.parametrize("name", ["body", "Body", "BODY:"])
def test_the_body_is_no_section(project: Project, line: tuple[str, ...], name: str) -> None:
    project.task("fix")
    before = project.tree()
    done = call(project, *line, "--field", name, "x", "--output", "json")
    assert (done.code, done.error["code"], project.tree()) == (2, "bad-value", before)
    assert "--body TEXT" in done.error["hint"]


def test_parallel_notes_are_all_kept(project: Project) -> None:
    file = project.task("fix")
    assert call(project, "update", "fix", "--field", "Notes", "seed").code == 0

    def note(number: int) -> int:
        return project.run("update", "fix", "--append", "notes", f"- agent {number}").code

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(note, range(6))) == [0] * 6
    text = file.read_text()
    assert sorted(line for line in text.splitlines() if line.startswith("- agent")) == [
        f"- agent {number}" for number in range(6)
    ]
    assert "seed" in text


def test_field_and_append_work_in_one_write(project: Project) -> None:
    file = project.task("fix")
    done = call(project, "update", "fix", "--append", "Overview", "b", "--field", "Overview", "a")
    assert done.code == 0
    assert "## Overview\n\na\n\nb\n" in file.read_text()
