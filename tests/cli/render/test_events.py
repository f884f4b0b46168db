"""Events for people: when, what, about which task, how it ended, what changed, by whom."""

from __future__ import annotations

from typing import Any

import pytest

from support.event_spool import RUN, event
from support.streams import as_written
from taskfiles_cli.render.events import render_events


def shown(**data: Any) -> str:
    text = as_written(render_events([event(1, **data)]))
    assert text.count("\n") == 1
    return text.removesuffix("\n")


def test_an_event_is_a_line() -> None:
    line = shown()
    assert line == (
        "2026-11-20T05:00:00.001Z  task.update  fix  success  priority: low -> high  "
        f"[user 1000 session 7, run {RUN[:8]}]"
    )
    assert render_events([]) == ["No events."]


def test_a_refusal_has_its_reason() -> None:
    assert "  blocked (claimed)  [" in shown(outcome="blocked", reason="claimed", changes_made=[])


def test_what_follows_from_every_change_is_left_out() -> None:
    changes = [{"path": "p", "field": name, "from": None, "to": "x"} for name in ("updated_at", "size")]
    assert "success  size: - -> x  [" in shown(changes_made=changes)


def test_three_changes_are_named_and_the_rest_counted() -> None:
    changes = [{"path": "p", "field": f"f{number}", "from": number, "to": None} for number in range(5)]
    assert "f0: 0 -> -; f1: 1 -> -; f2: 2 -> -; 2 more  [" in shown(changes_made=changes)


def test_an_attempt_is_named_by_how_it_ended_and_who_made_it() -> None:
    attempt = {"id": "a1", "status": "failed", "error_type": "timeout", "executor": {"tool": "codex"}}
    changes: list[dict[str, Any]] = [
        {"path": "p", "field": "execution", "from": None, "to": {"attempts": [attempt, "odd"]}}
    ]
    assert "execution: - -> a1 failed timeout codex, odd  [" in shown(changes_made=changes)
    changes[0]["to"] = {"status": "completed", "executor": 5}
    assert "execution: - -> completed  [" in shown(changes_made=changes)


def test_a_long_value_is_cut() -> None:
    changes = [{"path": "p", "field": "title", "from": "x" * 81, "to": "y" * 80}]
    assert f"title: {'x' * 79}… -> {'y' * 80}  [" in shown(changes_made=changes)
    changes = [{"path": "p", "field": "title", "from": "x" * 90 + "a", "to": "x" * 90 + "b"}]
    assert f"title: {'x' * 40}…{'x' * 38}a -> {'x' * 40}…{'x' * 38}b  [" in shown(changes_made=changes)


@pytest.mark.parametrize(
    ("more", "by"),
    [
        ({"by": "Ada"}, f"[Ada, user 1000 session 7, run {RUN[:8]}]"),
        ({"actor": f"run {RUN}"}, f"[run {RUN[:8]}]"),
        ({"actor": None}, f"[run {RUN[:8]}]"),
    ],
)
def test_who_did_it_stands_at_the_end(more: dict[str, Any], by: str) -> None:
    assert shown(**more).endswith(f"  {by}")


def test_a_completion_says_what_it_is() -> None:
    assert "success  told as completed  [" in as_written(
        render_events([event(1, kind="task.completion", changes_made=[])])
    )


def test_hostile_events_stay_on_their_line() -> None:
    line = shown(action="a\nb", reason="\x1b[31m", outcome=None, changes_made=["odd", {"field": "f\n"}])
    assert "\x1b" not in line
    assert "a\\nb" in line
