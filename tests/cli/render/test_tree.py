"""Parents with their children on a terminal, and the changes of a log there."""

from __future__ import annotations

from typing import Any

import pytest

from taskfiles_cli.render.flow import reflow
from taskfiles_cli.render.history import render_entries
from taskfiles_cli.render.lines import Painted, compose
from taskfiles_cli.render.tree import render_tree


def node(task_id: str, state: str = "ready", **more: Any) -> dict[str, Any]:
    known = {"id": task_id, "title": "Fix\nit", "kind": "task", "state": state, "children": []}
    return {**known, "matches": True, "progress": {"closed": 0, "total": 0}, **more}


def test_a_pipe_gets_words_alone() -> None:
    child = node("a", "done")
    tops = [
        (0, node("epic", kind="epic", progress={"closed": 1, "total": 1})),
        (1, child),
        (1, {"id": "gone"}),
    ]
    assert [compose(line, colours=False) for line in render_tree(tops)] == [
        "epic: Fix\\nit (epic, ready, 1 of 1 closed)",
        "  a: Fix\\nit (task, done)",
        "  gone (missing)",
    ]
    assert [compose(line, colours=False) for line in render_tree([])] == [
        'No tasks yet. `tasks new "Fix the navbar"` creates one.'
    ]


def test_what_is_shown_for_its_place_alone_is_counted() -> None:
    tops = [(0, node("epic", matches=False)), (1, node("a"))]
    lines = [*render_tree(tops, total=3)]
    assert compose(lines[-1], colours=False) == "1 task matches; what else is shown is above it."
    assert "\x1b[2mFix\\nit\x1b[0m" in compose(lines[0], colours=True)
    assert compose(next(render_tree([], total=3)), colours=False).startswith("No task matches.")


def test_an_open_task_says_until_when_it_is_due() -> None:
    dated = [("a", "2025-11-01"), ("b", "2025-12-01T10:00:00Z"), ("c", None)]
    nodes = [(0, node(name, due=due)) for name, due in dated]
    nodes += [(0, node("d", "done", due="2025-11-01")), (0, node("e", ["done"], due="2025-11-01"))]
    lines = [*render_tree(nodes, is_past=lambda due: str(due) < "2025-11-15")]
    assert [compose(line, colours=False).partition("(")[2] for line in lines] == [
        "task, ready, overdue since 2025-11-01)",
        "task, ready, due 2025-12-01)",
        "task, ready)",
        "task, done)",
        "task, ['done'], overdue since 2025-11-01)",
    ]


def test_an_open_task_says_until_when_its_milestone_is_due() -> None:
    late = node("a", milestone="v1", milestone_due="2025-11-01", due="2025-12-01")
    closed = node("b", "done", milestone="v1", milestone_due="2025-11-01")
    lines = [*render_tree([(0, late), (0, closed)], is_past=lambda due: str(due) < "2025-11-15")]
    assert [compose(line, colours=False).partition("(")[2] for line in lines] == [
        "task, ready, due 2025-12-01, v1 overdue since 2025-11-01)",
        "task, done)",
    ]


def test_where_there_is_no_room_a_due_day_is_said_in_fewer_words() -> None:
    late = node("rotate-payment-keys", title="Rotate the payment keys", due="2025-11-01")
    shown = {
        width: compose(next(render_tree([(0, late)], width, "icon", is_past=lambda _: True)), colours=False)
        for width in (100, 70, 60)
    }
    assert shown[100].endswith("Rotate the payment keys (task, ready, ■ overdue since 2025-11-01)")
    assert shown[70].endswith(" (ready, ■ 2025-11-01)")
    assert all(len(line) <= width for width, line in shown.items())


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_terminal_gets_icons_and_its_width(width: int) -> None:
    tops = [(depth, node(f"task-{depth}", "in-progress", title="A long title " * 12)) for depth in range(4)]
    lines = [compose(line, colours=False) for line in render_tree(tops, width, "icon")]
    assert max(map(len, lines)) <= width
    assert [line.strip()[:8] for line in lines] == [f"◐ task-{depth}" for depth in range(4)]
    assert all(line.endswith("(task, in-progress)") for line in lines)
    assert "\x1b[1;33min-progress\x1b[0m" in compose(next(render_tree(tops, width, "icon")), colours=True)


def entry(*changes: tuple[str, Any, Any]) -> dict[str, Any]:
    found = [{"field": field, "from": before, "to": after, "item": "one"} for field, before, after in changes]
    known = {
        "time": "2025-11-02T15:03:00Z",
        "by": "ana",
        "commit": None,
        "source": "journal",
        "action": "move",
    }
    return {"id": "fix", "run_id": "1", **known, "changes": found}


def test_a_log_shows_states_and_attempts_in_their_colours() -> None:
    attempt = {"status": "failed", "executor": {"tool": "codex"}, "duration_seconds": 5}
    given = entry(
        ("state", "ready", "done"), ("execution.attempts", None, attempt), ("state", "done", ["odd"])
    )
    lines = render_entries([given], "ana", one=True, icons="icon")[1:]
    assert [compose(line, colours=False) for line in lines] == [
        "  state: ready → ● done",
        "  attempt of codex: failed, 5 s",
        "  state: done → ['odd']",
    ]
    assert "\x1b[32m● done\x1b[0m" in compose(lines[0], colours=True)
    assert "\x1b[1;31mfailed, 5 s\x1b[0m" in compose(lines[1], colours=True)
    assert compose(render_entries([given], "ana", one=True)[1], colours=False) == "  state: ready → done"


def test_long_lines_hang_below_their_beginning() -> None:
    line = Painted("    title: ", "done", "one two three four", " five")
    assert reflow(line, None) == reflow(line, 100) == [line]
    assert [compose(part, colours=False) for part in reflow(line, 16)] == [
        "    title: one",
        "      two three",
        "      four five",
    ]
