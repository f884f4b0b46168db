"""The board as a program of its own on the terminal: what it shows, where the cursor is, what is marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from taskfiles import (
    LANES,
    Card,
    Filter,
    Task,
    TaskfilesError,
    find_tasks,
    make_board,
    make_card,
)
from taskfiles_cli.surface.act import Actor
from taskfiles_cli.surface.cardtext import Look
from taskfiles_cli.surface.detail import read_detail
from taskfiles_cli.surface.filterline import Line, Saved, read_line
from taskfiles_cli.surface.mirror import Mirror, View
from taskfiles_cli.surface.phrases import Clock
from taskfiles_cli.surface.selecting import select
from taskfiles_cli.surface.sheet import sheet_lines
from taskfiles_cli.tui.asking import AskingApp
from taskfiles_cli.tui.column import ColumnView
from taskfiles_cli.tui.dialogs import make_keys
from taskfiles_cli.tui.keys import KEYS
from taskfiles_cli.tui.sheet import Sheet, TaskScreen
from taskfiles_cli.tui.view import ORDER, BoardView, Shown, Start

_SHORT = 36  # lines of a terminal below which cards leave out what can wait


class Fresh(Message):
    """There is a new view."""


class Told(Message):
    """A command has something to say beside its work."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class BoardApp(AskingApp):
    """The board. `actor` is None where it is only for reading."""

    CSS_PATH = "style.tcss"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key.keys, key.action, key.means, show=False) for key in KEYS
    ]

    def __init__(self, mirror: Mirror, actor: Actor | None, start: Start) -> None:
        super().__init__(mirror, actor, start)
        self.broken: Exception | None = None
        self._text, self._lanes = "", start.lanes
        self._pressed: Task | None = None
        self._shown: str | None = None
        self._line = self._read("")
        states = {str(task.state) for task in self._view.backlog.tasks}
        self.board = BoardView(
            start,
            [*ORDER, *sorted(states - set(ORDER))],
            self._card_of,
            self._look,
            self._show_task,
            is_for_reading=actor is None,
        )

    def compose(self) -> ComposeResult:
        """Make the screen."""
        yield self.board

    def on_mount(self) -> None:
        """Show the board."""
        self._arrange()
        self.board.begin()

    @property
    def chosen(self) -> Task | None:
        """The task that keys are about."""
        return self.board.column.chosen

    # What it shows

    def _read(self, text: str) -> Line:
        """Read a filter line. Raises TaskfilesError."""
        view = self._view
        return read_line(text, self._mirror.now(), view.zone, Saved(view.saved, self._start.me))

    def _arrange(self) -> None:
        """Show the latest view as it is filtered now."""
        try:
            view, tasks = self._mirror.look(self._select)
        except TaskfilesError as error:  # texts change again and again: the next change tells more
            self.say(error.message, "error")
            return
        self._view = view
        board = make_board(
            tasks,
            view.backlog,
            lanes=self._lanes,
            claims=view.claims,
            keys=view.keys,
            milestones=view.milestones,
        )
        self.board.show(Shown(board, view, self._text, self._lanes, self._pending, self._clock()))
        self.marks.keep([task.path for task in tasks])
        self._show_marks()

    def _select(self, view: View) -> tuple[View, Sequence[Task]]:
        tasks = select(view, self._line)
        return view, tasks if self._start.base == Filter() else find_tasks(tasks, self._start.base)

    def _look(self, width: int) -> Look:
        return Look(max(8, width), self._start.icons, self._clock(), self.size.height < _SHORT)

    def _clock(self) -> Clock:
        return Clock(self._mirror.now(), self._view.zone)

    def _card_of(self, task: Task) -> tuple[Card, tuple[int, int]]:
        view = self._view
        now, dues = self._mirror.now(), view.milestones
        card = make_card(task, view.backlog, claims=view.claims, now=now, zone=view.zone, milestones=dues)
        return card, self._mirror.count_boxes(task)

    def _show_task(self) -> None:
        """Show the task under the cursor where there is a place for it."""
        task = self.chosen
        places: list[Sheet] = []
        if isinstance(self.screen, TaskScreen):
            places += self.screen.query(Sheet)
        if self.board.panel is not None:
            places.append(self.board.panel)
        path = None if task is None else task.path
        for place in places:
            place.show(None if task is None else self._draw_task(task), is_same=path == self._shown)
        if places:
            self._shown = path

    def rank_of(self, task: Task) -> float | None:
        """Return where a task was placed by hand."""
        return self._card_of(task)[0].rank

    def _draw_task(self, task: Task) -> Callable[[int], Sequence[Sequence[tuple[str, str]]]]:
        try:
            detail = read_detail(self._mirror.open_store(), self._view, task.id)
        except (TaskfilesError, OSError) as error:  # it changes, or is gone, at this moment
            said = str(error)
            return lambda _: [[("error", said)]]
        return lambda width: [line.parts for line in sheet_lines(detail, width, self._start.icons)]

    def say(self, text: str, name: str = "plain") -> None:
        """Say something in the line above the keys, until something else is said."""
        self.board.say(text, name)
        if isinstance(self.screen, TaskScreen):
            self.screen.say(text, name)

    # What comes from outside

    def on_fresh(self) -> None:
        """Show the new view; the cursor stays on its task, wherever it went."""
        self._view = self._mirror.view
        kept = self.chosen
        followed = None if kept is None else kept.id
        try:
            self._line = self._read(self._text)
        except (
            TaskfilesError
        ) as error:  # a saved view is gone: what was asked for stays until it is asked again
            self.say(error.message, "error")
        self._arrange()
        if followed is not None and (self.chosen is None or self.chosen.id != followed):
            self.board.follow(followed)

    def on_told(self, message: Told) -> None:
        """Show what a command has said beside its work."""
        self.say(message.text, "warning")

    # Where the cursor is

    def action_column(self, by: int) -> None:
        """Go to another column."""
        if not isinstance(self.screen, TaskScreen):
            self.say("")
            self.board.go(by)

    def action_step(self, by: int) -> None:
        """Go to another task of the column."""
        if not isinstance(self.screen, TaskScreen):
            self.say("")
            self.board.column.step(by)
            self._show_task()

    def action_open(self) -> None:
        """Open the task."""
        if self.chosen is not None and not isinstance(self.screen, TaskScreen):
            self._shown = None
            self.push_screen(TaskScreen(), lambda _: None)
            self.call_after_refresh(self._show_task)

    def on_column_view_pressed(self, message: ColumnView.Pressed) -> None:
        """Go where the mouse is, and take the card up."""
        self._pressed = message.picked
        self.board.go_to(self.board.columns.index(message.column))
        if message.picked is not None and message.marks is not None and self._actor is not None:
            self._pressed = None
            self._mark(message.picked, is_row=message.marks == "row")

    def on_column_view_released(self, message: ColumnView.Released) -> None:
        """Move the card that was taken up to the column where it is let go."""
        task, self._pressed = self._pressed, None
        if task is not None and str(task.state) != message.column.state and self._writable() is not None:
            self.drop(task, message.column.state)

    def on_column_view_opened(self) -> None:
        """Open the task."""
        self.action_open()

    # Marks

    def action_mark(self) -> None:
        """Mark the task, or take its mark away."""
        task = self._writable()
        if task is not None and not isinstance(self.screen, TaskScreen):
            self._mark(task, is_row=False)

    def action_reach(self, by: int) -> None:
        """Mark the task, go to another one of the column, and mark that as well."""
        task = self._writable()
        if task is None or isinstance(self.screen, TaskScreen):
            return
        self._mark(task, is_row=True)
        self.action_step(by)
        if (other := self.chosen) is not None:
            self._mark(other, is_row=True)

    def action_unmark(self) -> None:
        """Take all marks away; in the filter, leave that."""
        if self.focused is not None and self.focused.id == "filter":
            self._close_filter()
            return
        self.marks.clear()
        self._show_marks()

    def _mark(self, task: Task, *, is_row: bool) -> None:
        if is_row:
            self.marks.reach(task.path, [each.path for each in self.board.column.mates])
        else:
            self.marks.turn(task.path)
        self._show_marks()

    def _show_marks(self) -> None:
        self.board.mark(self.marks.paths)

    # The filter, lanes and the rest

    def action_filter(self) -> None:
        """Ask for a filter."""
        if isinstance(self.screen, TaskScreen):
            return
        field = self.board.field
        field.value = self._text
        field.add_class("shown")
        field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Filter the board by what was written."""
        if event.input.id != "filter":
            return
        try:
            self._line = self._read(event.value)
        except TaskfilesError as error:
            self.say(f"{error.message} {error.hint or ''}".strip(), "error")
            return
        self._text = event.value.strip()
        self._close_filter()
        self.say("")
        self._arrange()

    def on_key(self, event: Any) -> None:
        """Let Escape leave the filter as it was."""
        if event.key == "escape" and self.focused is not None and self.focused.id == "filter":
            self._close_filter()
            self.say("")

    def _close_filter(self) -> None:
        self.board.field.remove_class("shown")
        self.set_focus(None)

    def action_clear(self) -> None:
        """Show all tasks again."""
        self._text = ""
        self._line = self._read("")
        self._arrange()

    def action_lanes(self) -> None:
        """Go through the kinds of lanes."""
        self._lanes = LANES[(LANES.index(self._lanes) + 1) % len(LANES)]
        self._arrange()

    def action_refresh(self) -> None:
        """Look at the files."""
        try:
            self._mirror.refresh()
        except (TaskfilesError, OSError) as error:
            self.say(str(error), "error")
        self.on_fresh()

    def action_keys(self) -> None:
        """Show the keys."""
        self.push_screen(make_keys())

    def action_leave(self) -> None:
        """Leave the board."""
        self.exit(0)

    def _handle_exception(self, error: Exception) -> None:
        """Leave with an error of our own, which the command reports as any other one."""
        self.broken = error
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        """Print nothing: the command reports the error."""
        self._exit_renderables.clear()
