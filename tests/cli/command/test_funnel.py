"""Whatever goes wrong comes to an exit code, and to a sentence with its remedy."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
import typer

from support.streams import in_memory
from taskfiles import TaskfilesError
from taskfiles_cli.command.funnel import guard
from taskfiles_cli.render.console import Colour, Console, StdoutClosed


def fail(error: BaseException) -> Callable[[], NoReturn]:
    def work() -> NoReturn:
        raise error

    return work


def guarded(work: Callable[[], int], output: str = "human") -> tuple[int, str, str]:
    """Exit code and both streams of a command."""
    with in_memory() as written:
        code = guard(Console(output, Colour.NEVER), work)
        return (code, *written())


def error_of(work: Callable[[], int]) -> tuple[int, dict[str, Any]]:
    code, out, err = guarded(work, "json")
    assert out == ""
    (line,) = err.splitlines()
    return code, json.loads(line)["error"]


@pytest.mark.parametrize("code", [0, 1, 3])
def test_a_command_that_ends_well_has_its_own_code(code: int) -> None:
    assert guarded(lambda: code) == (code, "", "")


def test_a_refusal_is_a_sentence_and_a_remedy() -> None:
    refused = TaskfilesError("no-such-task", id="nope", remedy="Look for it.")
    code, out, err = guarded(fail(refused))
    assert (code, out) == (3, "")
    assert err == "error[no-such-task] There is no task nope.\nhint: Look for it.\n"
    assert error_of(fail(refused))[1]["code"] == "no-such-task"


def test_a_refusal_of_the_system_names_its_file() -> None:
    code, error = error_of(fail(PermissionError(13, "Permission denied", "a.md")))
    assert (code, error["code"]) == (6, "io")
    assert "a.md" in error["message"]
    assert "a file" in error_of(fail(OSError(28, "No space left on device")))[1]["message"]


def test_ctrl_c_is_130_and_says_so() -> None:
    stdout = sys.stdout
    code, _, err = guarded(fail(KeyboardInterrupt()), "json")
    assert code == 130
    assert json.loads(err)["error"]["code"] == "interrupted"
    assert sys.stdout is stdout


@pytest.mark.parametrize("error", [BrokenPipeError(), StdoutClosed()])
def test_a_reader_that_has_gone_is_no_error(error: BaseException) -> None:
    assert guarded(fail(error)) == (141, "", "")


def test_an_exit_of_typer_passes() -> None:
    with pytest.raises(SystemExit):
        guarded(fail(SystemExit(0)))


def test_a_command_line_that_makes_no_sense_is_usage() -> None:
    code, error = error_of(fail(typer.BadParameter("It is wrong.")))
    assert (code, error["code"]) == (2, "usage")
    assert "It is wrong." in error["message"]
    assert error["hint"] == "See `tasks --help`."


def test_a_bug_of_ours_is_one_line_with_its_details_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    code, error = error_of(fail(ZeroDivisionError("by zero\nindeed")))
    assert (code, error["code"]) == (70, "internal")
    assert "ZeroDivisionError: by zero." in error["message"]
    (log,) = (tmp_path / "tasks").iterdir()
    assert str(log) in error["hint"]
    assert re.search(r"^Traceback .*\n", log.read_text(), re.MULTILINE)


def test_details_go_elsewhere_where_there_is_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _, error = error_of(fail(ZeroDivisionError()))
    (log,) = tmp_path.glob("tasks-bug-*.log")
    assert str(log) in error["hint"]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    assert "no file, for none could be written" in error_of(fail(ZeroDivisionError()))[1]["hint"]


def test_what_was_left_in_the_output_can_fail_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    def work() -> int:
        sys.stdout.write("help")
        return 0

    console = Console("json", Colour.NEVER)
    with in_memory() as written:
        with open("/dev/full", "w", encoding="utf-8") as full:
            monkeypatch.setattr(sys, "stdout", full)
            assert guard(console, work) == 6
        assert json.loads(written()[1])["error"]["code"] == "io"
        ours, theirs = os.pipe()
        os.close(ours)
        with open(theirs, "w", encoding="utf-8") as broken:
            monkeypatch.setattr(sys, "stdout", broken)
            assert guard(console, work) == 141
        monkeypatch.setattr(sys, "stdout", None)
        assert (guard(console, lambda: 0), guard(console, lambda: 3)) == (141, 3)


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


def wrapped() -> RuntimeError:
    """What Python 3.11 makes of Ctrl-C in the body of a class."""
    error = RuntimeError("Error calling __set_name__")
    error.__cause__ = KeyboardInterrupt()
    return error


CIRCLE = RuntimeError("one")
CIRCLE.__cause__ = RuntimeError("two")
CIRCLE.__cause__.__cause__ = CIRCLE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        *(
            (OSError(5, "input/output error", name), 6)
            for name in (3, 0, b"a\xff", Path("a"), None, "", object())
        ),
        (OSError(), 6),
        (OSError("x\n::error::y"), 6),
        (OSError(2, None), 6),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), 70),
        (Unprintable(), 70),
        (ExceptionGroup("several", [ValueError("x")]), 70),
        (MemoryError(), 70),
        (RecursionError("x\x1b[31m"), 70),
        (CIRCLE, 70),
        (GeneratorExit(), 70),
        (wrapped(), 130),
        (KeyboardInterrupt(), 130),
    ],
    ids=repr,
)
@pytest.mark.parametrize("output", ["human", "json"])
def test_the_funnel_takes_whatever_comes(error: BaseException, code: int, output: str) -> None:
    given, out, err = guarded(fail(error), output)
    assert (given, out) == (code, "")
    assert "Traceback" not in err
    assert "\x1b" not in err
    if output == "json":
        assert json.loads(err)["error"]["message"]
    else:
        assert err.startswith("error[")
        assert len(err.splitlines()) <= 2


def test_an_error_that_can_not_be_reported_has_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", object())
    console = Console("human", Colour.NEVER)
    assert guard(console, fail(ValueError("x"))) == 70
    assert guard(console, fail(KeyboardInterrupt())) == 130
