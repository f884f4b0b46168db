"""Lists for people: no line is wider than the terminal, nothing is lost at the edge, no two names are one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.backlog.standing import Standings
from taskfiles.basics.look import SIGNS
from taskfiles.task.words import Priority, State
from taskfiles_cli.render.cells import text_width
from taskfiles_cli.render.lines import compose
from taskfiles_cli.render.listing import empty_lines, hidden_lines, render_listing
from taskfiles_cli.render.signs import Icons

WIDTHS = pytest.mark.parametrize("width", [60, 80, 100, 120, 160, 200])
ICONS = pytest.mark.parametrize("icons", ["icon", "ascii"])


Row = dict[str, Any]  # what each column has of one task


def standing(task_id: str, title: str = "Fix it", **more: Any) -> Row:
    usual: Row = {"id": task_id, "title": title, "state": "ready", "priority": "normal"}
    usual |= {"ticked": 0, "boxes": 0, "assignees": [], "due": None, "is_overdue": False}
    return usual | {"waits": [], "blocked": None, "milestone": None} | more


def columns_of(tasks: list[Row]) -> Standings:
    return Standings(**{key: [task[key] for task in tasks] for key in Standings._fields})


def held(by: str, *, mine: bool = False) -> dict[str, Any]:
    return {"by": by, "since": "…", "until": "…", "mine": mine}


FULL = [
    standing("lock-kill", "Lock is kept on kill", state="in-progress", priority="urgent", ticked=1, boxes=4),
    standing(
        "windows-paths-normalised",
        "Windows paths with drive letters and backslashes are normalised",
        state="in-progress",
        blocked="CI has no Windows runner",
        due="2025-11-01",
        is_overdue=True,
        assignees=["ana", "bob"],
    ),
    standing("read-bom", "Read BOM at the start", ticked=2, boxes=2, due="2025-12-24T10:00:00Z"),
    standing("warn-tabs", "Warn on tabs", state="idea", priority="low", waits=["lex-2", "lex-3", "lex-4"]),
]
CLAIMS = {"lock-kill": held("agent-7"), "read-bom": held("ana", mine=True)}


def shown(
    tasks: list[Row], width: int | None = None, icons: Icons = None, *, colours: bool = False
) -> list[str]:
    lines = render_listing(columns_of(tasks), CLAIMS, width, icons, colours=colours)
    return [compose(line, colours=colours) for line in lines]


def test_in_a_pipe_words_say_everything() -> None:
    lines = shown(FULL)
    assert lines[0].split() == [
        "ID",
        "TITLE",
        "STATE",
        "PRIORITY",
        "BOXES",
        "ASSIGNEE",
        "DUE",
        "CLAIM",
        "WAITS",
        "FOR",
    ]
    assert lines[1].split() == [
        "lock-kill",
        "Lock",
        "is",
        "kept",
        "on",
        "kill",
        "in-progress",
        "urgent",
        "1/4",
        "agent-7",
    ]
    assert "2025-11-01 overdue" in lines[2]
    assert "ana, bob" in lines[2]
    assert lines[2].endswith("blocked: CI has no Windows runner")
    assert lines[3].split()[-4:] == ["2/2", "2025-12-24", "ana", "(you)"]
    assert lines[4].endswith("lex-2 (+2)")
    assert not any(sign.icon in "".join(lines) for sign in SIGNS.values() if sign.icon != "–")


def test_columns_without_a_value_are_not_there() -> None:
    assert shown([standing("a"), standing("b")]) == [
        "ID  TITLE   STATE",
        "a   Fix it  ready",
        "b   Fix it  ready",
    ]


@WIDTHS
@ICONS
def test_no_line_is_wider_than_the_terminal(width: int, icons: Icons) -> None:
    assert max(map(text_width, shown(FULL, width, icons))) <= width
    assert len(shown(FULL, width, icons)) == 1 + len(FULL)


@WIDTHS
@ICONS
def test_what_has_no_column_has_a_mark(width: int, icons: Icons) -> None:
    lines = shown(FULL, width, icons)

    def mark(name: str) -> str:
        return str(getattr(SIGNS[name], str(icons)))

    for line, names in zip(
        lines[1:], [("urgent", "claim"), ("blocked", "overdue"), ("claim",), ("waiting",)], strict=True
    ):
        for name in names:
            assert mark(name) in line.replace("…", "", line.count("…") - (name == "waiting"))


@WIDTHS
def test_each_state_has_its_icon_at_every_width(width: int) -> None:
    states = ["in-progress", "in-progress", "ready", "idea"]
    for line, state in zip(shown(FULL, width, "icon")[1:], states, strict=True):
        assert f" {SIGNS[state].icon}" in line


def test_wide_terminals_have_every_column() -> None:
    assert shown(FULL, 200, "icon")[0].split() == shown(FULL)[0].split()


def test_colours_stand_beside_a_word_or_an_icon() -> None:
    """Without colours the lines are the same texts."""
    painted = shown(FULL, 120, "icon", colours=True)
    plain = shown(FULL, 120, "icon")
    codes = {sign.codes for sign in SIGNS.values()} | {"2", "0"}
    for line, text in zip(painted, plain, strict=True):
        assert re.sub("\x1b\\[([0-9;]+)m", lambda code: "" if code[1] in codes else code[0], line) == text
    assert "\x1b[1;33m◐ in-progress\x1b[0m" in painted[1]
    assert "\x1b[36m◉ agent-7\x1b[0m" in painted[1]
    assert "\x1b[1;31m■ 2025-11-01\x1b[0m" in painted[2]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_titles_that_begin_and_end_alike_stay_apart(width: int) -> None:
    begin, end = (
        "Write the long chapter about the early life of",
        "and what came of it in the years after the war",
    )
    tasks = [standing(f"t-{n}", f"{begin} {name} {end}") for n, name in enumerate(("Ada", "Eve", "Bob"))]
    lines = shown(tasks, width, "icon")
    assert len({line[3:] for line in lines[1:]}) == 3
    assert max(map(text_width, lines)) <= width


def test_ids_are_whole_while_there_is_room() -> None:
    tasks = [standing("a" * 40, "Title"), standing("b" * 40, "Another")]
    assert "a" * 40 in shown(tasks, 60, "icon")[1]
    assert max(map(text_width, shown(tasks, 30, "icon"))) <= 30


WORDS = st.text(st.sampled_from("ab日é \u0301"), max_size=40)
WIDTH = st.none() | st.integers(60, 200)
STANDINGS = st.builds(
    standing,
    task_id=st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True),
    title=WORDS,
    state=st.sampled_from([*map(str, State), "odd"]),
    priority=st.sampled_from([*map(str, Priority), "hihg"]),
    ticked=st.integers(0, 9),
    boxes=st.integers(0, 9),
    assignees=st.lists(WORDS, max_size=3),
    due=st.none() | st.just("2025-11-02"),
    is_overdue=st.booleans(),
    waits=st.lists(WORDS, max_size=3),
    blocked=st.none() | WORDS,
)


@given(st.lists(STANDINGS, min_size=1, max_size=6, unique_by=lambda task: task["id"]), st.integers(60, 200))
def test_lines_fit_whatever_the_tasks(tasks: list[Row], width: int) -> None:
    lines = shown(tasks, width, "icon")
    assert max(map(text_width, lines)) <= width
    assert len(lines) == len(tasks) + 1


@given(st.lists(STANDINGS, min_size=1, max_size=6, unique_by=lambda task: task["id"]), WIDTH)
def test_without_colours_lines_are_laid_out_as_with_them(tasks: list[Row], width: int | None) -> None:
    lines = render_listing(columns_of(tasks), CLAIMS, width, "icon", colours=True)
    assert shown(tasks, width, "icon") == [compose(line, colours=False) for line in lines]


def test_the_last_line_counts_what_is_not_shown() -> None:
    def text(hidden: dict[str, int]) -> list[str]:
        return [compose(line, colours=False) for line in hidden_lines(hidden)]

    assert text({"canceled": 1, "done": 12}) == ["12 done and 1 canceled not shown: --all"]
    assert text({"canceled": 1}) == ["1 canceled not shown: --all"]
    assert text({}) == []


def test_an_empty_list_says_what_to_type() -> None:
    assert empty_lines({}, 0) == ['No tasks yet. `tasks new "Fix the navbar"` creates one.']
    assert empty_lines({"done": 2}, 4) == ["No open tasks; 2 done not shown: --all"]
    assert empty_lines({}, 4) == ["No task matches. `tasks list --all` shows all 4 tasks."]
    assert empty_lines({}, 1) == ["No task matches. `tasks list --all` shows the only task."]
