"""A board as lines that are printed once: columns side by side on a terminal, else one below another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import TypeAlias

from taskfiles import Board, Card, Column, Task
from taskfiles_cli.render.fitting import line_width
from taskfiles_cli.render.lines import Line, Parts
from taskfiles_cli.render.signs import Icons
from taskfiles_cli.render.signs import prefix as prefix  # noqa: PLC0414 (faces use `render` through here)
from taskfiles_cli.surface.cardtext import Look, card_lines
from taskfiles_cli.surface.phrases import say_due
from taskfiles_cli.surface.words import sign_of, word_of

CardOf: TypeAlias = "Callable[[Task], tuple[Card, tuple[int, int]]]"

LEAST = 24  # columns of the terminal that a column of the board needs
_MOST = 44
_GAP = 2
_UNSEEN = 100  # the width where nobody has told one


def print_board(
    board: Board, card_of: CardOf, look: Look, *, limit: int, is_terminal: bool
) -> Iterator[Line]:
    """Draw a board once; `limit` is the most cards of a column, `card_of` gives a task's card and boxes."""
    named = len(board.lanes) > 1 or (board.lanes and board.lanes[0].key)
    for number, lane in enumerate(board.lanes):
        if named:
            if number:
                yield ""
            due = say_due(lane, look.clock)
            when = [("overdue" if due[1] else "dim", f" {due[0]}")] if due is not None else []
            yield Parts([("bold", lane.title or "none"), *when, ("dim", f" {lane.total}")])
        columns = [column for column in lane.columns if column.tasks]
        yield from (
            _lay_out(columns, card_of, look, limit)
            if is_terminal
            else _stack(columns, card_of, look._replace(width=_UNSEEN), limit)
        )
    if not board.total:
        yield "No tasks."


def _lay_out(columns: Sequence[Column], card_of: CardOf, look: Look, limit: int) -> Iterator[Line]:
    """Set as many columns side by side as there is room for, the others below them."""
    side_by_side = max(1, (look.width + _GAP) // (LEAST + _GAP))
    for start in range(0, len(columns), side_by_side):
        part = columns[start : start + side_by_side]
        if start:
            yield ""
        width = min(_MOST, (look.width + _GAP) // len(part) - _GAP)
        drawn = [list(_draw(column, card_of, look._replace(width=width), limit)) for column in part]
        for row in zip_longest(*drawn, fillvalue=Parts([])):
            yield _join(row, width)


def _stack(columns: Sequence[Column], card_of: CardOf, look: Look, limit: int) -> Iterator[Line]:
    for number, column in enumerate(columns):
        if number:
            yield ""
        yield from _draw(column, card_of, look, limit)


def _draw(column: Column, card_of: CardOf, look: Look, limit: int) -> Iterator[Parts]:
    yield Parts(column_title(column.state, len(column.tasks), look.icons))
    for number, task in enumerate(column.tasks[:limit]):
        if number:
            yield Parts([])
        yield from card_lines(*card_of(task), look)
    if (left := len(column.tasks) - limit) > 0:
        yield from (Parts([]), Parts([("dim", f"  {left} more")]))


def column_title(state: str, count: int, icons: Icons) -> list[tuple[str, str]]:
    """Return the heading of a column: icon, word and number of its tasks."""
    name = sign_of(state)
    return [(name, f"{prefix(icons, name)}{word_of(state)}"), ("plain", f" {count:,}")]


def _join(row: Sequence[Parts], width: int) -> Parts:
    parts: list[tuple[str, str]] = []
    for number, line in enumerate(row):
        parts += line.parts
        if any(other.parts for other in row[number + 1 :]):
            parts.append(("plain", " " * (width + _GAP - line_width(line))))
    return Parts(parts)
