"""main(argv) -> exit code: the command that a command line names is called, by the table or by typer."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence

from taskfiles_cli.command.funnel import guard
from taskfiles_cli.line import read as arguments
from taskfiles_cli.line.pairs import join_fields, keep_dashes
from taskfiles_cli.line.surroundings import COMPLETION
from taskfiles_cli.line.texts import clear_stdin
from taskfiles_cli.render.console import MACHINE, Colour, Console

_INTERRUPTED = 130  # exit code


def main(argv: Sequence[str]) -> int:
    """Run one command and give its exit code; nothing but text for people or programs comes out."""
    colour = _option(argv, ("--color",))
    console = Console(
        wanted if (wanted := _option(argv, ("--output", "-o"))) in MACHINE else "human",
        Colour(colour) if colour in set(Colour) else Colour.AUTO,
    )
    return guard(console, lambda: _dispatch(argv))


def _write_utf8() -> None:
    """Let what typer writes itself be UTF-8 as well, whatever the locale is, and never fail."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # what was written before can't be; whoever writes next says so
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _dispatch(argv: Sequence[str]) -> int:
    clear_stdin()
    joined = keep_dashes(join_fields(argv))
    call = arguments.recognise(joined)
    if call is not None:
        return call()
    if COMPLETION in os.environ:
        from taskfiles_cli.line.completion import complete  # noqa: PLC0415 (only a shell asks)

        if (offered := complete(os.environ)) is not None:
            text, code = offered
            Console().write(f"{text}\n" if text else "")
            return code
    _write_utf8()
    from taskfiles_cli.line import program  # noqa: PLC0415 (typer is imported only where it is needed)

    result = program.run(joined)
    if result == _INTERRUPTED:  # typer has swallowed the exception
        raise KeyboardInterrupt
    return result if isinstance(result, int) else 0


def _option(argv: Sequence[str], names: tuple[str, ...]) -> str:
    """Find an option that errors must heed, before anything is parsed."""
    wanted = ""
    for position, argument in enumerate(argv):
        if argument == "--":
            break
        if argument in names and position + 1 < len(argv):
            wanted = argv[position + 1].lower()
            continue
        for name in names:
            glued = name + "=" if name.startswith("--") else name
            value = argument.removeprefix(glued).lower()
            if argument.startswith(glued) and (name.startswith("--") or _is_format(value)):
                wanted = value
    return wanted


def _is_format(value: str) -> bool:
    from taskfiles_cli.line.output_format import FindingFormat  # noqa: PLC0415 (few lines say `-ojson`)

    return value in set(FindingFormat)
