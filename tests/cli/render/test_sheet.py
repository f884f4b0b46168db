"""One task on a terminal: where it stands first, then what is set, attempts a line each, its text."""

from __future__ import annotations

from typing import Any

import pytest

from support.attempts import DONE, FAILED
from support.backlogs import make_task
from support.in_process import call
from support.project import BODY, Project
from support.pseudo_terminal import on_pty
from taskfiles import task_object
from taskfiles_cli.render.cells import text_width
from taskfiles_cli.render.lines import compose
from taskfiles_cli.render.sheet import render_sheet
from taskfiles_cli.render.signs import Icons

ID = "0199c6f2-0000-7000-8000-000000000001"


def sheet(
    *attempts: Any,
    width: int = 100,
    icons: Icons = "icon",
    claim: Any = None,
    colours: bool = False,
    **keys: Any,
) -> list[str]:
    execution: dict[str, Any] = {"execution": {"attempts": list(attempts)}} if attempts else {}
    task = make_task("fix", title="Fix the navbar", **execution, **keys)
    whole = task_object(task, show=True, claim=claim)
    return [compose(line, colours=colours) for line in render_sheet(whole, width, icons)]


def test_where_it_stands_is_on_the_second_line() -> None:
    lines = sheet(priority="urgent", kind="story", body=BODY)
    assert lines[:3] == ["Fix the navbar", "fix  ○ ready  ▲ urgent  story  1/2", ""]
    assert sheet(body="\n", icons="ascii")[1] == "fix  o ready  task"
    assert "\x1b[1;35m▲ urgent\x1b[0m" in sheet(priority="urgent", colours=True)[1]
    assert sheet(state="odd")[1].startswith("fix  ■ odd")


def test_what_stands_in_the_way_comes_before_the_keys() -> None:
    claim = {"by": "agent-7", "since": "2025-11-02T15:03:00Z", "until": "2025-11-02T15:33:00Z", "mine": True}
    lines = sheet(blocked="CI\nis down", size="huge", claim=claim)
    assert lines[2] == "◉ held by agent-7 (you) since 2025-11-02T15:03:00Z, until 2025-11-02T15:33:00Z"
    assert lines[3] == "■ blocked: CI is down"
    assert lines[4] == "■ invalid; see the warnings"


def test_defaults_are_left_out_and_all_else_is_there() -> None:
    text = "\n".join(sheet(size="medium", labels=["ui", "db"], x_own=[1, None], assignees=[]))
    assert "labels          ui, db" in text
    assert "x_own           [1, null]" in text
    assert "path            tasks/10-ready/task-fix.md" in text
    for key in ("size", "assignees", "etag"):
        assert key not in text


def test_an_attempt_is_a_line_with_what_is_known_below() -> None:
    failed = FAILED | {"error_reason": "lint", "notes": "Try again", "id": ID}
    lines = sheet(failed, DONE)
    at = lines.index("Attempts")
    assert lines[at + 1] == "1  ■ failed     2m   2025-11-02 15:03  0.005 USD  codex gpt-5"
    assert lines[at + 2 : at + 6] == [
        "   why  gate_failed: lint",
        "   failed gates  lint",
        "   notes  Try again",
        f"   id  {ID}",
    ]
    assert lines[at + 6].startswith("2  ● completed  10m  ")
    assert "2 attempts, 12m of work in " in "\n".join(lines)


def test_on_a_narrow_terminal_who_made_an_attempt_has_a_line_of_its_own() -> None:
    done = DONE | {"executor": {"tool": "claude-code", "model": "claude-sonnet-4-20250514"}}
    lines = sheet(done, width=60)
    assert "   by  claude-code claude-sonnet-4-20250514" in lines
    assert max(map(text_width, lines)) <= 60


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_too_wide(width: int) -> None:
    long = "words of some length " * 20
    failed = FAILED | {"error_reason": long, "notes": long}
    lines = sheet(failed, width=width, blocked=long, labels=["label"] * 40, body=f"\n## Overview\n\n{long}\n")
    assert max(map(text_width, lines)) <= width


def test_attempts_of_any_shape_are_shown() -> None:
    text = "\n".join(
        sheet("odd\x1b", {"executor": "me", "duration_seconds": -1, "reviewer": {"approved": True}})
    )
    assert "value  odd\\x1b" in text
    assert "approved by -" in text


def test_a_pipe_gets_the_plain_text_and_a_terminal_the_page(project: Project) -> None:
    project.task("fix", body=BODY)
    assert call(project, "show", "fix").out.startswith("fix: Title of fix\n")
    env = {"TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "PAGER": "cat"}
    seen = on_pty(project, "show", "fix", env=env, columns=80)
    assert seen.startswith("Title of fix\nfix  ○ ready  task  1/2\n")
    assert "☐ First #1\n☑ Second #2\n" in seen
    assert on_pty(project, "show", "fix", "--fields", "id", env=env) == "  id                fix\n"
