"""One task for people: what is set, its attempts, its body."""

from __future__ import annotations

from typing import Any

import pytest

from support.attempts import DONE, FAILED
from support.backlogs import make_task
from support.streams import as_written
from taskfiles import task_object
from taskfiles_cli.render.details import line, render_details


def details(*attempts: Any, body: str = "\nThe body.\n", **keys: Any) -> str:
    execution: dict[str, Any] = {"execution": {"attempts": list(attempts)}} if attempts else {}
    task = make_task("fix", title="Fix the navbar", body=body, **execution, **keys)
    return as_written(render_details(task_object(task, show=True)))


def value_of(text: str, key: str) -> str:
    (found,) = (each for each in text.splitlines() if each.split()[:1] == [key])
    return found.split(None, 1)[1]


def test_title_first_then_what_is_set_then_the_body() -> None:
    text = details(labels=["ui", "db"], priority="high")
    assert text.startswith("fix: Fix the navbar\n\n")
    assert value_of(text, "labels") == "ui, db"
    assert value_of(text, "priority") == "high"
    assert value_of(text, "path") == "tasks/10-ready/task-fix.md"
    assert text.endswith("\n\nThe body.\n")
    assert "assignees" not in text
    assert "Attempts" not in text


def test_without_a_body_nothing_follows() -> None:
    assert details(body="\n \n").endswith("task-fix.md\n")


def test_a_task_that_is_wrong_says_so() -> None:
    assert value_of(details(size="huge"), "valid") == "no; see the warnings"
    assert "valid" not in details()


def test_attempts_are_shown_with_what_is_known_of_them() -> None:
    review = {"name": "Ada", "approved": False, "reviewed_at": "2025-11-03T10:00:00Z"}
    text = details(FAILED | {"error_reason": "lint", "notes": "Try again"}, DONE | {"reviewer": review})
    assert "  1. failed (failed) in 120 s, 2025-11-02T15:03:00Z, codex gpt-5\n" in text
    assert value_of(text, "why") == "gate_failed: lint"
    assert "failed gates   lint\n" in text
    assert value_of(text, "cost") == "0.005 USD"
    assert value_of(text, "notes") == "Try again"
    assert "  2. completed (success) in 600 s, " in text
    assert value_of(text, "review") == "rejected by Ada"
    assert "  retries 1, work 720 s, wall " in text


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "0 USD"),
        (1, "0.000001 USD"),
        (1_500_000, "1.5 USD"),
        (-1, None),
        (True, None),
        ("5", None),
        (10**18, None),
    ],
)
def test_money_has_no_more_digits_than_it_needs(micros: Any, text: str | None) -> None:
    shown = details(DONE | {"cost": {"actual_usd_micros": micros}})
    assert text is None or value_of(shown, "cost") == text
    assert text is not None or "cost" not in shown


def test_attempts_of_any_shape_are_shown() -> None:
    text = details("odd", {"executor": "me", "reviewer": {"approved": True}})
    assert "  1. odd\n" in text
    assert "approved by -" in text


def test_a_value_has_one_line_and_a_body_its_own() -> None:
    text = details({"notes": "a\nforged"}, body="\nOne\r\ntwo\x85\n", x_own="a\nforged")
    assert not any(each.startswith("forged") for each in text.splitlines())
    assert text.endswith("\n\nOne\ntwo\\x85\n")


def test_nothing_of_a_file_steers_the_terminal() -> None:
    text = details({"notes": "\x1b[2J", "status": "\x07"}, body="\n\x1b]0;x\x07\n", x_own="\x1b[0m")
    assert "\x1b" not in text
    assert "\x07" not in text
    assert as_written(line("a\x1b", "b\x1b")).count("\\x1b") == 2
