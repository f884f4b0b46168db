"""What an agent says of its own attempt, in what it prints and in its result file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support.stub_agents import RESULT
from taskfiles.agents.registry import ADAPTERS
from taskfiles.run.self_report import read_self_report

CLAUDE = ADAPTERS["claude-code"]


def log(out: Path) -> str:
    return str(out).removesuffix(".out.log")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    file = tmp_path / "a.out.log"
    file.write_text(f"Working…\n{json.dumps(RESULT)}\n")
    return file


def test_without_a_result_file_what_was_printed_counts(out: Path, tmp_path: Path) -> None:
    found = read_self_report(CLAUDE, log(out), str(tmp_path / "none.json")).reading
    assert found == CLAUDE.read(out.read_bytes().splitlines(keepends=True))
    assert found.attempt["turns"] == 3


def test_a_tool_without_an_adapter_says_nothing_by_what_it_prints(out: Path, tmp_path: Path) -> None:
    found = read_self_report(None, log(out), str(tmp_path / "none.json")).reading
    assert (found.attempt, found.failed, found.problems) == ({}, None, ())


def test_the_result_file_counts_where_both_say_something(out: Path, tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text('{"turns": 9, "status": "failed", "error_type": "no_access", "error_reason": "why"}')
    found = read_self_report(CLAUDE, log(out), str(result)).reading
    assert (found.failed, found.error_type, found.reason) == (True, "agent_error", "why")
    assert found.detail == "no_access"
    assert found.attempt["turns"] == 9
    assert found.attempt["usage"] == read_self_report(CLAUDE, log(out), "").reading[0]["usage"]


def test_a_result_file_that_says_nothing_of_the_end_leaves_the_printed_word(
    out: Path, tmp_path: Path
) -> None:
    result = tmp_path / "result.json"
    result.write_text('{"turns": 9}')
    assert read_self_report(CLAUDE, log(out), str(result)).reading.failed is False


def test_what_cannot_be_used_of_the_result_file_is_named(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text('{"turns": -1, "notes": "kept"}')
    found = read_self_report(None, str(tmp_path / "none"), str(result)).reading
    assert found.attempt == {"notes": "kept"}
    assert found.problems == ("The agent's result file: turns is left out: a whole number belongs there.",)


@pytest.mark.parametrize("kind", ["link", "directory", "pipe", "huge"])
def test_only_the_beginning_of_a_regular_file_is_read(kind: str, out: Path, tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    if kind == "link":
        (tmp_path / "secret").write_text('{"notes": "secret"}')
        result.symlink_to("secret")
    elif kind == "directory":
        result.mkdir()
    elif kind == "pipe":
        os.mkfifo(result)
    else:
        result.write_text(" " * (1 << 20) + '{"notes": "late"}')
    found = read_self_report(CLAUDE, log(out), str(result)).reading
    assert "notes" not in found.attempt
    assert found.attempt["turns"] == 3
    assert found.problems == ("The agent's result file: It contains no JSON object.",)


def test_the_error_that_is_printed_on_standard_error_is_read(tmp_path: Path) -> None:
    """Gemini CLI prints the object of `json` there when it fails; the rest is a complaint."""
    (tmp_path / "a.out.log").write_text("")
    error = {
        "session_id": "s-1",
        "error": {"type": "FatalTurnLimitedError", "message": "Too long", "code": 53},
    }
    (tmp_path / "a.err.log").write_text(f"YOLO mode is enabled.\n{json.dumps(error, indent=2)}\n")
    found = read_self_report(ADAPTERS["gemini-cli"], str(tmp_path / "a")).reading
    assert (found.failed, found.error_type, found.attempt) == (True, "max_turns", {"session_id": "s-1"})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("error: api_key=swordfish is wrong\nUsage: agent\n", "error: api_key=[redacted] is wrong"),
        ("Working\nCould not start\n", "Could not start"),
        ("WARNING: an error may follow\n", None),
        ("TypeError: no\n    at main (a.js:1)\n}\n", "TypeError: no"),
        ("", None),
    ],
)
def test_the_line_that_says_what_went_wrong_is_found(
    tmp_path: Path, text: str, complaint: str | None
) -> None:
    (tmp_path / "a.err.log").write_text(text)
    assert read_self_report(None, str(tmp_path / "a")).complaint == complaint
