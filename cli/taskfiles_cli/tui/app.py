"""The board as a program of its own on the terminal: what its keys do, and what comes from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import takewhile
from typing import Any, ClassVar

from textual.app import App, ComposeResult
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
from taskfiles_cli.surface.act import Act, Actor, Conflict, Done
from taskfiles_cli.surface.cardtext import Look
from taskfiles_cli.surface.detail import name_box, read_detail
from taskfiles_cli.surface.filterline import Line, Saved, read_line
from taskfiles_cli.surface.mirror import Mirror, View
from taskfiles_cli.surface.moves import MOVES
from taskfiles_cli.surface.phrases import Clock
from taskfiles_cli.surface.printed import column_title
from taskfiles_cli.surface.selecting import select
from taskfiles_cli.surface.sheet import sheet_lines
from taskfiles_cli.surface.visible import show
from taskfiles_cli.surface.words import word_of
from taskfiles_cli.tui.column import ColumnView
from taskfiles_cli.tui.dialogs import Choose, Say, Write, make_keys
from taskfiles_cli.tui.keys import KEYS
from taskfiles_cli.tui.sheet import Sheet, TaskScreen
from taskfiles_cli.tui.view import ORDER, BoardView, Shown, Start

_PLACED = frozenset({"idea", "ready", "in-progress"})  # whose order people can choose
_SHORT = 36  # lines of a terminal below which cards leave out what can wait


class Fresh(Message):
    """There is a new view."""


class Told(Message):
    """A command has something to say beside its work."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Ended(Message):
    """An act has ended, in one of these ways."""

    def __init__(self, wanted: Act, path: str, end: Done | Conflict | TaskfilesError | OSError) -> None:
        super().__init__()
        self.wanted, self.path, self.end = wanted, path, end


class BoardApp(App[int]):
    """The board. `actor` is None where it is only for reading."""

    CSS_PATH = "style.tcss"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key.keys, key.action, key.means, show=False) for key in KEYS
    ]

    def __init__(self, mirror: Mirror, actor: Actor | None, start: Start) -> None:
        super().__init__(ansi_color=True)
        self.broken: Exception | None = None
        self._mirror, self._actor, self._start = mirror, actor, start
        self._text, self._lanes = "", start.lanes
        self._view: View = mirror.view
        self._runs: list[tuple[str, str]] = []
        self._pending: set[str] = set()
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
        board = make_board(tasks, view.backlog, lanes=self._lanes, claims=view.claims, keys=view.keys)
        self.board.show(Shown(board, view, self._text, self._lanes, frozenset(self._pending)))

    def _select(self, view: View) -> tuple[View, Sequence[Task]]:
        tasks = select(view, self._line)
        return view, tasks if self._start.base == Filter() else find_tasks(tasks, self._start.base)

    def _look(self, width: int) -> Look:
        return Look(max(8, width), self._start.icons, self._clock(), self.size.height < _SHORT)

    def _clock(self) -> Clock:
        return Clock(self._mirror.now(), self._view.zone)

    def _card_of(self, task: Task) -> tuple[Card, tuple[int, int]]:
        view = self._view
        card = make_card(task, view.backlog, claims=view.claims, now=self._mirror.now(), zone=view.zone)
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

    def on_ended(self, message: Ended) -> None:
        """Say what came of an act."""
        self._pending.discard(message.path)
        end, wanted = message.end, message.wanted
        self.on_fresh()
        if isinstance(end, Done):
            if end.changed and wanted.kind != "undo":
                self._runs.append((end.run, end.sentence))
            if wanted.kind == "undo" and self._runs:
                self._runs.pop()
            again = "" if wanted.kind == "undo" or not end.changed else " · u undoes it"
            self.say(f"{end.sentence}{again}", "done")
        elif isinstance(end, Conflict):
            self._ask_about(end, wanted)
        elif isinstance(end, TaskfilesError):
            self.say(end.message, "error")
            self.push_screen(Say("Not done", [end.message, *([str(end.hint)] if end.hint else [])]))
        else:
            self.say(str(end), "error")

    def _ask_about(self, conflict: Conflict, wanted: Act) -> None:
        """Show both sides of a conflict; nothing has been written."""
        seen, yours, theirs = wanted.expect, conflict.yours, conflict.theirs
        lines = [
            f"{key}: you saw {seen.get(key)}; it is {theirs.get(key)} now; you want {yours.get(key)}"
            for key in yours
        ]
        words = [("theirs", "Keep theirs"), ("mine", "Apply mine to the new version")]

        def answer(word: str | None) -> None:
            if word == "mine":
                self._act(wanted._replace(expect=theirs, etag=conflict.task.etag), conflict.task.path)

        title = f"{conflict.task.id} was changed by somebody else"
        self.push_screen(Choose(title, words, lines), answer)

    # What is done

    def _act(self, wanted: Act, path: str) -> None:
        if self._actor is None:
            return
        self._pending.add(path)
        self.board.wait_for(frozenset(self._pending))
        self.run_worker(partial(self._do, self._actor, wanted, path), thread=True, group="acts")

    def _do(self, actor: Actor, wanted: Act, path: str) -> None:
        end: Done | Conflict | TaskfilesError | OSError
        try:
            end = actor.act(wanted)
        except (Conflict, TaskfilesError, OSError) as error:
            end = error
        with suppress(TaskfilesError, OSError):  # as while a branch is switched: the next change tells more
            self._mirror.refresh()
        self.post_message(Ended(wanted, path, end))

    def _move_to(self, task: Task, state: str) -> None:
        seen = {"state": task.get("state")}
        self._act(Act("move", task.id, {"state": state}, seen, task.etag), task.path)

    def action_move(self) -> None:
        """Ask to which state the task is to go."""
        task = self._writable()
        if task is None:
            return
        words = [(state, self._state_words(state)) for state in MOVES.get(str(task.state), ())]
        if not words:
            self.say(f"A board moves no task from {task.state}.", "warning")
            return

        def answer(state: str | None) -> None:
            if state is not None:
                self._move_to(task, state)

        self.push_screen(Choose(f"Move {task.id} from {word_of(str(task.state))} to", words), answer)

    def _state_words(self, state: str) -> str:
        return "".join(text for _, text in column_title(state, 0, self._start.icons)[:1])

    def action_shift(self, by: int) -> None:
        """Move the task to the next state on one side that can be moved to."""
        task = self._writable()
        if task is None:
            return
        state = str(task.state)
        at = ORDER.index(state) if state in ORDER else -1
        side = ORDER[at + 1 :] if by > 0 else tuple(reversed(ORDER[: max(0, at)]))
        wanted = next((each for each in side if each in MOVES.get(state, ())), None)
        if wanted is None:
            self.say(f"{task.id} can't be moved further from {word_of(state)}.", "warning")
        else:
            self._move_to(task, wanted)

    def action_note(self) -> None:
        """Ask for a note on the task."""
        task = self._writable()
        if task is None:
            return

        def answer(text: str | None) -> None:
            if text is not None and text.strip():
                self._act(Act("note", task.id, {"text": text}, {}, task.etag), task.path)

        self.push_screen(Write(f"Note on {task.id}"), answer)

    def action_place(self, by: int) -> None:
        """Place the task one step up or down among those of its column and lane."""
        task = self._writable()
        if task is None:
            return
        if str(task.state) not in _PLACED:
            self.say(f"In {word_of(str(task.state))} tasks are in the order in which they ended.", "warning")
            return
        mates = self.board.column.mates
        at = next(number for number, each in enumerate(mates) if each.path == task.path)
        rest = [each for each in mates if each.path != task.path]
        to = max(0, min(at + by, len(rest)))
        if by < 0 and self._rank_of(task) is None:
            # From below those that were placed by hand it goes to their end.
            to = len([*takewhile(lambda each: self._rank_of(each) is not None, rest)])
        elif to == at:
            return
        above, below = rest[to - 1].id if to > 0 else "", rest[to].id if to < len(rest) else ""
        values = {"above": above, "below": below}
        self._act(Act("place", task.id, values, {"rank": task.get("rank")}, task.etag), task.path)

    def _rank_of(self, task: Task) -> float | None:
        return self._card_of(task)[0].rank

    def action_boxes(self) -> None:
        """Ask which box is to be ticked or cleared."""
        task = self._writable()
        if task is None:
            return
        try:
            detail = read_detail(self._mirror.open_store(), self._view, task.id)
        except (TaskfilesError, OSError) as error:
            self.say(str(error), "error")
            return
        boxes = {name_box(box): box for box in detail.boxes}
        if not boxes:
            self.say(f"{task.id} has no boxes.", "warning")
            return
        signs = ("[ ] ", "[x] ")

        def answer(name: str | None) -> None:
            if name is not None:
                box = boxes[name]
                seen = {f"box:{name}": [box.text, box.checked]}
                values = {"box": name, "checked": not box.checked}
                self._act(Act("check", task.id, values, seen, detail.task.etag), task.path)

        words = [(name, f"{signs[box.checked]}{name} {show(box.text)}") for name, box in boxes.items()]
        self.push_screen(Choose(f"Tick or clear a box of {task.id}", words), answer)

    def action_undo(self) -> None:
        """Undo what was done last here."""
        if self._actor is None or not self._runs:
            self.say("There is nothing to undo: nothing was changed here.", "warning")
            return
        self._act(Act("undo", "", {"run": self._runs[-1][0]}, {}, ""), "")

    def _writable(self) -> Task | None:
        if self._actor is None:
            self.say("This board is for reading: leave --read-only out to change tasks.", "warning")
            return None
        return self.chosen

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

    def on_column_view_released(self, message: ColumnView.Released) -> None:
        """Move the card that was taken up to the column where it is let go."""
        task, self._pressed = self._pressed, None
        if task is None or str(task.state) == message.column.state or self._writable() is None:
            return
        state = message.column.state
        if state in MOVES.get(str(task.state), ()):
            self._move_to(task, state)
        else:
            self.say(
                f"A board leads from {task.state} to {', '.join(MOVES.get(str(task.state), ()))}.", "warning"
            )

    def on_column_view_opened(self) -> None:
        """Open the task."""
        self.action_open()

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
