"""A session of a face that owns the terminal: what commands say on standard error goes to the face."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from taskfiles_cli.command.session import Session
from taskfiles_cli.render.console import Console
from taskfiles_cli.render.lines import Line, compose


class _Quiet(Console):
    """A console that writes nothing."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def error_line(self, line: Line) -> None:
        """Pass a line on."""
        self._say(compose(line, colours=False))

    def error_object(self, value: Any) -> None:
        """Pass a value on as its text."""
        self._say(str(value))

    def progress(self, done: int, whole: int, what: str = "") -> None:
        """Show nothing: the face has the terminal."""


def open_quietly(root: Path, by: str | None, say: Callable[[str], None]) -> Session:
    """Make a session as a command's, whose warnings go to `say`."""
    session = Session(root=root, acting=by)
    session.console = _Quiet(say)
    return session
