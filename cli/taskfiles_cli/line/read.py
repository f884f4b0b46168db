"""Command lines read without typer: by a table generated from it, and only where nothing is in doubt.

Whatever this module does not fully recognise (help, abbreviations, mistakes) is typer's to read and to
answer; `recognise` then gives None. A differential test compares the two.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from taskfiles_cli.line.table import COMMANDS, Command, Option
from taskfiles_cli.render import console

HELP_MARK = "\f"  # begins each text in help.txt, followed by the command's name
_HELP_COLUMNS = 80
_HELP = {"--help", "-h"}
_FLAGS = {"flag", "no-flag"}


def recognise(argv: Sequence[str]) -> Callable[[], int] | None:
    """Return the call that a command line asks for, or None where typer has to look at it."""
    if list(argv) == ["--version"]:
        return _print_version
    if argv and argv[-1] in _HELP:
        text = find_help(" ".join(argv[:-1])) if _is_wide() else None
        return None if text is None else lambda: _print(text)
    if not argv or " " in argv[0]:  # the table's names of two words are two words
        return None
    words = 2 if " ".join(argv[:2]) in COMMANDS else 1
    command = COMMANDS.get(" ".join(argv[:words]))
    values = read(command, argv[words:]) if command is not None else None
    if command is None or values is None:
        return None
    module = __import__(f"taskfiles_cli.commands.{command.module}", fromlist=[command.function])
    function = getattr(module, command.function)
    return lambda: int(function(**values))


def _print_version() -> int:
    from taskfiles_cli.version import VERSION_LINE  # noqa: PLC0415 (few calls ask)

    return _print(VERSION_LINE)


def _print(text: str) -> int:
    console.Console().write(text)
    return 0


def _is_wide() -> bool:
    """Whether typer would write its help in the width in which it is kept."""
    import shutil  # noqa: PLC0415 (only help asks for the width)

    return shutil.get_terminal_size().columns >= _HELP_COLUMNS


def find_help(name: str) -> str | None:
    """Return the help of a command or group, of the whole program for no name, as typer writes it."""
    with open(os.path.join(os.path.dirname(__file__), "help.txt"), encoding="utf-8") as file:
        texts = file.read()
    _, mark, rest = texts.partition(f"{HELP_MARK}{name}\n")
    return rest.partition(HELP_MARK)[0] if mark else None


def read(command: Command, words: Sequence[str]) -> dict[str, Any] | None:
    """Read options and arguments into the parameters of a command's function; None where typer must."""
    rest = list(words)
    given: dict[str, Any] = {}
    positional: list[str] = []
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            positional.append(word)
            continue
        name, glued, value = word.partition("=")
        option = command.options.get(name)
        if option is None or (glued and not name.startswith("--")):
            return None
        if option.kind in _FLAGS:
            if glued:
                return None
            given[option.parameter] = option.kind == "flag"
            continue
        if not glued:
            if not rest:
                return None
            value = rest.pop(0)
        known = _read(option, value)
        if known is None:
            return None
        if option.repeats:
            given.setdefault(option.parameter, []).append(known)
        else:
            given[option.parameter] = known
    if not command.required <= given.keys():
        return None
    return _place(command, positional, given)


def _place(command: Command, positional: list[str], given: dict[str, Any]) -> dict[str, Any] | None:
    """Assign the words that are no options to the command's arguments."""
    for parameter, required, many in command.arguments:
        if many:
            if positional:
                given[parameter] = positional
            elif required:
                return None
            positional = []
        elif positional:
            given[parameter] = positional.pop(0)
        elif required:
            return None
    return None if positional else given


def _read(option: Option, text: str) -> Any:
    """Read a value by its kind; None where typer should say what is wrong with it."""
    if option.kind == "text":
        return text
    if option.kind == "path":
        from pathlib import Path  # noqa: PLC0415 (few command lines name one)

        return Path(text)
    if option.kind in {"whole", "number"}:
        plain = text.isascii() and text.replace(".", "", option.kind == "number").isdigit()
        number = (int(text) if option.kind == "whole" else float(text)) if plain and len(text) < 16 else None
        return None if number is None or (option.least is not None and number < option.least) else number
    module, _, name = option.kind.rpartition(".")
    kind: Any = getattr(__import__(module, fromlist=[name]), name)
    return kind(text.lower()) if text.lower() in set(kind) else None
