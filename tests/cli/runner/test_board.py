"""What is seen while a plan is run: lines after their task's id, or a board on a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console as Terminal

from support.attempts import DONE, FAILED
from support.backlogs import make_task, plan
from support.streams import in_memory, on_terminal
from taskfiles import Change
from taskfiles.run.callbacks import RunEvent
from taskfiles_cli.render.console import Colour, Console
from taskfiles_cli.runner.board import add_tokens, open_board

PLAN = plan([make_task("a"), make_task("b"), make_task("later", depends_on=["a"])])
BEGUN = RunEvent("agent.execute", "success", payload={"attempt_id": "a-1"})
ENDED = RunEvent("agent.task.run", "partial", "gate_failed")
OVER = RunEvent("agent.complete", "failed", "agent_error")


def recorded(*attempts: dict[str, Any]) -> RunEvent:
    task = make_task("a", execution={"attempts": list(attempts)})
    return RunEvent("attempt.record", "success", changes=[Change(task, task, True, False, [], [])])


def unknown(_: str) -> None:
    """Nothing is known of an attempt under way."""


# Lines


def lines(work: Callable[[Any], None], output: str = "human") -> str:
    written = bytearray()
    with in_memory(), open_board(Console(output, Colour.NEVER), PLAN, written.extend, unknown) as board:
        work(board)
    return written.decode()


def test_stages_and_what_becomes_of_tasks_are_lines() -> None:
    def work(board: Any) -> None:
        board.announce(0)
        for event in (BEGUN, RunEvent("task.claim", "success"), ENDED, OVER):
            board.told("a", event)
        board.announce(1)

    assert lines(work).splitlines() == [
        "stage 0: a, b",
        "[a] an attempt begins",
        "[a] the attempt has ended: partial (gate_failed)",
        "[a] failed (agent_error)",
        "stage 1: later",
    ]


def test_what_agents_print_stands_after_their_task_s_id_line_by_line() -> None:
    def work(board: Any) -> None:
        board.hear("a", b"one\ntw")
        board.hear("b", b"other\n")
        board.hear("a", b"o\n\xff\nlast")
        board.told("a", RunEvent("agent.complete", "success"))

    written = bytearray()
    with in_memory(), open_board(Console("json"), PLAN, written.extend, unknown) as board:
        work(board)
    assert bytes(written) == b"[a] one\n[b] other\n[a] two\n[a] \xff\n[a] last\n[a] success\n"


# The board


def shown(work: Callable[[Any], None], count: Callable[[str], int | None] = unknown) -> list[list[str]]:
    """The rows of a board on a terminal after some work, as words."""
    with on_terminal(), open_board(Console("human", Colour.NEVER), PLAN, bytearray().extend, count) as board:
        work(board)
        text = io.StringIO()
        Terminal(file=text, width=80).print(board)
    return [line.split() for line in text.getvalue().splitlines()]


def test_every_task_has_its_row() -> None:
    assert shown(lambda board: board.announce(0)) == [
        ["stage", "task", "attempt", "elapsed", "tokens", "state"],
        ["0", "a", "waiting"],
        ["0", "b", "waiting"],
        ["1", "later", "waiting"],
    ]


def test_an_attempt_under_way_shows_its_tokens_so_far() -> None:
    def work(board: Any) -> None:
        board.told("a", BEGUN)
        board.hear("a", b"printed\n")

    assert shown(work, {"a-1": 1234}.get)[1] == ["0", "a", "1", "0:00", "1,234", "running"]


def test_attempts_that_are_over_are_summed_up() -> None:
    def work(board: Any) -> None:
        for event in (BEGUN, ENDED, recorded(FAILED), BEGUN, ENDED, recorded(FAILED, DONE), OVER):
            board.told("a", event)

    assert shown(work)[1] == ["0", "a", "2", "0:00", "3,500", "failed"]


def test_between_its_end_and_its_record_an_attempt_shows_how_it_ended() -> None:
    def work(board: Any) -> None:
        board.told("a", BEGUN)
        board.told("a", ENDED)
        board.told("a", RunEvent("attempt.record", "blocked", "claimed"))

    assert shown(work)[1] == ["0", "a", "1", "0:00", "partial"]


def test_on_a_terminal_programs_get_lines() -> None:
    written = bytearray()
    with on_terminal(), open_board(Console("json"), PLAN, written.extend, unknown) as board:
        assert sys.stderr.isatty()
        board.announce(1)
    assert written == b"stage 1: later\n"


@pytest.mark.parametrize(
    ("usages", "tokens"),
    [
        ([], None),
        ([{}], None),
        ([{"input_tokens": 3}, {}, {"output_tokens": 0, "cache_read_tokens": 9}], 3),
        ([{"input_tokens": 3, "output_tokens": 4}, {"input_tokens": 5}], 12),
    ],
)
def test_tokens_are_those_that_are_known(usages: list[dict[str, int]], tokens: int | None) -> None:
    assert add_tokens(usages) == tokens
