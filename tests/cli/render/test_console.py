"""What goes to which stream, in which format, with which colours."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from support.backlogs import make_task
from support.streams import in_memory, on_terminal
from taskfiles import TaskfilesError
from taskfiles_cli.render import console as module
from taskfiles_cli.render.console import Colour, Console, StdoutClosed, is_terminal

FINDING = make_task("fix", size="huge").findings[0]
REFUSED = TaskfilesError("no-such-task", id="nope", remedy="Look for it.", path="a\x1b.md", line=3)


def console(output: str = "human", colour: Colour = Colour.AUTO, **env: str) -> Console:
    return Console(output, colour, env)


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("human", "words\n"),
        ("plain", "a\nb\n"),
        ("json", '[{"id":"a"},{"id":"é"}]\n'),
        ("jsonl", '{"id":"a"}\n{"id":"é"}\n'),
    ],
)
def test_an_answer_in_each_format(output: str, text: str) -> None:
    rows = [{"id": "a"}, {"id": "é"}]
    with in_memory() as written:
        console(output).answer(rows, human=lambda: "words\n", plain=["a", "b"])
    assert written() == (text, "")


@pytest.mark.parametrize("rows", [[], [b'{"id":"a"}'], [b'{"id":"a"}', b'{"id":"b"}']])
def test_rows_that_are_json_already_are_the_same_answer(rows: list[bytes]) -> None:
    with in_memory() as written:
        console("json").rows(iter(rows))
        console("jsonl").rows(iter(rows))
    whole, *lines = written()[0].splitlines()
    assert json.loads(whole) == [json.loads(row) for row in rows]
    assert lines == [row.decode() for row in rows]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
def test_a_list_written_in_pieces_is_the_same_text(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    odd = {"id": "\udcff\u2028é", "cost": float("nan"), "below": [{"id": "b"}]}
    rows = [odd if number % 2 else {"id": "a", "n": 10**400} for number in range(count)]
    with in_memory() as written:
        console("json").answer(rows, human=lambda: "")
    assert written()[0] == console("json").json(rows)


@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_what_comes_first_in_a_list_is_written_first(output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Late:
        """An item whose text is what has been written before."""

        def __str__(self) -> str:
            return written()[0]

    monkeypatch.setattr(module, "_AT_ONCE", 2)
    with in_memory() as written:
        console(output).answer(["a", "b", Late()], human=lambda: "")
    before = {"json": '["a","b",', "jsonl": '"a"\n"b"\n'}[output]
    assert written()[0].endswith(json.dumps(before) + {"json": "]\n", "jsonl": "\n"}[output])


def test_half_a_pair_becomes_its_escape() -> None:
    with in_memory() as written:
        console().write("a\udcffb\n")
    assert written() == ("a\\udcffb\n", "")


def test_json_holds_no_nan() -> None:
    assert console("json").json([float("nan"), float("-inf")]) == '[".nan","-.inf"]\n'


def test_notes_are_for_people() -> None:
    with in_memory() as written:
        for output in ("json", "jsonl", "human"):
            console(output).note(f"{output}\x1b")
    assert written() == ("", "human\\x1b\n")


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, "warning: It is\\x1b so.\n"),
        ({"path": "a.md"}, "a.md: warning: It is\\x1b so.\n"),
        (
            {"finding": FINDING},
            f"{FINDING.path}:5:7: error[{FINDING.code}] {FINDING.message} {FINDING.hint}\n",
        ),
    ],
)
def test_warnings_for_people(more: dict[str, Any], text: str) -> None:
    with in_memory() as written:
        console().warn("It is\x1b so.", **more)
    assert written() == ("", text)


def test_warnings_for_programs() -> None:
    with in_memory() as written:
        console("json").warn("It is so.", code="found", path="a.md")
        console("jsonl").warn(FINDING.message, finding=FINDING)
    first, second = (json.loads(line)["warning"] for line in written()[1].splitlines())
    assert first == {"code": "found", "message": "It is so.", "path": "a.md", "line": None, "column": None}
    assert (second["code"], second["path"], second["line"]) == (FINDING.code, FINDING.path, FINDING.line)


def test_an_error_has_its_place_and_its_remedy() -> None:
    with in_memory() as written:
        console().error(REFUSED)
    first, second = written()[1].splitlines()
    assert first == f"a\\x1b.md:3:1: error[no-such-task] {REFUSED.message}"
    assert second == f"hint: {REFUSED.hint}"


def test_an_error_for_programs_is_one_object() -> None:
    with in_memory() as written:
        console("json").error(REFUSED)
    (line,) = written()[1].splitlines()
    error = json.loads(line)["error"]
    assert set(error) == {"code", "message", "hint", "path", "line", "column", "details"}
    assert (error["code"], error["line"]) == ("no-such-task", 3)


@pytest.mark.parametrize(
    ("colour", "env", "is_coloured"),
    [
        (Colour.AUTO, {}, False),
        (Colour.AUTO, {"FORCE_COLOR": "1"}, True),
        (Colour.AUTO, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (Colour.AUTO, {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (Colour.ALWAYS, {"NO_COLOR": "1"}, True),
        (Colour.NEVER, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_is_decided_by_option_then_environment_then_stream(
    colour: Colour, env: dict[str, str], is_coloured: bool
) -> None:
    with in_memory():
        assert console("human", colour, **env).has_colour(sys.stdout) is is_coloured


def test_on_a_terminal_json_is_indented_and_colour_is_shown() -> None:
    with on_terminal(24):
        assert console("json").json({"a": [1]}) == '{\n  "a": [\n    1\n  ]\n}\n'
        assert console("jsonl").json({"a": [1]}) == '{"a":[1]}\n'
        assert console().has_colour(sys.stdout)
        assert not console(TERM="dumb").has_colour(sys.stdout)
        assert console().width() == 24


def test_notes_break_between_words_on_a_terminal_and_nowhere_else() -> None:
    with on_terminal(24) as written:
        console().note("1 is claimed: navbar; `tasks show ID` says by whom.")
        assert written("whom.\r\n").splitlines() == [
            "1 is claimed: navbar;",
            "  `tasks show ID` says",
            "  by whom.",
        ]
    with in_memory() as kept:
        console().note("a word and " * 20)
    assert kept()[1].count("\n") == 1


def test_elsewhere_there_is_no_width() -> None:
    with in_memory():
        assert console().width() is None
    assert not is_terminal(None)


def test_progress_is_shown_on_a_terminal_and_taken_away_by_what_comes_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_line", module._ProgressLine())
    monkeypatch.setattr(module, "_QUIET_SECONDS", 0)
    with on_terminal() as written:
        console().progress(3, 9)
        console().error_line("said")
        assert written("said\r\n") == "\r\x1b[KReading task files: 3 of 9\r\x1b[Ksaid\r\n"
        console().progress(9, 9)
        console().error_line("done")
        assert written("done\r\n") == "done\r\n"


def test_progress_shows_nothing_before_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_line", module._ProgressLine())
    with on_terminal() as written:
        console().progress(3, 9)
        console().error_line("done")
        assert written("done\r\n") == "done\r\n"


def test_what_another_program_prints_passes_as_it_is() -> None:
    with in_memory() as written:
        console("json").stream(b"\x1b[31m\n")
    assert written() == ("", "\x1b[31m\n")


@pytest.mark.parametrize("write", [lambda: console().write("x"), lambda: console("json").rows(iter([b"{}"]))])
def test_a_closed_output_is_no_error_of_ours(
    write: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(StdoutClosed):
        write()
    ours, theirs = os.pipe()
    os.close(ours)
    with open(theirs, "w", encoding="utf-8") as broken:
        monkeypatch.setattr(sys, "stdout", broken)
        with pytest.raises(StdoutClosed):
            write()


def test_an_output_that_takes_no_more_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(TaskfilesError) as refused:
            console().write("x")
    assert (refused.value.code, refused.value.path) == ("io", "standard output")


def test_a_closed_error_stream_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    console().error_line("x")
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stderr", full)
        console().error_line("x")
