"""Standard output and standard error of this process, in memory or on a terminal."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from unittest import mock

from taskfiles_cli.render.lines import Lines, compose_all


def as_written(lines: Lines) -> str:
    """Lines as they are written where no colours are shown."""
    return "".join(compose_all(lines, colours=False))


@contextmanager
def in_memory() -> Iterator[Callable[[], tuple[str, str]]]:
    """Keep what is written to either stream; the function given gives both."""
    buffers = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(each, encoding="utf-8") for each in buffers)
    with redirect_stdout(out), redirect_stderr(err):
        yield lambda: (buffers[0].getvalue().decode(), buffers[1].getvalue().decode())
    for text in (out, err):
        text.detach()  # which keeps what was written when the text is gone


@contextmanager
def on_terminal(columns: int = 80, *, typing: bool = False) -> Iterator[Callable[[str], str]]:
    """Make both streams a terminal; the function given reads what was written there, up to an end.

    With `typing` standard input is that terminal, too.
    """
    ours, theirs = os.openpty()

    def read(end: str) -> str:
        found = b""
        while not found.endswith(end.encode()):  # a terminal gives what it has, in any pieces
            found += os.read(ours, 1 << 16)
        return found.decode()

    size = {"COLUMNS": str(columns), "LINES": "24"}
    with (
        open(theirs, "w", encoding="utf-8") as terminal,
        redirect_stdout(terminal),
        redirect_stderr(terminal),
        mock.patch.dict(os.environ, size),
        mock.patch.object(
            sys, "stdin", open(theirs, encoding="utf-8", closefd=False) if typing else sys.stdin
        ),
    ):
        yield read
    os.close(ours)
