"""What goes to which stream: answers in the chosen format, messages, colour, width."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, NoReturn

from taskfiles import Finding, TaskfilesError
from taskfiles.basics.jsontext import json_text
from taskfiles.errors import reason_of
from taskfiles_cli.render.lines import (
    Line,
    Lines,
    Painted,
    Row,
    compose,
    compose_all,
    compose_rows,
    escape,
    escape_json,
)
from taskfiles_cli.render.remedies import say

if TYPE_CHECKING:
    from taskfiles_cli.render.signs import Icons


class Format(StrEnum):
    """The formats of an answer."""

    HUMAN = "human"
    JSON = "json"
    JSONL = "jsonl"
    PLAIN = "plain"


class Colour(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


MACHINE = {"json", "jsonl"}
_DEFAULT_SIZE = (120, 24)  # columns and rows
_QUIET_SECONDS, _REFRESH_SECONDS = 0.5, 0.1
_AT_ONCE = 512  # items of a list whose JSON is in memory at once
_ERASE = "\x1b[K"  # what stands to the right of the cursor


class StdoutClosed(Exception):
    """The reader of standard output has gone (`tasks list | head`)."""

    exit = 141


class Console:
    """The two streams of one command, its format and colours; the only writer of either."""

    def __init__(
        self,
        output: str = "human",
        colour: Colour = Colour.AUTO,
        env: Mapping[str, str] = os.environ,
        *,
        brief: bool = False,
    ) -> None:
        self.output, self.colour, self.env, self.brief = output, colour, env, brief
        self.pages = True  # whether a long answer may go through a pager

    @property
    def is_machine(self) -> bool:
        """Whether a program reads the answer."""
        return self.output in MACHINE

    def write(self, text: str) -> None:
        """Write to standard output. Raises StdoutClosed, TaskfilesError (io)."""
        self.write_bytes([_encode(text)])

    def write_bytes(self, pieces: Iterable[bytes]) -> None:
        """Write UTF-8 to standard output. Raises as `write` does."""
        _line.take_away()
        if sys.stdout is None:  # it was closed before the start (`>&-`)
            raise StdoutClosed
        try:
            sys.stdout.buffer.writelines(pieces)
            sys.stdout.buffer.flush()
        except OSError as error:
            self.refuse(error)

    def refuse(self, error: OSError) -> NoReturn:
        """Close standard output, which refused to be written. Raises as `write` does."""
        silence(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise StdoutClosed from None
        problem = reason_of(error)
        remedy = "Free some space or choose another place for the output."
        raise TaskfilesError(
            "io", path="standard output", action="Writing", problem=problem, remedy=remedy
        ) from error

    def json(self, value: Any) -> str:
        """Write a value as JSON: indented on a terminal and compact elsewhere, with the same content."""
        indent = 2 if self.output == "json" and not self.is_compact else None
        text = json_text(value, indent=indent)
        return (escape_json(text) if is_terminal(sys.stdout) else text) + "\n"

    @property
    def is_compact(self) -> bool:
        """Whether JSON is written as programs get it."""
        return self.is_machine and not is_terminal(sys.stdout)

    def rows(self, rows: Iterator[bytes]) -> None:
        """Write objects that are compact JSON already as an answer; see `is_compact`."""
        if self.output == "jsonl":
            self.write_bytes(part for row in rows for part in (row, b"\n"))
        elif (first := next(rows, None)) is None:
            self.write_bytes([b"[]\n"])
        else:
            others = chain.from_iterable(zip(repeat(b","), rows, strict=False))
            self.write_bytes(chain((b"[", first), others, (b"]\n",)))

    def answer(self, value: Any, *, human: Callable[[], Lines], plain: Iterable[Row] = ()) -> None:
        """Return the answer in the chosen format; in `jsonl` a list is one object a line.

        Each item of `human` and `plain` is a line, whatever it contains.
        """
        if self.brief and self.is_machine:
            from taskfiles_cli.render.brief import make_brief  # noqa: PLC0415 (few answers are brief)

            value = [make_brief(each) for each in value] if isinstance(value, list) else make_brief(value)
        if self.output == "json" and self.is_compact and isinstance(value, list):
            self.write_bytes(_pieces(value))
        elif self.output == "json":
            self.write(self.json(value))
        elif self.output == "jsonl":
            items = value if isinstance(value, list) else [value]
            self.write_bytes(_encode(self.json(item)) for item in items)
        elif self.output == "plain":
            self.write(compose_rows(plain))
        else:
            self._show([*compose_all(human(), colours=self.is_coloured)])

    def _show(self, pieces: Sequence[str]) -> None:
        """Write what people read; where a terminal has not room for it, through their pager."""
        if self.pages and is_terminal(sys.stdout):
            from taskfiles_cli.render.pager import find_pager, is_long, page  # noqa: PLC0415 (few are terminals)

            command = find_pager(self.env)
            text = "".join(pieces)
            if command is not None and is_long(text, *self._size()):
                _line.take_away()
                sys.stdout.flush()
                if page(text, command, self.env):
                    return
        self.write_bytes(map(_encode, pieces))

    def note(self, line: Line) -> None:
        """Say something on standard error to people, on a terminal in lines of its width; not to programs."""
        if self.is_machine:
            return
        if not is_terminal(sys.stderr):
            self.error_line(line)
            return
        from taskfiles_cli.render.flow import reflow  # noqa: PLC0415 (only a terminal needs it)

        for part in reflow(line, self._error_width()):
            self.error_line(part)

    def warn(
        self,
        message: str,
        *,
        code: str = "notice",
        finding: Finding | None = None,
        path: str | None = None,
        count: int | None = None,
    ) -> None:
        """Warn on standard error, in JSON mode as one object a line; `count` is of what is not named."""
        if self.is_machine:
            place = finding._asdict() if finding else {"path": path}
            warning: dict[str, Any] = {"code": place.get("code", code), "message": message}
            warning |= {key: place.get(key) for key in ("path", "line", "column")}
            warning |= {} if count is None else {"count": count}
            self.error_object({"warning": warning})
        elif finding is not None:
            self.error_line(finding_line(finding))
        else:
            self.error_line(Painted(f"{path}: " if path else "", "warning", "warning", f": {message}"))

    def error(self, error: TaskfilesError) -> None:
        """Report an error on standard error: a sentence and its remedy, or one JSON object."""
        if self.is_machine:
            keys = ("code", "message", "hint", "path", "line", "column", "details")
            self.error_object({"error": {key: getattr(error, key) for key in keys}})
            return
        place = ""
        if error.path and error.line:
            place = f"{error.path}:{error.line}:{error.column or 1}: "
        self.error_line(Painted(place, "error", f"error[{error.code}]", f" {error.message}"))
        if error.hint:
            self.error_line(Painted("", "dim", "hint:", f" {error.hint}"))

    def progress(self, done: int, whole: int, what: str = "Reading task files") -> None:
        """Show on a terminal how far work is, once it has taken half a second; take it away at the end."""
        if done >= whole:
            _line.take_away()
        elif is_terminal(sys.stderr):
            _line.show(escape(f"{what}: {done} of {whole}"))

    def error_line(self, line: Line) -> None:
        """Write a line to standard error; where that is closed, there is nobody to read it."""
        _line.take_away()
        _write_error(compose(line, colours=self.has_colour(sys.stderr)) + "\n")

    def error_object(self, value: Any) -> None:
        """Write a value to standard error as JSON on one line."""
        _line.take_away()
        _write_error(escape_json(json_text(value, blanks=True)) + "\n")

    def stream(self, data: bytes) -> None:
        """Pass on to standard error what another program prints, as it is."""
        _line.take_away()
        _write_error_bytes(data)

    def has_colour(self, stream: Any) -> bool:
        """Decide on colour: --color, then NO_COLOR, FORCE_COLOR, TERM=dumb, then the terminal."""
        if self.colour is not Colour.AUTO:
            return self.colour is Colour.ALWAYS
        if self.env.get("NO_COLOR"):
            return False
        if self.env.get("FORCE_COLOR"):
            return True
        return self.env.get("TERM") != "dumb" and is_terminal(stream)

    @property
    def is_coloured(self) -> bool:
        """Whether the answer has colours."""
        return self.has_colour(sys.stdout)

    def width(self) -> int | None:
        """The terminal's width in columns; None where the output is no terminal."""
        return self._size()[0] if is_terminal(sys.stdout) else None

    def _error_width(self) -> int:
        """The columns of the terminal that standard error is."""
        if is_terminal(sys.stdout):
            return self._size()[0]
        with contextlib.suppress(OSError):
            return os.get_terminal_size(sys.stderr.fileno()).columns or _DEFAULT_SIZE[0]
        return _DEFAULT_SIZE[0]

    def _size(self) -> tuple[int, int]:
        """The terminal's columns and rows."""
        import shutil  # noqa: PLC0415 (only a terminal needs it)

        size = shutil.get_terminal_size(_DEFAULT_SIZE)
        return size.columns, size.lines

    def icons(self) -> Icons:
        """Which icons stand before words on standard output: none where it is not a terminal."""
        from taskfiles_cli.render.signs import choose_icons  # noqa: PLC0415 (few answers have any)

        return choose_icons(self.env, is_terminal=is_terminal(sys.stdout))


def _pieces(items: Sequence[Any]) -> Iterator[bytes]:
    """Yield a list as compact JSON, some items at a time: the whole text takes as much as the items."""
    for begin in range(0, len(items), _AT_ONCE):
        yield b"," if begin else b"["
        yield _encode(json_text(items[begin : begin + _AT_ONCE])[1:-1])
    yield b"]\n" if items else b"[]\n"


def _encode(text: str) -> bytes:
    # Half a surrogate pair, from a file name that is not UTF-8, becomes its escape; JSON has none.
    return text.encode("utf-8", "backslashreplace")


class _ProgressLine:
    """The one line of progress on standard error; whatever is written next takes it away."""

    def __init__(self) -> None:
        self._next: float | None = None
        self._is_there = False

    def show(self, text: str) -> None:
        """Show a text, unless it is too early."""
        now = time.monotonic()
        if self._next is None:
            self._next = now + _QUIET_SECONDS
        if now >= self._next:
            self._next = now + _REFRESH_SECONDS
            self._is_there = True
            _write_error(f"\r{_ERASE}{text}")

    def take_away(self) -> None:
        """Leave the line empty."""
        if self._is_there:
            self._is_there = False
            _write_error(f"\r{_ERASE}")


_line = _ProgressLine()


def _write_error(text: str) -> None:
    _write_error_bytes(_encode(text))


def _write_error_bytes(data: bytes) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.buffer.write(data)
        sys.stderr.buffer.flush()
    except OSError:
        silence(sys.stderr)


def is_terminal(stream: Any) -> bool:
    """Return whether a stream is a terminal; a closed one is none."""
    return stream is not None and bool(stream.isatty())


def silence(stream: Any) -> None:
    """Point a stream that failed at nothing, so that the interpreter's last flush can't fail again."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def finding_line(finding: Finding) -> Line:
    """Write a finding as `path:line:column: severity[code] message hint`."""
    place = f"{finding.path}:{finding.line}:{finding.column}: "
    after = f" {finding.message} {say(finding.hint)}".rstrip()
    return Painted(place, finding.severity, f"{finding.severity}[{finding.code}]", after)
