"""What the board shows: facts in a line, columns as far as there is room, a task beside them, messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from taskfiles import Board, Column, Filter, Task
from taskfiles_cli.surface.cardtext import Look
from taskfiles_cli.surface.mirror import View
from taskfiles_cli.surface.phrases import Clock, say_due
from taskfiles_cli.surface.printed import LEAST, CardOf, column_title, prefix
from taskfiles_cli.tui.column import ColumnView, Entry, Heading
from taskfiles_cli.tui.keys import HINTS
from taskfiles_cli.tui.paint import make_text
from taskfiles_cli.tui.sheet import Sheet

ORDER = ("idea", "ready", "in-progress", "done", "canceled")
_PANEL = 160  # columns from which a task stands beside the board
_BESIDE = 35  # columns of that task, up to twice as many where there is room


class Start(NamedTuple):
    """How the board begins.

    `base` is the filter of its options, `said` how they were written; `icons` are as `Look` has them, `me`
    is the name that stands for @me.
    """

    project: str
    base: Filter
    said: str
    lanes: str
    icons: Any
    me: str = "@me"


class Shown(NamedTuple):
    """What is on the board: its tasks, their view, filter line, lanes, what is being done, the time."""

    board: Board
    view: View
    text: str
    lanes: str
    pending: frozenset[str]
    clock: Clock


class BoardView(Vertical):
    """The board; `turned` is called when the cursor is on another task."""

    def __init__(
        self,
        start: Start,
        states: Sequence[str],
        card_of: CardOf,
        look: Callable[[int], Look],
        turned: Callable[[], None],
        *,
        is_for_reading: bool,
    ) -> None:
        super().__init__()
        self._start, self._states, self._turned = start, states, turned
        self._card_of, self._look = card_of, look
        self._is_for_reading = is_for_reading
        self._current = self._marked = 0
        self._shown: Shown | None = None

    def compose(self) -> ComposeResult:
        """Make the parts."""
        yield Static(id="top")
        yield Static(id="strip")
        field = Input(id="filter", placeholder="state:ready label:ui login", select_on_focus=False)
        field.cursor_blink = False
        yield field
        with Horizontal(id="body"):
            with Horizontal(id="columns"):
                for state in self._states:
                    yield ColumnView(state, self._card_of, self._look)
            yield Sheet("panel")
        yield Static(id="said", markup=False)
        yield Static(HINTS, id="hints", markup=False)

    @property
    def columns(self) -> list[ColumnView]:
        """The columns, the folded ones too."""
        return list(self.query(ColumnView))

    @property
    def column(self) -> ColumnView:
        """The column that the cursor is in."""
        columns = self.columns
        return columns[min(self._current, len(columns) - 1)]

    @property
    def panel(self) -> Sheet | None:
        """The place of a task beside the board, where there is one."""
        found = self.query_one("#panel", Sheet)
        return found if found.has_class("shown") else None

    @property
    def field(self) -> Input:
        """The filter line."""
        return self.query_one("#filter", Input)

    def show(self, shown: Shown) -> None:
        """Show a board; the cursor stays on its task where that is still in its column."""
        self._shown = shown
        columns = {column.state: column for column in shown.board.columns}
        for state in columns.keys() - {column.state for column in self.columns}:
            self.query_one("#columns").mount(ColumnView(state, self._card_of, self._look))
        for column in self.columns:
            found = columns.get(column.state, Column(column.state, ()))
            column.show(_list_entries(shown, column.state), len(found.tasks), shown.pending)
        self.turn()

    def turn(self) -> None:
        """Show where the cursor is."""
        self._fold()
        self._say_facts()
        self._turned()

    def begin(self) -> None:
        """Put the cursor where work begins: on what is ready, else on the first task that there is."""
        columns = self.columns
        first = next((number for number, column in enumerate(columns) if column.state == "ready"), 0)
        if not columns[first].entries:
            first = next((number for number, column in enumerate(columns) if column.entries), first)
        self.go_to(first)

    def go_to(self, number: int) -> None:
        """Put the cursor into a column."""
        self._current = max(0, min(number, len(self.columns) - 1))
        self.turn()

    def go(self, by: int) -> None:
        """Put the cursor into a column so many on."""
        self.go_to(self._current + by)

    def follow(self, task_id: str) -> None:
        """Put the cursor on a task, wherever it is."""
        for number, column in enumerate(self.columns):
            for entry in column.entries:
                if isinstance(entry, Task) and entry.id == task_id:
                    column.go_to(entry.path)
                    self.go_to(number)
                    return

    def wait_for(self, pending: frozenset[str]) -> None:
        """Mark the tasks at these paths: what was asked for is being done."""
        for column in self.columns:
            column.wait_for(pending)

    def mark(self, paths: frozenset[str]) -> None:
        """Mark the tasks at these paths."""
        self._marked = len(paths)
        for column in self.columns:
            column.mark(paths)
        self._say_facts()

    def say(self, text: str, name: str) -> None:
        """Say something in the line above the keys."""
        self.query_one("#said", Static).update(make_text([(name, text)] if text else []))

    def on_resize(self) -> None:
        """Fold anew."""
        if self._shown is not None:
            self.call_after_refresh(self.turn)

    def _fold(self) -> None:
        """Show as many columns as there is room for, the current one among them."""
        columns, whole = self.columns, self.app.size.width
        has_panel = whole >= _PANEL
        panel = self.query_one("#panel")
        panel.set_class(has_panel, "shown")
        beside = max(_BESIDE, min(whole - len(columns) * (LEAST + 1), 2 * _BESIDE))
        panel.styles.width = beside
        width = whole - (beside if has_panel else 0)
        open_count = max(1, min(len(columns), (width + 1) // (LEAST + 1)))
        first = max(0, min(self._current - open_count // 2, len(columns) - open_count))
        for number, column in enumerate(columns):
            column.set_class(not first <= number < first + open_count, "folded")
            column.is_current = number == self._current
            column.draw()
        self.query_one("#strip").set_class(open_count == len(columns), "hidden")

    def _say_facts(self) -> None:
        if self._shown is None:
            return
        board, view, start = self._shown.board, self._shown.view, self._start
        parts = [("bold", "tasks"), ("plain", f" · {start.project}")]
        for text in (start.said, self._shown.text):
            parts += [("code", f"  /{text}")] if text else []
        if self._shown.lanes != "none":
            parts.append(("dim", f"  lanes: {self._shown.lanes}"))
        parts.append(("dim", f"  {board.total:,} tasks" if board.total != 1 else "  1 task"))
        if self._marked:
            parts.append(("claim", f"  {self._marked} marked"))
        if view.claims:
            parts.append(("claim", f"  {len(view.claims)} held"))
        if view.unreadable:
            first, more = view.unreadable[0], len(view.unreadable) - 1
            rest = f" and {more} more" if more else ""
            sign = prefix(start.icons, "error")
            parts.append(("error", f"  {sign}can't be read: {first.path}:{first.line}{rest}"))
        if self._is_for_reading:
            parts.append(("dim", "  for reading"))
        self.query_one("#top", Static).update(make_text(parts))
        strip: list[tuple[str, str]] = []
        for number, column in enumerate(self.columns):
            title = column_title(column.state, board.counts.get(column.state, 0), start.icons)
            strip += [("plain", "  ")] if number else []
            name = "dim" if column.has_class("folded") else "bold"
            strip.append((name, "".join(text for _, text in title)))
        self.query_one("#strip", Static).update(make_text(strip))


def _list_entries(shown: Shown, state: str) -> Sequence[Entry]:
    """List the tasks of a state, below the headings of their lanes if there are any."""
    if shown.lanes == "none":
        return next((column.tasks for column in shown.board.columns if column.state == state), ())
    entries: list[Entry] = []
    for lane in shown.board.lanes:
        tasks = next((column.tasks for column in lane.columns if column.state == state), ())
        if tasks:
            due = say_due(lane, shown.clock)
            title = " ".join([lane.title or "none", *(due[:1] if due is not None else ())])
            entries += [Heading(title, len(tasks)), *tasks]
    return entries
