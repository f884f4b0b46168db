"""`tasks inject`: the block comes and stays up to date; what surrounds it keeps every byte."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.in_process import call
from support.project import Project
from support.simultaneous import assert_done, at_once
from taskfiles.text.block import BEGIN, END, find_block, put_block
from taskfiles_cli.command.block import block_text

MARKS = f"{BEGIN}\nold\n{END}"


def test_the_block_is_short_and_in_ascii() -> None:
    whole = put_block("AGENTS.md", b"", block_text())
    assert len(whole) < 2048
    assert whole.isascii()
    assert find_block("AGENTS.md", whole) is not None


def test_a_missing_file_is_created_and_checked(project: Project) -> None:
    missing = call(project, "inject", "AGENTS.md", "--check")
    assert (missing.code, missing.out) == (1, "")
    assert missing.err.startswith("error[block-missing]")
    assert "tasks inject AGENTS.md" in missing.err
    assert not (project.root / "AGENTS.md").exists()
    assert call(project, "inject", "AGENTS.md").out == "Created AGENTS.md\n"
    assert call(project, "inject", "AGENTS.md", "--check").code == 0
    before = (project.root / "AGENTS.md").stat()
    again = call(project, "inject", "AGENTS.md", "--output", "json").json
    assert (again["changed"], again["reason"], again["changes_made"]) == (False, "unchanged", [])
    assert (project.root / "AGENTS.md").stat() == before


def test_a_stale_block_is_told_with_its_line_and_refreshed(project: Project) -> None:
    project.write("AGENTS.md", f"# Mine\n\n{MARKS}\n\nMine, too")
    stale = call(project, "inject", "AGENTS.md", "--check")
    assert stale.code == 1
    assert stale.err.startswith("AGENTS.md:3:1: error[block-stale]")
    tree = project.tree()
    shown = call(project, "inject", "AGENTS.md", "--dry-run")
    assert "\n-old\n" in shown.out
    assert project.tree() == tree
    answer = call(project, "inject", "AGENTS.md", "--output", "json").json
    assert answer["changes_made"] == [{"path": "AGENTS.md", "field": "block", "from": 1, "to": 1}]
    text = (project.root / "AGENTS.md").read_text()
    assert text.startswith(f"# Mine\n\n{BEGIN}\n## Tasks")
    assert text.endswith(f"{END}\n\nMine, too")


def test_a_file_without_a_block_gets_one_at_its_end(project: Project) -> None:
    project.write("AGENTS.md", b"\xef\xbb\xbf# Mine\r\nno end")
    assert call(project, "inject", "AGENTS.md", "--check").err.startswith(
        "AGENTS.md:1:1: error[block-missing]"
    )
    assert call(project, "inject", "AGENTS.md").out == "Added the block of `tasks` to AGENTS.md\n"
    data = (project.root / "AGENTS.md").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf# Mine\r\nno end\r\n\r\n" + BEGIN.encode() + b"\r\n")
    assert data.endswith(END.encode())


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (f"a\n{BEGIN}\nb\n", 2, "has no end"),
        (f"a\n\n{END}\n", 3, "no beginning"),
        (f"{MARKS}\n\n{MARKS}\n", 5, "stands in line 1 already"),
        (f"{BEGIN}\n{MARKS}\n", 2, "begins in line 1 has no end"),
        (f"{MARKS}\n{END}\n", 4, "no beginning"),
        (MARKS.replace("v1", "v2"), 1, "version 2"),
        ("a\n\0\n", 2, "no text"),
        (f"{BEGIN[:20]}\nx\n", 1, "has no end"),
    ],
)
def test_damaged_marks_are_refused_with_their_line(
    project: Project, text: str, line: int, problem: str
) -> None:
    file = project.write("AGENTS.md", text)
    for options in ((), ("--check",), ("--dry-run",)):
        error = call(project, "inject", "AGENTS.md", *options, "--output", "json")
        assert (error.code, error.error["code"], error.error["line"]) == (1, "block-damaged", line)
        assert problem in error.error["message"]
    assert file.read_text() == text


@pytest.mark.parametrize("name", ["../AGENTS.md", "/AGENTS.md", ".git/AGENTS.md", ".", "sub/../.git/x"])
def test_a_file_outside_of_the_repository_is_refused(project: Project, name: str) -> None:
    refused = call(project, "inject", name)
    assert (refused.code, refused.out) == (2, "")
    assert not (project.root.parent / "AGENTS.md").exists()
    assert not (project.root / ".git" / "AGENTS.md").exists()


def test_a_link_within_is_followed_and_one_that_leads_out_refused(project: Project, tmp_path: Path) -> None:
    (project.root / "CLAUDE.md").symlink_to("AGENTS.md")
    assert call(project, "inject", "CLAUDE.md").code == 0
    assert (project.root / "CLAUDE.md").is_symlink()
    assert BEGIN in (project.root / "AGENTS.md").read_text()
    outside = tmp_path / "mine.md"
    outside.write_text("mine\n")
    (project.root / "OUT.md").symlink_to(outside)
    refused = call(project, "inject", "OUT.md", "--output", "json")
    assert (refused.code, refused.error["code"]) == (6, "outside-root")
    (project.root / "docs").symlink_to(tmp_path)
    assert call(project, "inject", "docs/mine.md").code in {2, 6}
    assert outside.read_text() == "mine\n"


def test_what_is_no_file_is_refused(project: Project) -> None:
    (project.root / "docs").mkdir()
    os.mkfifo(project.root / "pipe")
    for name in ("docs", "pipe"):
        assert call(project, "inject", name).code == 6


def test_it_works_from_below_and_without_git(project: Project) -> None:
    below = project.root / "tasks"
    assert call(project, "inject", "../AGENTS.md", cwd=below).out == "Created AGENTS.md\n"
    (project.root / ".git").rename(project.root.parent / "git")
    (project.root / "AGENTS.md").unlink()
    assert call(project, "inject", "AGENTS.md").code == 0
    assert call(project, "inject", "../out.md").code == 2


def test_many_at_once_leave_one_block(project: Project) -> None:
    project.write("AGENTS.md", "# Mine\n")
    assert_done(at_once(project, *([["inject", "AGENTS.md"]] for _ in range(8))))
    assert (project.root / "AGENTS.md").read_text().count(BEGIN) == 1
