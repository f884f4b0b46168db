"""Lines of text on their way to a terminal, a log or a program: one item is one line, whatever it contains.

Titles, paths, error texts and all else that people or programs wrote can contain line breaks and control
characters. They become visible here, where text leaves: no value can begin a line or steer a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.patterns import lazy

if TYPE_CHECKING:
    import re

_AT_ONCE = 512  # lines
_PRINTABLE = bytes(range(0x20, 0x7F))  # in ASCII
_JOINERS = "\u200d\ufe0f"  # of emoji
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_COMMAND = lazy(r"^(\s*):(?=:.*::)")  # which a runner of GitHub Actions would obey
_OLD_COMMAND = lazy(r"##\[(?=[a-z-]+[ \]])")  # as above, wherever it stands in the line
_JSON_ESCAPED = lazy("[\x7f-\x9f]|[^\x00-\x7f]")
_STYLES = {"bold": "1", "dim": "2", "code": "36", "match": "30;43", "plain": ""}


class Painted(NamedTuple):
    """A line with one part in colour: that of a sign of `look`, bold or dim."""

    before: str
    colour: str
    label: str
    after: str = ""


class Parts(NamedTuple):
    """A line of several parts, each a colour as above, `code`, `match` or `plain`, and its text."""

    parts: Sequence[tuple[str, str]]


Line = str | Painted | Parts
Lines = str | Iterable[Line]  # a text alone is one line, whose own end may stand there
Row = str | Sequence[str]  # a text, or fields with tabs between


def escape(text: str) -> str:
    r"""Make a text fit for one field of one line: what breaks lines, can't be seen or steers a terminal.

    What it gives stays as it is when it is escaped again.

    >>> escape("a\x1b[31m\n\u202eb\tc")
    'a\\x1b[31m\\n\\u202eb\\tc'
    """
    return text if text.isprintable() else "".join(map(_visible, text))


def escape_all(texts: Sequence[str]) -> Sequence[str]:
    """Escape texts, one by one where that is needed: what is fit all together is so each for itself."""
    return texts if is_printable("".join(texts)) else [*map(escape, texts)]


def is_printable(text: str) -> bool:
    """Return what `str.isprintable` does; of a long text in ASCII in a tenth of its time."""
    return not text.encode().translate(None, _PRINTABLE) if text.isascii() else text.isprintable()


def name_some(names: Sequence[str], most: int) -> str:
    """Name the first of some things, and count the others.

    >>> name_some(["a", "b"], 2), name_some(["a", "b", "c"], 2)
    ('a, b', 'a, b and 1 more')
    """
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def compose(line: Line, *, colours: bool) -> str:
    r"""Write a line without its end; tabs stay.

    >>> compose("a\n::error::b", colours=False)
    'a\\n::error::b'
    >>> compose(Painted("x: ", "error", "error[y]", " z"), colours=True)
    'x: \x1b[1;31merror[y]\x1b[0m z'
    """
    if isinstance(line, str):
        return disarm(_shown(line))
    parts = [(colour, _shown(text)) for colour, text in parts_of(line)]
    plain = "".join(text for _, text in parts)
    whole = disarm(plain)
    if not colours or whole != plain:
        return whole
    return "".join(_paint(colour, text) for colour, text in parts)


def parts_of(line: Line) -> Sequence[tuple[str, str]]:
    """Return a line's parts: colours and texts.

    >>> parts_of(Painted("a", "error", "b"))
    (('plain', 'a'), ('error', 'b'), ('plain', ''))
    """
    if isinstance(line, str):
        return (("plain", line),)
    if isinstance(line, Painted):
        return (("plain", line.before), (line.colour, line.label), ("plain", line.after))
    return line.parts


def _paint(colour: str, text: str) -> str:
    codes = codes_of(colour)
    return f"\x1b[{codes}m{text}\x1b[0m" if codes and text else text


def codes_of(colour: str) -> str:
    """Return what makes a terminal paint in a colour: that of a sign of `look`, or a style of text."""
    if colour in _STYLES:
        return _STYLES[colour]
    try:
        from taskfiles.basics.look import SIGNS  # noqa: PLC0415 (what programs read has no colours)
    except (ImportError, OSError):  # no more files can be opened: the words say what the colours would
        return ""
    return SIGNS[colour].codes


def compose_all(lines: Lines, *, colours: bool) -> Iterator[str]:
    """Write lines, each with its end, many at a time: each by itself takes more memory than its text."""
    items = iter([lines.removesuffix("\n")] if isinstance(lines, str) and lines else lines)
    while some := [*islice(items, _AT_ONCE)]:
        texts = some if colours else [line if isinstance(line, str) else _plain(line) for line in some]
        if _are_harmless(texts):
            yield "\n".join([*texts, ""])
        else:
            yield "".join(f"{compose(line, colours=colours)}\n" for line in texts)


def _plain(line: Painted | Parts) -> str:
    return "".join(text for _, text in parts_of(line))


def _are_harmless(items: Sequence[object]) -> bool:
    """Return whether texts can be written as they are: what is so all together is so line by line."""
    if not {*map(type, items)} <= {str}:
        return False
    whole = "".join(map(str, items))
    return is_printable(whole) and not any(mark in whole for mark in ("::", "##["))


def compose_rows(rows: Iterable[Row]) -> str:
    """Write rows for programs, each with its end."""
    items = list(rows)
    if _are_harmless(items):
        return "\n".join([*map(str, items), ""])
    return "".join(f"{compose_row(row)}\n" for row in items)


def compose_row(row: Row) -> str:
    r"""Write a line for programs: a text, or fields with tabs between; none of them contains a tab.

    >>> compose_row(["a\tb", "c"])
    'a\\tb\tc'
    """
    return disarm("\t".join(map(escape, [row] if isinstance(row, str) else row)))


def split_lines(text: str) -> list[str]:
    r"""Split a text of several lines, whose own line breaks are meant.

    >>> split_lines("a\r\nb\n"), split_lines("")
    (['a', 'b'], [])
    """
    lines = text.replace("\r\n", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def diff_lines(diff: str) -> list[str]:
    r"""Split a unified diff; what differs in ends of lines only stays visible.

    >>> diff_lines("-a\r\n+a\n")
    ['-a\r', '+a']
    """
    lines = diff.split("\n")
    return lines if lines[-1] else lines[:-1]


def escape_json(text: str) -> str:
    r"""Escape what steers a terminal in JSON, whose value stays the same.

    >>> escape_json('"\x9b31m \u202eß"')
    '"\\u009b31m \\u202eß"'
    """
    return text if text.isascii() and "\x7f" not in text else _JSON_ESCAPED.sub(_json_escape, text)


def _shown(text: str) -> str:
    return "\t".join(map(escape, text.split("\t"))) if "\t" in text else escape(text)


def _can_be_seen(char: str) -> bool:
    import unicodedata  # noqa: PLC0415 (most texts need no table)

    return unicodedata.category(char) not in _HIDDEN or char in _JOINERS


def _visible(char: str) -> str:
    if _can_be_seen(char):
        return char
    return char.encode("unicode_escape").decode("ascii")


def disarm(line: str) -> str:
    r"""Keep a line from being taken for a command of a build's log.

    >>> disarm("::error file=a::b"), disarm("x ##[error]y"), disarm("::: note")
    ('\\x3a:error file=a::b', 'x ##\\x5berror]y', '::: note')
    """
    if "::" in line:
        line = _COMMAND.sub(r"\1\\x3a", line)
    return _OLD_COMMAND.sub(r"##\\x5b", line) if "##[" in line else line


def _json_escape(found: re.Match[str]) -> str:
    char = found[0]
    if _can_be_seen(char):
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
