"""Cards as lines: what they say, in which width, and what gives way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from taskfiles import Card
from taskfiles.backlog.board import Tries, Wait
from taskfiles_cli.render.fitting import line_width
from taskfiles_cli.surface.cardtext import Look, card_lines, find_mark
from taskfiles_cli.surface.phrases import Clock, say_time

CLOCK = Clock(datetime(2025, 11, 2, 12, tzinfo=UTC), UTC)
PLAIN = Card(
    id="fix",
    title="Fix it",
    kind="task",
    state="ready",
    priority="normal",
    due=None,
    overdue=False,
    children=(0, 0),
    labels=(),
    assignees=(),
    claim=None,
    blocked=None,
    waits=(),
    tries=None,
    errors=0,
    path="tasks/fix.md",
    etag="",
    parent=None,
)
FULL = PLAIN._replace(
    kind="epic",
    priority="high",
    due="2025-01-01",
    overdue=True,
    children=(1, 3),
    labels=("ui", "a", "b", "c"),
    assignees=("@ana",),
    claim={"by": "agent-7", "until": "2025-11-02T14:20:00Z"},
    waits=(Wait("it waits", "dep"), Wait("it waits", "other")),
    tries=Tries(3, "failed", "gate_failed", 1.84, 0),
    errors=1,
)


def draw(card: Card, boxes: tuple[int, int] = (0, 0), width: int = 40, **more: Any) -> list[str]:
    look = Look(width, more.pop("icons", "icon"), CLOCK, **more)
    return ["".join(text for _, text in line.parts) for line in card_lines(card, boxes, look)]


def test_a_milestone_says_until_when_it_is_due_and_links_are_counted() -> None:
    card = PLAIN._replace(milestone=("v1", "2025-12-01", False), links=2)
    assert draw(card) == ["  Fix it", "  fix · v1 due 2025-12-01 · 2 links"]
    over = PLAIN._replace(milestone=("v1", "2025-11-01", True))
    assert draw(over, is_short=True)[1] == "  fix · v1 overdue 2025-11-01"


def test_a_title_with_a_mark_before_it_is_as_wide_as_the_card() -> None:
    card = PLAIN._replace(title="Keep what people have written between the lines of it")
    for is_short in (False, True):
        lines = draw(card, width=20, before=(("claim", "✓ "),), is_short=is_short)
        assert lines[0].startswith("✓   Keep what")
        assert all(len(line) <= 20 for line in lines)
        assert lines[0 if is_short else 1].endswith("…")


def test_of_a_plain_task_there_is_its_title_and_its_id() -> None:
    assert draw(PLAIN) == ["  Fix it", "  fix"]
    assert draw(PLAIN, icons=None) == ["Fix it", "  fix"]


def test_all_that_is_known_of_a_task_is_on_its_card() -> None:
    assert draw(FULL, (1, 2)) == [
        "■ Fix it",
        "  fix · epic · high priority",
        "  overdue 2025-01-01 · 1/2 boxes",
        "  1/3 below it",
        "  ui · a · b · +1 · @ana",
        "  ◉ held by agent-7 until 14:20",
        "  … waits for dep (+1)",
        "  ■ 1 error in its file",
        "  3 tries, last failed (gate_failed),",
        "  $1.84",
    ]


def test_where_lines_are_few_what_can_wait_is_left_out() -> None:
    kept = draw(FULL._replace(tries=Tries(1, "completed", None, 0, 1), errors=0), (1, 2), is_short=True)
    assert kept == [
        "■ Fix it",
        "  fix · epic · high · overdue 2025-01-01",
        "  1/2 · 1/3 below it",
        "  ◉ agent-7 until 14:20",
        "  … waits for dep (+1)",
    ]


def test_the_gravest_of_its_signs_stands_before_the_title() -> None:
    urgent = PLAIN._replace(priority="urgent")
    overdue = urgent._replace(overdue=True, due="2025-01-01")
    blocked = overdue._replace(blocked="CI")
    cards = (PLAIN, urgent, overdue, blocked, blocked._replace(errors=1))
    assert [find_mark(card) for card in cards] == [None, "urgent", "overdue", "blocked", "error"]
    assert draw(blocked, icons="ascii")[0] == "! Fix it"


def test_titles_that_are_cut_say_so() -> None:
    card = PLAIN._replace(title="one two three four five six seven")
    assert draw(card, width=14)[:2] == ["  one two", "  three four …"]
    assert draw(card, width=14, is_short=True)[0] == "  one two thr…"


def test_times_of_today_are_short() -> None:
    assert say_time("2025-11-02T14:20:00Z", CLOCK) == "14:20"
    assert say_time("2025-11-03T14:20:00Z", CLOCK) == "2025-11-03 14:20"
    assert say_time("soon", CLOCK) == "soon"


texts = st.text(alphabet="ab 日\u0301\u202e\x1b\n-", max_size=30)


@given(texts, texts, texts, st.integers(10, 40), st.booleans())
def test_no_line_is_wider_than_the_card_or_steers_the_terminal(
    title: str, reason: str, label: str, width: int, is_short: bool
) -> None:
    card = FULL._replace(title=title, blocked=reason or None, labels=(label,), id=f"x{label}")
    for line in card_lines(card, (0, 1), Look(width, "icon", CLOCK, is_short)):
        assert line_width(line) <= width + 2
        assert "".join(text for _, text in line.parts).isprintable()
