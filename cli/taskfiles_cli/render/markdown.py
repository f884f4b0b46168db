"""A task's text on a terminal: headings, lists, boxes with their numbers, tables, code.

No word of it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from taskfiles.basics.look import BOXES
from taskfiles.basics.patterns import lazy
from taskfiles.text.checkboxes import Box, find_boxes, is_criterion
from taskfiles.text.sections import Heading, find_headings, split_lines, visible_lines
from taskfiles_cli.render.cells import fold, pad, text_width
from taskfiles_cli.render.flow import Styled, read_inline, wrap
from taskfiles_cli.render.lines import Line, Parts, escape
from taskfiles_cli.render.signs import Icons

_READABLE = 100  # columns of running text, on however wide a terminal
_ITEM = lazy(r"(\s*)([-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_QUOTE = lazy(r" {0,3}> ?")
_RULE = lazy(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}\Z")
_DELIMITER = lazy(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*\Z")
_BAR = lazy(r"(?<!\\)\|")  # between cells
_MOST_CELLS, _LONGEST_ROW = 50, 2_000  # of what is laid out as a table
_HIGH = 2  # the level of a section's heading; those of its parts are lower
_RULES = (("-", "."), ("─", "┄"))  # below headings: in ASCII, else; of high ones, of others
_LEAST = 6  # columns of a table's cell
_DEEPEST = 12  # columns of indentation


def render_body(body: str, width: int, icons: Icons) -> list[Line]:
    """Render Markdown for a terminal of a width; lines of code are the only ones that may be longer."""
    return list(_Body(body, min(width, _READABLE), width, icons).render())


class _Body:
    def __init__(self, body: str, width: int, whole: int, icons: Icons) -> None:
        self.lines = split_lines(body)
        self.width, self.whole, self.icons = width, whole, icons
        self.headings: Mapping[int, Heading] = {each.start: each for each in find_headings(self.lines)}
        self.boxes: Mapping[int, Box] = {box.line: box for box in find_boxes(self.lines)}
        self.texts = [text.rstrip("\r\n") for text in self.lines]
        self.is_code = [text is None for _, text in visible_lines(self.lines, comments=True)]
        self.is_hidden = [text is None for _, text in visible_lines(self.lines)]

    def render(self) -> Iterator[Line]:
        at, end = 0, len(self.lines)
        while at < end:
            if (heading := self.headings.get(at)) is not None:
                yield from self._heading(heading)
                at = self._end_of_heading(heading)
            elif self.is_code[at]:
                is_fence = self.texts[at].lstrip().startswith(("```", "~~~"))
                yield Parts([("dim" if is_fence else "code", self.texts[at])])
                at += 1
            elif (after := self._find_table(at)) > at:
                yield from _table(
                    [_cells(text) for text in (self.texts[at], *self.texts[at + 2 : after])], self.whole
                )
                at = after
            else:
                after = self._find_paragraph(at)
                yield from self._paragraph(at, after)
                at = after

    def _heading(self, heading: Heading) -> Iterator[Line]:
        """Render a heading with a line below it, which shows without colours what it is."""
        title = wrap([("bold", heading.title)], self.width)
        yield from title
        rule = _RULES[self.icons == "icon"][heading.level > _HIGH]
        yield Parts([("dim", rule * max(sum(text_width(text) for _, text in line.parts) for line in title))])

    def _end_of_heading(self, heading: Heading) -> int:
        """Return the line after a heading and the blank lines below it."""
        return next((at for at in range(heading.end, len(self.texts)) if self.texts[at].strip()), heading.end)

    def _find_table(self, at: int) -> int:
        """Return the line after a table that begins at a line; that line itself where none does."""
        first, second = self.texts[at], self.texts[at + 1] if at + 1 < len(self.texts) else ""
        if "|" not in first or max(len(first), len(second)) > _LONGEST_ROW or not _DELIMITER.match(second):
            return at
        columns, after = len(_cells(first)), at + 2
        if columns != len(_cells(second)):
            return at
        while after < len(self.texts) and "|" in self.texts[after] and not self.is_hidden[after]:
            after += 1
        rows = self.texts[at:after]
        is_small = columns <= _MOST_CELLS and all(len(text) <= _LONGEST_ROW for text in rows)
        return after if is_small and all(len(_cells(text)) <= columns for text in rows) else at

    def _find_paragraph(self, at: int) -> int:
        """Return the line after the text that flows from a line on."""
        after = at + 1
        if not self.texts[at].strip() or self.is_hidden[at] or _RULE.match(self.texts[at]):
            return after
        while after < len(self.texts) and not self._begins(after):
            if self.texts[after - 1].endswith(("  ", "\\")):
                break
            after += 1
        return after

    def _begins(self, at: int) -> bool:
        """Return whether something of its own begins at a line."""
        text = self.texts[at]
        return (
            not text.strip()
            or at in self.headings
            or self.is_hidden[at]
            or bool(_ITEM.match(text) or _QUOTE.match(text) or _RULE.match(text))
            or self._find_table(at) > at
        )

    def _paragraph(self, at: int, after: int) -> Iterator[Line]:
        text = self.texts[at]
        if self.is_hidden[at]:  # a comment
            yield Parts([("dim", text)])
        elif not text.strip():
            yield ""
        elif _RULE.match(text):
            yield Parts([("dim", _RULES[self.icons == "icon"][0] * self.width)])
        elif (box := self.boxes.get(at)) is not None:
            yield from self._box(box, at, after)
        elif (item := _ITEM.match(text)) is not None:
            mark = item[2] if item[2][-1] in ".)" else "•" if self.icons == "icon" else "-"
            indent = " " * min(_DEEPEST, text_width(item[1].expandtabs(4)))
            yield from self._flow(
                [text[item.end() :], *self.texts[at + 1 : after]], [("plain", f"{indent}{mark} ")]
            )
        elif (quote := _QUOTE.match(text)) is not None:
            begin: list[Styled] = [("dim", "│ " if self.icons == "icon" else "> ")]
            yield from self._flow([text[quote.end() :], *self.texts[at + 1 : after]], begin, begin)
        elif text.startswith(("    ", "\t")) and (at == 0 or not self.texts[at - 1].strip()):
            for line in self.texts[at:after]:  # code, or what follows in a list
                yield Parts([("plain", line.expandtabs(4))])
        else:
            yield from self._flow(self.texts[at:after], [])

    def _box(self, box: Box, at: int, after: int) -> Iterator[Line]:
        text = self.texts[at]
        indent = " " * min(_DEEPEST, text_width(text[: len(text) - len(text.lstrip())].expandtabs(4)))
        sign = BOXES["ticked" if box.checked else "open"]
        mark = sign.icon if self.icons == "icon" else sign.ascii
        begin: list[Styled] = [("plain", indent), ("done" if box.checked else "plain", mark), ("plain", " ")]
        number = f"#{'' if is_criterion(box) else f'{box.section}:'}{box.number}"
        yield from self._flow(
            [box.text, *self.texts[at + 1 : after]], begin, last=[("plain", "  "), ("dim", number)]
        )

    def _flow(
        self,
        texts: Sequence[str],
        first: Sequence[Styled],
        rest: Sequence[Styled] | None = None,
        last: Sequence[Styled] = (),
    ) -> Iterator[Line]:
        """Break lines that flow as one text; without `rest` they hang below the first."""
        hanging: list[Styled] = [("plain", " " * sum(text_width(text) for _, text in first))]
        whole = " ".join(text.strip().removesuffix("\\") for text in texts)
        yield from wrap([*read_inline(whole), *last], self.width, first, hanging if rest is None else rest)


def _cells(row: str) -> list[str]:
    """Split a row of a table into its cells."""
    inner = row.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    found = _BAR.split(inner)
    return [cell.strip().replace("\\|", "|") for cell in found]


def _table(rows: Sequence[Sequence[str]], width: int) -> Iterator[Line]:
    """Align the cells of a table; where it has no room, its cells take several lines."""
    count = len(rows[0])
    texts = [[_plain(cell) for cell in (*row, *[""] * (count - len(row)))] for row in rows]
    sizes = [max(1, *(text_width(row[place]) for row in texts)) for place in range(count)]
    gap = 2
    while sum(sizes) + gap * (count - 1) > width and max(sizes) > _LEAST:
        sizes[sizes.index(max(sizes))] -= 1
    for number, row in enumerate(texts):
        folded = [fold(cell, size) for cell, size in zip(row, sizes, strict=True)]
        for line in range(max(map(len, folded))):
            cells = [
                pad(lines[line] if line < len(lines) else "", size)
                for lines, size in zip(folded, sizes, strict=True)
            ]
            yield Parts([("plain" if number else "bold", (" " * gap).join(cells).rstrip())])


def _plain(cell: str) -> str:
    return escape("".join(text for _, text in read_inline(cell)).replace("\t", " "))
