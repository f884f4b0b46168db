"""What the keys of the board ask for before something is done: a state, a key, a note, a box, a place."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from itertools import takewhile

from taskfiles import Task, TaskfilesError
from taskfiles_cli.surface.act import Act
from taskfiles_cli.surface.changing import FIELDS, name_chosen
from taskfiles_cli.surface.detail import name_box, read_detail
from taskfiles_cli.surface.moves import MOVES
from taskfiles_cli.surface.printed import column_title
from taskfiles_cli.surface.visible import show
from taskfiles_cli.surface.words import word_of
from taskfiles_cli.tui.acting import ActingApp
from taskfiles_cli.tui.dialogs import Choose, Write
from taskfiles_cli.tui.view import ORDER

_PLACED = frozenset({"idea", "ready", "in-progress"})  # whose order people can choose
_BEGUN = "in-progress"


class AskingApp(ActingApp):
    """The part of the board that asks."""

    @abstractmethod
    def rank_of(self, task: Task) -> float | None:
        """Return where a task was placed by hand."""

    # States

    def _move_to(self, task: Task, state: str) -> None:
        seen = {"state": task.get("state")}
        self._act(Act("move", task.id, {"state": state}, seen, task.etag), task.path)

    def drop(self, task: Task, state: str) -> None:
        """Move a card that was dragged to another column, with all that are marked if it is."""
        if task.path in self.marks.paths and len(self.marks.paths) > 1:
            self._change_all(self.targets, "state", state)
        elif state in MOVES.get(str(task.state), ()):
            self._move_to(task, state)
        else:
            ways = ", ".join(MOVES.get(str(task.state), ()))
            self.say(f"A board leads from {task.state} to {ways}.", "warning")

    def action_move(self) -> None:
        """Ask to which state the task is to go, or all that are marked."""
        task = self._writable()
        if task is None:
            return
        tasks = self.targets
        if self.marks.paths:
            title = f"Move {name_chosen(tasks)} to"
            words = [(state, self._state_words(state)) for state in MOVES if state != _BEGUN]
        else:
            title = f"Move {task.id} from {word_of(str(task.state))} to"
            words = [(state, self._state_words(state)) for state in MOVES.get(str(task.state), ())]
        if not words:
            self.say(f"A board moves no task from {task.state}.", "warning")
            return

        def answer(state: str | None) -> None:
            if state is not None and self.marks.paths:
                self._change_all(tasks, "state", state)
            elif state is not None:
                self._move_to(task, state)

        self.push_screen(Choose(title, words), answer)

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

    # Keys of a task, and the rest

    def action_change(self) -> None:
        """Ask what is to change in the task, or in all that are marked, and to what."""
        if self._writable() is None:
            return
        tasks = self.targets
        title = f"Change {name_chosen(tasks)}"

        def ask(name: str | None) -> None:
            if name is None:
                return
            field = FIELDS[name]
            if field.words:
                words = [(word, word) for word in field.words]
                self.push_screen(Choose(f"{title}: {field.label}", words), partial(answer, name))
            else:
                self.push_screen(Write(f"{title}: {field.asked}"), partial(answer, name))

        def answer(name: str, text: str | None) -> None:
            if text is None:
                return
            if name == "own":
                key, sign, text = text.partition("=")
                if not sign or not key.strip():
                    self.say("Write another key as KEY=VALUE.", "warning")
                    return
                name = f"key:{key.strip()}"
            self._change_all(tasks, name, text)

        self.push_screen(Choose(title, [(name, field.label) for name, field in FIELDS.items()]), ask)

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
        if by < 0 and self.rank_of(task) is None:
            # From below those that were placed by hand it goes to their end.
            to = len([*takewhile(lambda each: self.rank_of(each) is not None, rest)])
        elif to == at:
            return
        above, below = rest[to - 1].id if to > 0 else "", rest[to].id if to < len(rest) else ""
        values = {"above": above, "below": below}
        self._act(Act("place", task.id, values, {"rank": task.get("rank")}, task.etag), task.path)

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
