"""Texts as they are given: in the command line, in a file, on standard input; plain or as JSON."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.task.values import nests_deeper
from taskfiles.text.nodes import MAX_DEPTH

_stdin: list[str] = []  # the option that has taken standard input, which is there only once


def read_text(option: str, value: str) -> str:
    """Read a text option: as it stands, from standard input (`-`) or from `@FILE`; `@@` is a plain `@`."""
    if value == "-":
        return _decode(option, "standard input", read_stdin(option))
    if value.startswith("@@"):
        return check_utf8(option, value[1:])
    if value.startswith("@"):
        return _read_file(option, value[1:])
    return check_utf8(option, value)


def _read_file(option: str, name: str) -> str:
    try:
        with open(name, "rb") as file:
            return _decode(option, name, file.read())
    except OSError as error:
        remedy = "Name a file that can be read; `@@` begins a text with a plain `@`."
        raise _unreadable(option, name, error, remedy) from error


def open_input(option: str, value: str) -> BinaryIO:
    """Open standard input (`-`) or a file, with or without an `@` before its name; the caller closes it."""
    if value == "-":
        import io  # noqa: PLC0415 (few options are read in pieces)

        return io.BytesIO(read_stdin(option))
    name = value.removeprefix("@")
    try:
        return open(name, "rb")
    except OSError as error:
        raise _unreadable(option, name, error, "Name a file that can be read.") from error


def _unreadable(option: str, name: str, error: OSError, remedy: str) -> TaskfilesError:
    problem, given = reason_of(error), f"read from {name}"
    return TaskfilesError("bad-value", option=option, given=given, problem=problem, remedy=remedy)


def _decode(option: str, source: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        given, problem, remedy = f"read from {source}", "it is not UTF-8", "Save the text as UTF-8."
        raise TaskfilesError(
            "bad-value", option=option, given=given, problem=problem, remedy=remedy
        ) from error


def forget_stdin() -> None:
    """Begin a new command."""
    _stdin.clear()


def read_stdin(option: str) -> bytes:
    """Read standard input, which must be there and can serve one option only."""
    if _stdin:
        problem, remedy = f"{_stdin[0]} has taken standard input already", "Use `@FILE` for one of the texts."
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


def read_json(option: str, value: str, shape: str, example: str) -> Any:
    """Read JSON from standard input (`-`) or a file, with or without an `@` before its name."""
    import json  # noqa: PLC0415 (only this function reads it)

    source = "standard input" if value == "-" else value.removeprefix("@")
    text = read_text(option, "-") if value == "-" else _read_file(option, source)
    try:
        parsed = json.loads(
            text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_unique
        )
        if nests_deeper(parsed, MAX_DEPTH):
            raise ValueError(f"it nests deeper than {MAX_DEPTH} levels")
        json.dumps(parsed, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        problem = str(error)
        if isinstance(error, UnicodeEncodeError):
            problem = "it holds half of a surrogate pair"
        elif isinstance(error, RecursionError):
            problem = "it nests too deep"
        raise TaskfilesError(
            "bad-json", source=source, problem=problem, shape=shape, example=example
        ) from error
    return parsed


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return result
