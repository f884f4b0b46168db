"""A column of the board: it draws the cards in sight itself, so that its length costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from taskfiles import Task
from taskfiles_cli.surface.cardtext import Look, card_lines
from taskfiles_cli.surface.printed import CardOf, column_title
from taskfiles_cli.tui.paint import make_strip

_CURSOR = Style(reverse=True)
_BAR, _NO_BAR, _ASCII_BAR = "▌", " ", ">"


class Heading(NamedTuple):
    """The beginning of a lane within a column."""

    title: str
    size: int


Entry = Heading | Task


class ColumnView(Widget):
    """The tasks of one state; `look` makes how cards are drawn in a width."""

    class Pressed(Message):
        """The mouse has gone down on a task, or on none; `marks` says that it marks it, or a row of them."""

        def __init__(self, column: ColumnView, task: Task | None, marks: str | None) -> None:
            super().__init__()
            self.column, self.picked, self.marks = column, task, marks

    class Released(Message):
        """The mouse has gone up over a column."""

        def __init__(self, column: ColumnView) -> None:
            super().__init__()
            self.column = column

    class Opened(Message):
        """A task was clicked twice."""

    def __init__(self, state: str, card_of: CardOf, look: Callable[[int], Look]) -> None:
        super().__init__()
        self.state, self.cursor, self.is_current = state, 0, False
        self.entries: Sequence[Entry] = ()
        self.pending: frozenset[str] = frozenset()
        self.marked: frozenset[str] = frozenset()
        self._card_of, self._look = card_of, look
        self._count, self._top = 0, 0
        self._rows: list[Strip] | None = None
        self._places: list[int | None] = []

    def show(self, entries: Sequence[Entry], count: int, pending: frozenset[str]) -> None:
        """Show these entries; the cursor stays on its task where that is still here."""
        kept = self.chosen
        self.entries, self._count, self.pending = entries, count, pending
        if kept is None or not self.go_to(kept.path):
            self.cursor = max(0, min(self.cursor, len(entries) - 1))
            self.step(0)
        self.draw()

    def wait_for(self, pending: frozenset[str]) -> None:
        """Mark the tasks at these paths: what was asked for is being done."""
        self.pending = pending
        self.draw()

    def mark(self, marked: frozenset[str]) -> None:
        """Mark the tasks at these paths."""
        if marked != self.marked:
            self.marked = marked
            self.draw()

    @property
    def chosen(self) -> Task | None:
        """The task under the cursor."""
        entry = self.entries[self.cursor] if self.cursor < len(self.entries) else None
        return entry if isinstance(entry, Task) else None

    @property
    def mates(self) -> Sequence[Task]:
        """The tasks of the cursor's lane in this column, in their order."""
        start = end = self.cursor
        while start > 0 and isinstance(self.entries[start - 1], Task):
            start -= 1
        while end < len(self.entries) and isinstance(self.entries[end], Task):
            end += 1
        return [entry for entry in self.entries[start:end] if isinstance(entry, Task)]

    def go_to(self, path: str) -> bool:
        """Put the cursor on the task at a path; say whether it is here."""
        for number, entry in enumerate(self.entries):
            if isinstance(entry, Task) and entry.path == path:
                self.cursor = number
                self.draw()
                return True
        return False

    def step(self, by: int) -> None:
        """Move the cursor by so many tasks, as far as there are any."""
        places = [number for number, entry in enumerate(self.entries) if isinstance(entry, Task)]
        if places:
            at = sum(place < self.cursor for place in places)
            self.cursor = places[max(0, min(at + by, len(places) - 1))]
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        self._rows = None
        self.refresh()

    def on_resize(self) -> None:
        """Lay out anew."""
        self.draw()

    def render_line(self, y: int) -> Strip:
        """Return a line of the column."""
        if self._rows is None:
            self._lay_out()
        assert self._rows is not None
        return self._rows[y] if y < len(self._rows) else Strip.blank(self.size.width)

    def _lay_out(self) -> None:
        width, height = self.size.width, self.size.height
        look = self._look(width - 2)
        title = make_strip(
            [("plain", " "), *column_title(self.state, self._count, look.icons)],
            width,
            over=Style(reverse=True, bold=True) if self.is_current else Style(underline=True),
        )
        room = height - 1
        self._top = max(min(self._top, self.cursor), self.cursor - room)  # a card takes more than a line
        rows, places = self._fill(look, width, room)
        while self.cursor < len(self.entries) and self.cursor not in places[: max(1, room)]:
            self._top += 1
            rows, places = self._fill(look, width, room)
        ends = [number for number, place in enumerate(places) if place == self.cursor]
        while ends and ends[-1] >= room and self._top < self.cursor:
            self._top += 1
            rows, places = self._fill(look, width, room)
            ends = [number for number, place in enumerate(places) if place == self.cursor]
        self._rows, self._places = [title, *rows[:room]], [None, *places[:room]]

    def _fill(self, look: Look, width: int, room: int) -> tuple[list[Strip], list[int | None]]:
        """Draw entries from the first in sight on, until a little more than the room is full."""
        rows: list[Strip] = []
        places: list[int | None] = []
        for number in range(self._top, len(self.entries)):
            if len(rows) >= room:
                break
            entry = self.entries[number]
            if isinstance(entry, Heading):
                text = f" {entry.title} "
                parts = [("dim", "──"), ("bold", text), ("dim", f"{entry.size} ")]
                lines = [make_strip([*parts, ("dim", "─" * width)], width)]
            else:
                lines = [*self._draw_card(entry, look, width, is_chosen=number == self.cursor)]
            rows += [*lines, Strip.blank(width)]
            places += [*([number] * len(lines)), None]
        return rows, places

    def _draw_card(self, task: Task, look: Look, width: int, *, is_chosen: bool) -> Sequence[Strip]:
        is_here = is_chosen and self.is_current
        bar = (_BAR if look.icons == "icon" else _ASCII_BAR) if is_here else _NO_BAR
        before = [("waiting", "~ ")] if task.path in self.pending else []
        if task.path in self.marked:
            before.append(("claim", "✓ " if look.icons == "icon" else "+ "))
        look = look._replace(before=tuple(before))
        lines: list[Any] = [line.parts for line in card_lines(*self._card_of(task), look)]
        return [
            make_strip([("claim", bar), *parts], width, over=_CURSOR if is_here and not number else None)
            for number, parts in enumerate(lines)
        ]

    def _find_entry(self, y: int) -> int | None:
        return self._places[y] if 0 <= y < len(self._places) else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor where the mouse is."""
        place = self._find_entry(event.y)
        entry = None if place is None else self.entries[place]
        if place is not None and isinstance(entry, Task):
            self.cursor = place
        marks = "row" if event.shift else "one" if event.ctrl else None
        self.post_message(self.Pressed(self, entry if isinstance(entry, Task) else None, marks))

    def on_mouse_up(self) -> None:
        """Say that a card may have been dropped here."""
        self.post_message(self.Released(self))

    def on_click(self, event: events.Click) -> None:
        """Open what is clicked twice."""
        if event.chain == 2 and self._find_entry(event.y) == self.cursor:
            self.post_message(self.Opened())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down."""
        event.stop()
        self.step(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up."""
        event.stop()
        self.step(-1)
