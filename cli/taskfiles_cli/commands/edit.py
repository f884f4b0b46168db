"""`tasks edit`: a task in your editor, taken over only when it is sound."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from taskfiles import TaskfilesError
from taskfiles.changes.claims import as_holder
from taskfiles.changes.mutate import check_etag
from taskfiles.errors import reason_of
from taskfiles.operations.edit import rewrite
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.command.signals import ENDING, note
from taskfiles_cli.render.console import is_terminal

if TYPE_CHECKING:
    from taskfiles_cli.line.options import TaskId


@command(*CHANGES_ONE, action="task.update", about="task_id")
def edit(
    session: Session,
    task_id: TaskId,
) -> int:
    """Open a task in your editor ($VISUAL or $EDITOR).

    Without a terminal it needs one of the two, and ends at once where neither is set.

    Your text replaces the file if it has no new errors. Nothing is locked while you write. If the
    file changes meanwhile, or your text has an error, the file stays as it is and your text is kept where
    the message says.
    """
    command = _find_editor(task_id)
    store = session.store
    store.check_writable()
    with as_holder(store, task_id, dry_run=True):  # a refusal comes before somebody writes a text
        task = store.get(task_id)
    check_etag(task, session.if_match)
    descriptor, name = tempfile.mkstemp(prefix=f"{task_id[:40]}-", suffix=".md")
    kept = Path(name)
    with open(descriptor, "wb") as file:
        file.write(task.data)
    try:
        _run_editor(command, kept)
        done = rewrite(store, task_id, kept.read_bytes(), if_match=task.etag, dry_run=session.dry_run)
    except TaskfilesError as error:
        raise error if error.code in _OF_EDITOR else _keep(error, task_id, kept) from error
    except KeyboardInterrupt:
        session.console.note(f"Your text is kept in {kept}.")
        raise
    kept.unlink()
    sentence = f"Updated {task_id} in {done.changes[0].after.path}"
    session.answer_mutation(session.mutation(done.changes), done.changes, sentence)
    return 0


_PATIENCE = 5.0  # seconds that an editor has to save and end
_OF_EDITOR = frozenset({"editor-missing", "editor-failed"})  # they say themselves what is kept


def _keep(error: TaskfilesError, task_id: str, kept: Path) -> TaskfilesError:
    """Say where the text is kept; its own lines are what a person looks at now."""
    codes = {1: "edit-kept", 4: "edit-conflict"}
    if error.exit not in codes:
        error.add_hint(f"Your text is kept in {kept}.")
        return error
    problem = "the file has changed meanwhile." if error.code == "etag-mismatch" else error.message
    details = error.details | {"cause": error.code, "kept": str(kept)}
    return TaskfilesError(
        codes[error.exit],
        path=str(kept) if error.exit == 1 else error.path,
        line=error.details.get("line"),
        column=error.details.get("column"),
        details=details,
        id=task_id,
        problem=problem,
        kept=kept,
    )


def _find_editor(task_id: str) -> str:
    """Give the command of the user's editor; without one, vi where there is a terminal for it.

    Raises TaskfilesError (usage).
    """
    if command := os.environ.get("VISUAL") or os.environ.get("EDITOR"):
        return command
    if is_terminal(sys.stdin) and (is_terminal(sys.stdout) or is_terminal(sys.stderr)):
        return "vi"
    problem = "There is no terminal here, and neither $VISUAL nor $EDITOR names an editor."
    error = TaskfilesError("usage", problem=problem, command="tasks edit")
    error.set_hint(
        f"Change single values with `tasks update {task_id} --meta KEY=VALUE`, texts with --field."
    )
    raise error


class _Signals:
    """What signals do meanwhile: Ctrl-C is the editor's, others wait until it can be ended with them.

    A handler, unlike a mask or SIG_IGN, is not passed on to the editor.
    """

    def __init__(self) -> None:
        self.is_open = False
        self.received: int | None = None

    def __enter__(self) -> Self:
        meant = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._handle) for number in meant}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, _: object) -> None:
        if number == signal.SIGINT:
            return
        note(number)
        self.received = number
        if self.is_open:
            raise KeyboardInterrupt

    def open(self) -> None:
        """End with the next signal, or with one that has come. Raises KeyboardInterrupt."""
        self.is_open = True
        if self.received is not None:
            raise KeyboardInterrupt


def _run_editor(command: str, file: Path) -> None:
    with _Signals() as signals:
        try:
            screen = None if is_terminal(sys.stdout) else sys.stderr  # standard output is for the answer
            words = [*shlex.split(command), str(file)]
            editor = subprocess.Popen(words, stdout=screen)  # noqa: S603 (the user's own editor)
        except (OSError, ValueError) as error:
            file.unlink()
            problem = reason_of(error) if isinstance(error, OSError) else "a quote in it is not closed"
            raise TaskfilesError("editor-missing", command=command, problem=problem) from error
        try:
            signals.open()
            code = editor.wait()
        except KeyboardInterrupt:
            signals.is_open = False
            _end(editor, signals.received or signal.SIGTERM)
            raise
    if code:
        raise TaskfilesError("editor-failed", command=command, status=f"exit status {code}", kept=file)


def _end(editor: subprocess.Popen[bytes], number: int) -> None:
    """End an editor as this process is ended; one that doesn't heed that is killed."""
    editor.send_signal(number)
    try:
        editor.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        editor.kill()
        editor.wait()
