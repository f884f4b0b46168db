"""Running text on a terminal: what is bold, code or a link in a line, and lines broken between words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from taskfiles.basics.patterns import lazy
from taskfiles_cli.render.cells import fold, text_width
from taskfiles_cli.render.lines import Line, Parts, escape, parts_of

Styled = tuple[str, str]  # a colour as `lines.Parts` has them, and a text

# One mark of Markdown: code, bold, a link, an address in angle brackets. All else stays as it is written.
_INLINE = lazy(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`)(?P<inner>[^`]+)(?P=ticks)(?!`))"
    r"|\*\*(?=\S)(?P<bold>[^*`]+)(?<=\S)\*\*"
    r"|\[(?P<label>[^\[\]]+)\]\((?P<target>[^()\s]+)\)"
    r"|<(?P<address>https?://[^<>\s]+)>"
)
_LONGEST = 10_000  # characters of a line in which marks are looked for
_BLANKS = lazy(r"[ \t\r\n]+")
_WORDS = lazy(r"(?:`[^`]+`|\S)+|\s+")  # a command in backticks is one word, so that it can be copied


def read_inline(text: str) -> list[Styled]:
    """Split a text at its marks; the words stay, the marks of bold go, those of code stay.

    >>> read_inline("see `a b` and **that**")
    [('plain', 'see '), ('code', '`a b`'), ('plain', ' and '), ('bold', 'that')]
    """
    if len(text) > _LONGEST:
        return [("plain", text)]
    found: list[Styled] = []
    at = 0
    for mark in _INLINE.finditer(text):
        if mark.start() > at:
            found.append(("plain", text[at : mark.start()]))
        if mark["code"]:
            found.append(("code", mark["code"]))
        elif mark["bold"]:
            found.append(("bold", mark["bold"]))
        elif mark["label"]:
            found += [("plain", f"{mark['label']} "), ("dim", f"({mark['target']})")]
        else:
            found.append(("plain", mark["address"]))
        at = mark.end()
    return [*found, ("plain", text[at:])] if at < len(text) or not found else found


def wrap(
    text: Iterable[Styled], width: int, first: Sequence[Styled] = (), rest: Sequence[Styled] = ()
) -> list[Parts]:
    """Break a text into lines of a width, between words where there are blanks.

    `first` begins the first line, `rest` the others; both are part of the width.
    """
    lines: list[list[Styled]] = [list(first)]
    used = _width(first)
    start = used
    blank: Styled | None = None
    for style, word in _split(text):
        if word.isspace():
            blank = (style, " ")
            continue
        gap = 0 if blank is None or used == start else 1
        if used + gap + text_width(word) > width and used > start:
            lines.append(list(rest))
            used = start = _width(rest)
            gap = 0
        if gap and blank is not None:
            lines[-1].append(blank)
        blank = None
        pieces = fold(word, max(2, width - used - gap)) if used + gap + text_width(word) > width else [word]
        lines[-1].append((style, pieces[0]))
        used += gap + text_width(pieces[0])
        for piece in pieces[1:]:
            lines.append([*rest, (style, piece)])
            start = _width(rest)
            used = start + text_width(piece)
    return [Parts(line) for line in lines]


def reflow(line: Line, width: int | None) -> list[Line]:
    """Break a line that is wider than a terminal; what follows hangs below where its text begins.

    >>> [part.parts[-1][1] for part in reflow("one two", 5)]
    ['one', 'two']
    """
    parts = parts_of(line)
    if width is None or _width((style, escape(text)) for style, text in parts) <= width:
        return [line]
    style, text = parts[0]
    indent = text[: len(text) - len(text.lstrip(" "))]
    rest = [(style, text[len(indent) :]), *parts[1:]]
    return [*wrap(rest, width, [("plain", indent)], [("plain", f"{indent}  ")])]


def _split(text: Iterable[Styled]) -> Iterable[Styled]:
    """Split into words and the blanks between them; what stands without a blank between stays together."""
    for style, part in text:
        for word in _WORDS.findall(escape(_BLANKS.sub(" ", part))):
            yield style, word


def _width(parts: Iterable[Styled]) -> int:
    return sum(text_width(text) for _, text in parts)
