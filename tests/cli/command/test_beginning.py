"""Tasks named by the beginning of an id: by whom, where, and what is said."""

from __future__ import annotations

import json
import sys

import pytest

from support.in_process import call, inside, ok
from support.project import Project
from support.streams import on_terminal
from taskfiles_cli.main import main

READING = [
    ("show", "fix"),
    ("show", "FIX"),
    ("metadata", "get", "fix", "id"),
    ("tree", "fix"),
    ("log", "fix"),
    ("stats", "--task", "fix"),
    ("plan", "fix"),
    ("validate", "fix"),
    ("report", "--task", "fix", "--out", "../report.html"),
]
TYPED = [
    ("update", "fix", "-p", "high"),
    ("metadata", "set", "fix", "../patch.json"),
    ("note", "fix", "Seen"),
    ("move", "fix", "in-progress"),
    ("start", "fix"),
    ("done", "fix", "--force", "Enough"),
    ("adopt", "top", "fix"),
    ("fmt", "fix"),
    ("run", "fix", "--", "true"),
]
NEVER = [
    ("delete", "fix"),
    ("record", "fix", "--status", "failed", "--tool", "t", "--duration-seconds", "1"),
    ("review", "fix", "--reviewer", "me", "--approved"),
    ("rename", "fix", "other"),
    ("new", "Other", "--depends-on", "fix"),
    ("new", "Other", "--parent", "fix"),
    ("update", "other", "--depends-on", "fix"),
    ("list", "--parent", "fix"),
]


@pytest.fixture
def known(project: Project) -> Project:
    project.task("fix-navbar")
    project.task("other")
    project.task("top", kind="epic")
    project.write("../patch.json", '{"size": "xl"}')
    return project


def name(line: tuple[str, ...]) -> str:
    return " ".join(line[:2])


def typed(project: Project, *line: str) -> tuple[int, str]:
    """What a person sees who types a line: the exit code, and both streams."""
    with inside(project), on_terminal(typing=True) as read:
        code = main(line)
        sys.stdout.write("END")
        sys.stdout.flush()
        return code, read("END").replace("\r\n", "\n")


@pytest.mark.parametrize("line", READING, ids=name)
def test_what_only_reads_takes_a_beginning_and_says_so(known: Project, line: tuple[str, ...]) -> None:
    done = ok(call(known, *line))
    assert any(f"{said} → fix-navbar\n" in done.err for said in ("fix", "FIX"))
    whole = ["fix-navbar" if word.lower() == "fix" else word for word in line]
    assert done.out == ok(call(known, *whole)).out


@pytest.mark.parametrize("line", READING, ids=name)
def test_programs_name_ids(known: Project, line: tuple[str, ...]) -> None:
    if line[0] == "report":
        return
    done = call(known, *line, "--output", "json")
    assert (done.code, done.out, done.error["code"]) == (3, "", "no-such-task")
    assert done.error["hint"].startswith("Did you mean fix-navbar?")


@pytest.mark.parametrize("line", TYPED, ids=name)
def test_what_changes_takes_one_from_who_types(known: Project, line: tuple[str, ...]) -> None:
    before = known.tree()
    done = call(known, *line)
    assert done.code == 3, done
    assert "Did you mean fix-navbar?" in done.err
    assert known.tree() == before
    code, seen = typed(known, *line)
    assert code == 0, seen
    assert "fix → fix-navbar\n" in seen


@pytest.mark.parametrize("line", NEVER, ids=name)
def test_what_must_not_guess_takes_none(known: Project, line: tuple[str, ...]) -> None:
    before = known.tree()
    for code, seen in ((done := call(known, *line)).code, done.err), typed(known, *line):
        assert code == 3, seen
        assert "There is no task fix." in seen.replace("\x1b", "")
    assert known.tree() == before


def test_an_exact_id_comes_first(known: Project) -> None:
    known.task("fix")
    assert ok(call(known, "show", "fix", "-o", "plain")).out == "fix\n"
    code, seen = typed(known, "update", "fix", "-p", "high")
    assert (code, "→" in seen) == (0, False)
    assert "priority: high" in (known.root / known.path("fix")).read_text()


def test_the_event_names_the_id(known: Project) -> None:
    assert typed(known, "update", "fix", "-p", "high")[0] == 0
    (event,) = ok(call(known, "telemetry", "tail", "--output", "jsonl")).out.splitlines()
    assert json.loads(event)["subject"] == "fix-navbar"


@pytest.mark.parametrize(
    ("others", "hint"),
    [
        (["fix-a"], "Did you mean fix-a or fix-navbar?"),
        (["fix-a", "fix-b", "fix-c"], "4 ids begin so: fix-a, fix-b, fix-c, …."),
    ],
)
def test_several_ids_that_begin_so_are_named(known: Project, others: list[str], hint: str) -> None:
    for each in others:
        known.task(each)
    done = call(known, "show", "fix")
    assert (done.code, done.out) == (3, "")
    assert hint in done.err


def test_an_unreadable_file_counts(known: Project) -> None:
    known.write(known.path("fix-broken"), "---\nid: fix-broken\n")
    assert "Did you mean fix-broken or fix-navbar?" in call(known, "show", "fix").err
    assert "error[unreadable-task]" in call(known, "show", "fix-b").err


def test_nothing_is_no_beginning(project: Project) -> None:
    project.task("only")
    assert call(project, "show", "").code == 3
    assert ok(call(project, "show", "o", "-o", "plain")).out == "only\n"
