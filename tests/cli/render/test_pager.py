"""Long answers go through the pager on a terminal, and nowhere else; no pager makes an answer fail."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.project import Project
from support.pseudo_terminal import on_pty
from taskfiles_cli.render.pager import find_pager, is_long, page

MANY = 30


@pytest.fixture
def busy(project: Project) -> Project:
    for number in range(MANY):
        project.task(f"task-{number}")
    return project


def script(project: Project, text: str) -> str:
    """Write a pager; gives its command."""
    file = project.root.parent / "my-pager"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def run(project: Project, *argv: str, rows: int = 24, **env: str) -> str:
    usual = {"TERM": "xterm", "NO_COLOR": "1", "LINES": str(rows)}
    return on_pty(project, *argv, env=usual | env, columns=100)


def test_a_long_answer_is_the_pager_s_and_a_short_one_is_not(busy: Project) -> None:
    pager = script(busy, "echo paged; cat")
    assert run(busy, "list", PAGER=pager).startswith("paged\nID ")
    assert run(busy, "list", rows=MANY + 2, PAGER=pager).startswith("ID ")
    assert run(busy, "show", "task-1", "--fields", "id", PAGER=pager).startswith("  id ")


def test_the_project_s_own_variable_comes_first(busy: Project) -> None:
    pager = script(busy, "echo paged; cat")
    assert run(busy, "list", PAGER="false", TASKS_PAGER=pager).startswith("paged\n")
    assert run(busy, "list", PAGER=pager, TASKS_PAGER="").startswith("ID ")
    assert run(busy, "list", PAGER=pager, TASKS_PAGER="cat").startswith("ID ")


def test_a_shell_reads_what_is_more_than_a_word(busy: Project) -> None:
    assert run(busy, "list", PAGER="sed -e 's/^ID/paged/' | cat").startswith("paged ")


def test_programs_and_pipes_get_no_pager(busy: Project) -> None:
    pager = script(busy, "echo paged; cat")
    for output in ("json", "jsonl", "plain"):
        assert "paged" not in run(busy, "list", "-o", output, PAGER=pager)
    assert json.loads(run(busy, "list", "-o", "json", PAGER=pager))
    assert "paged" not in busy.run("list", env={"PAGER": pager, "TERM": "xterm"}).out
    assert "paged" not in run(busy, "list", PAGER=pager, TERM="dumb")


def test_a_change_keeps_nobody_waiting_however_long_its_answer(busy: Project) -> None:
    pager = script(busy, "echo paged; cat")
    busy.task("large", body="".join(f"## Part {number}\n\nText.\n\n" for number in range(30)))
    assert "paged" not in run(
        busy, "update", *(f"task-{number}" for number in range(MANY)), "-p", "high", "--dry-run", PAGER=pager
    )
    assert "paged" not in run(busy, "start", "large", PAGER=pager)
    assert run(busy, "show", "large", PAGER=pager).startswith("paged\n")


def test_less_gets_the_options_that_git_gives_it(busy: Project) -> None:
    pager = script(busy, 'echo "LESS=$LESS LV=$LV"')
    assert run(busy, "list", PAGER=pager) == "LESS=FRX LV=-c\n"
    assert run(busy, "list", PAGER=pager, LESS="-i") == "LESS=-i LV=-c\n"


@pytest.mark.parametrize(
    "pager", ["/nowhere/pager", "no-such-pager", "no-such-pager -x", "no-such-pager | cat -"]
)
def test_without_its_pager_an_answer_is_written_as_it_is(busy: Project, pager: str) -> None:
    out = run(busy, "list", PAGER=pager)
    assert out.count("task-") >= MANY
    assert out.splitlines()[0].startswith("ID ")


def test_a_pager_that_quits_early_is_no_error(busy: Project) -> None:
    busy.task("large", body="\n" + "text\n" * 100_000)  # more than a pipe holds
    assert run(busy, "show", "large", PAGER=script(busy, "head -1; exit 3")) == "Title of large\n"


def test_the_pager_keeps_ctrl_c(tmp_path: Path) -> None:
    """Ctrl-C reaches both; the pager goes on, and so does who waits for it."""
    seen = tmp_path / "seen"
    command = ["sh", "-c", f"trap : INT; kill -INT {os.getpid()}; cat > {seen}"]
    before = signal.getsignal(signal.SIGINT)
    assert page("text\n", command, {"PATH": os.environ["PATH"]})
    assert seen.read_text() == "text\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_a_pager_that_cannot_be_run_has_shown_nothing() -> None:
    env = {"PATH": os.environ["PATH"]}
    assert not page("text\n", ["/nowhere/pager"], env)
    assert not page("text\n", ["sh", "-c", "exit 127"], env)
    assert page("text\n", ["sh", "-c", "exit 1"], env)


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(1, 12), st.integers(2, 10))
def test_lines_that_wrap_count_as_often(lengths: list[int], columns: int, rows: int) -> None:
    text = "".join(f"\x1b[1;31m{'x' * length}\x1b[0m\n" for length in lengths)
    needed = sum(max(1, -(-length // columns)) for length in lengths)
    assert is_long(text, columns, rows) is (needed >= rows)


def test_the_default_is_less(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_pager({"TERM": "xterm"}) is None
    (tmp_path / "less").write_text("")
    (tmp_path / "less").chmod(0o755)
    assert find_pager({"TERM": "xterm"}) == ["less"]
