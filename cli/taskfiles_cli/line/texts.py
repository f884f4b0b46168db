"""Texts as they are given: in the command line, in a file, on standard input; plain or as JSON."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.text.nodes import MAX_DEPTH
from taskfiles_cli.line.places import check_local

_stdin: list[str] = []  # the option that has taken standard input, which is there only once


def read_text(option: str, value: str) -> str:
    """Read a text option: as it stands, or from standard input where it is `-`."""
    if value == "-":
        return _decode(option, "standard input", read_stdin(option))
    return check_utf8(option, value)


def read_file(option: str, name: str) -> str:
    """Read the text of a file, or of standard input where its name is `-`."""
    with open_input(option, name) as file:
        return _decode(option, source_name(name), file.read())


def open_input(option: str, name: str) -> BinaryIO:
    """Open standard input (`-`) or a file; the caller closes it."""
    if name == "-":
        import io  # noqa: PLC0415 (few options are read in pieces)

        return io.BytesIO(read_stdin(option))
    check_local(option, name, reads=True)
    try:
        return open(name, "rb")
    except OSError as error:
        problem, given = reason_of(error), f"read from {name}"
        remedy = "Name a file that can be read."
        raise TaskfilesError(
            "bad-value", option=option, given=given, problem=problem, remedy=remedy
        ) from error


def source_name(name: str) -> str:
    """Name a file, or standard input (`-`), in a sentence."""
    return "standard input" if name == "-" else name


def _decode(option: str, source: str, data: bytes) -> str:
    from taskfiles.basics.input_text import BadInput, decode_text  # noqa: PLC0415 (few command lines need it)

    try:
        return decode_text(data)
    except BadInput as bad:
        given, remedy = f"read from {source}", "Save the text as UTF-8."
        raise TaskfilesError(
            "bad-value", option=option, given=given, problem=str(bad), remedy=remedy
        ) from bad


def clear_stdin() -> None:
    """Begin a new command."""
    _stdin.clear()


def read_stdin(option: str) -> bytes:
    """Read standard input, which must be there and can serve one option only."""
    if _stdin:
        problem, remedy = (
            f"{_stdin[0]} has taken standard input already",
            "Give one of the texts in another way.",
        )
        raise TaskfilesError("bad-value", option=option, given="`-`", problem=problem, remedy=remedy)
    _stdin.append(option)
    if sys.stdin is None:
        remedy = "Give the text through a pipe or a file."
        raise TaskfilesError(
            "bad-value", option=option, given="`-`", problem="standard input is closed", remedy=remedy
        )
    return sys.stdin.buffer.read()


def check_utf8(option: str, text: str) -> str:
    """Refuse an argument whose bytes are not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        given = f"“{text.encode(errors='replace').decode()}”"
        remedy = "Write it in UTF-8."
        raise TaskfilesError(
            "bad-value", option=option, given=given, problem="it is not UTF-8", remedy=remedy
        ) from error
    return text


def read_optional(option: str, value: str | None) -> str | None:
    """Read a text option that may be left out."""
    return None if value is None else read_text(option, value)


def read_json(option: str, name: str, shape: str, example: str) -> Any:
    """Read JSON from standard input (`-`) or a file."""
    with open_input(option, name) as file:
        return parse_given(file.read(), name, shape, example)


def parse_given(data: bytes | str, name: str, shape: str, example: str) -> Any:
    """Parse the JSON of standard input (`-`) or of a file. Raises TaskfilesError (bad-json)."""
    from taskfiles.basics.input_text import BadInput, parse_json  # noqa: PLC0415 (as in `_decode`)

    try:
        return parse_json(data, max_depth=MAX_DEPTH)
    except BadInput as bad:
        raise TaskfilesError(
            "bad-json",
            path=None if name == "-" else name,
            line=bad.line,
            column=bad.column,
            source=source_name(name),
            problem=str(bad),
            shape=shape,
            example=example,
        ) from bad
