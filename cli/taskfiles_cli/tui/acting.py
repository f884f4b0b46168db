"""What is done on the board: handed to the actor, then said what came of it."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeAlias

from textual.app import App
from textual.message import Message

from taskfiles import Task, TaskfilesError
from taskfiles_cli.surface.act import Act, Actor, Conflict, Done
from taskfiles_cli.surface.mirror import Mirror, View
from taskfiles_cli.surface.several import Mark, Refused
from taskfiles_cli.tui.dialogs import Choose, Say
from taskfiles_cli.tui.marks import Marks
from taskfiles_cli.tui.view import BoardView, Start

_PLACED = frozenset({"idea", "ready", "in-progress"})  # whose order people can choose
_BEGUN = "in-progress"

End: TypeAlias = "Done | Conflict | Refused | TaskfilesError | OSError"


class Ended(Message):
    """An act has ended, in one of these ways; `paths` are of the tasks that it was about."""

    def __init__(self, wanted: Act, paths: frozenset[str], end: End) -> None:
        super().__init__()
        self.wanted, self.paths, self.end = wanted, paths, end


class ActingApp(App[int]):
    """The part of the board that changes tasks. `actor` is None where it is only for reading."""

    board: BoardView

    def __init__(self, mirror: Mirror, actor: Actor | None, start: Start) -> None:
        super().__init__(ansi_color=True)
        self._mirror, self._actor, self._start = mirror, actor, start
        self._view: View = mirror.view
        self._runs: list[str] = []
        self._turn = asyncio.Lock()
        self._pending: frozenset[str] = frozenset()
        self.marks = Marks()

    @property
    @abstractmethod
    def chosen(self) -> Task | None:
        """The task that keys are about."""

    @abstractmethod
    def say(self, text: str, name: str = "plain") -> None:
        """Say something in the line above the keys."""

    @abstractmethod
    def on_fresh(self) -> None:
        """Show the new view."""

    @property
    def targets(self) -> Sequence[Task]:
        """The tasks that are marked, else the one that keys are about."""
        marked = [task for task in self._view.backlog.tasks if task.path in self.marks.paths]
        task = self.chosen
        return marked or ([] if task is None else [task])

    # Asked for and done

    def _act(self, wanted: Act, *paths: str) -> None:
        if self._actor is None:
            return
        self._pending |= {*paths}
        self.board.wait_for(self._pending)
        self.run_worker(self._do(self._actor, wanted, frozenset(paths)), group="acts")

    async def _do(self, actor: Actor, wanted: Act, paths: frozenset[str]) -> None:
        async with self._turn:  # in the order of the keys: an undo comes after what it undoes
            end = await asyncio.to_thread(self._try, actor, wanted)
        self.post_message(Ended(wanted, paths, end))

    def _try(self, actor: Actor, wanted: Act) -> End:
        end: End
        try:
            end = actor.act(wanted)
        except (Conflict, Refused, TaskfilesError, OSError) as error:
            end = error
        with suppress(TaskfilesError, OSError):  # as while a branch is switched: the next change tells more
            self._mirror.refresh()
        return end

    def on_ended(self, message: Ended) -> None:
        """Say what came of an act."""
        self._pending -= message.paths
        end, wanted = message.end, message.wanted
        if isinstance(end, Done) and wanted.kind == "all":
            self.marks.clear()
        self.on_fresh()
        if wanted.kind == "undo" and not isinstance(end, Done):
            self._runs.append(str(wanted.values["run"]))
        if isinstance(end, Done):
            if end.changed and wanted.kind != "undo":
                self._runs.append(end.run)
            again = "" if wanted.kind == "undo" or not end.changed else " · u undoes it"
            self.say(f"{end.sentence}{again}", "done")
        elif isinstance(end, Conflict):
            self._ask_about(end, wanted)
        elif isinstance(end, Refused):
            lines = [f"{each.message} {each.hint or ''}".strip() for each in end.refusals]
            self.say(str(end), "error")
            self.push_screen(Say(str(end), lines))
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

    def _change_all(self, tasks: Sequence[Task], name: str, text: str) -> None:
        """Change a field of several tasks; each says what was seen in it of what changes."""
        key = name.removeprefix("key:")
        seen = {task.path: {key: task.get(key)} if key in {"state", "priority"} else {} for task in tasks}
        marks = [Mark(task.id, seen[task.path], task.etag) for task in tasks]
        self._act(Act("all", "", {name: text}, {}, "", marks), *seen)

    def _writable(self) -> Task | None:
        if self._actor is None:
            self.say("This board is for reading: leave --read-only out to change tasks.", "warning")
            return None
        return self.chosen

    def action_undo(self) -> None:
        """Undo what was done last here."""
        if self._actor is None or not self._runs:
            self.say("Nothing to undo: nothing was changed here.", "warning")
            return
        self._act(Act("undo", "", {"run": self._runs.pop()}, {}, ""))
