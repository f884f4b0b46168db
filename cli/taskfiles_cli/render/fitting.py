"""A list's columns on a terminal: which have room, how wide they are, and what stands for those without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles_cli.render.cells import cut, least_width, narrow, pad, text_width
from taskfiles_cli.render.lines import Parts
from taskfiles_cli.render.table import GAP

_TITLE, _TITLE_SHARE = 24, 0.3  # columns of titles, and part of the width, before other columns get any
_LEAST = {"TITLE": 16, "ID": 8}  # columns that these keep; an id gives way where nothing else can
_WAITS = 32  # columns of what a task waits for, before titles get more
_ICON = 1  # columns of a state without its word
_READABLE = 12  # columns of names
_BY_WEIGHT = ("CLAIM", "WAITS FOR", "DUE", "PRIORITY", "BOXES", "ASSIGNEE")
_FLEXIBLE = ("WAITS FOR", "CLAIM", "ASSIGNEE")
_UNNAMED, _MARKS = " ", ""  # the column of states' icons, and that of icons for what has no room


class Cell(NamedTuple):
    """A text that is fit for a line, and its colour as `lines.Parts` has them."""

    text: str
    colour: str = "plain"


Columns = Mapping[str, Sequence[Cell]]
Marks = Sequence[Sequence[tuple[str, Cell]]]


def line_width(line: Parts) -> int:
    """Count the terminal columns that a line takes."""
    return sum(text_width(text) for _, text in line.parts)


def lay_out_cells(columns: Columns) -> list[Parts]:
    """Set columns side by side below their names; nothing stands after the last text of a line."""
    widths = {name: max(_width(cells), text_width(name)) for name, cells in columns.items()}
    header = [Cell(name.strip(), "dim") for name in columns]
    return [_line(row, [*widths.values()]) for row in (header, *zip(*columns.values(), strict=True))]


def lay_out_texts(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Set columns side by side as `lay_out_cells` does, without colours."""
    lines = [""] * (1 + max(map(len, columns.values()), default=0))
    for name, below in reversed([*columns.items()]):
        texts = [name.strip(), *below]
        if "".join(texts).isascii():
            room = max(map(len, texts)) + GAP
            lines = [
                text.ljust(room) + after if after else text for text, after in zip(texts, lines, strict=True)
            ]
        else:
            room = max(map(text_width, texts)) + GAP
            lines = [
                pad(text, room) + after if after else text for text, after in zip(texts, lines, strict=True)
            ]
    return lines


def _line(cells: Sequence[Cell], widths: Sequence[int]) -> Parts:
    last = max((place for place, cell in enumerate(cells) if cell.text), default=-1)
    parts: list[tuple[str, str]] = []
    for place, cell in enumerate(cells[: last + 1]):
        parts.append((cell.colour, cell.text))
        if place < last:
            parts.append(("plain", " " * (widths[place] - text_width(cell.text) + GAP)))
    return Parts(parts)


def fit(columns: Columns, width: int, marks: Marks, *, has_icons: bool) -> dict[str, list[Cell]]:
    """Choose the columns that a terminal has room for, and narrow those that must give way.

    `columns` begin with ID, TITLE and STATE. For those without room, `marks` has icons, row by row: the
    column that each stands for, and the icon.
    """
    sizes = _choose(columns, width, has_icons=has_icons)
    if any(column not in sizes for row in marks for column, _ in row):
        most = max(len({column for column, _ in row}) for row in marks)
        sizes = _choose(columns, width - most - GAP, has_icons=has_icons)
    found: dict[str, list[Cell]] = {}
    for name, cells in columns.items():
        if name in sizes:
            is_icon = name == "STATE" and sizes[name] == _ICON
            found[_UNNAMED if is_icon else name] = shorten(cells, sizes[name], name)
        if name == "STATE":
            joined = [_join(row, sizes) for row in marks]
            found |= {_MARKS: joined} if any(cell.text for cell in joined) else {}
    return found


def _join(row: Sequence[tuple[str, Cell]], sizes: Mapping[str, int]) -> Cell:
    """Join a row's icons for columns that are not shown, one for each; the gravest decides on the colour."""
    left: dict[str, Cell] = {}
    for column, icon in row:
        if column not in sizes:
            left.setdefault(column, icon)
    cells = list(left.values())
    return Cell("".join(cell.text for cell in cells), cells[0].colour if cells else "plain")


def _choose(columns: Columns, width: int, *, has_icons: bool) -> dict[str, int]:
    """Return the columns that are shown, each with its size."""
    natural = {name: max(_width(cells), text_width(name)) for name, cells in columns.items()}
    title = min(natural["TITLE"], max(_TITLE, int(width * _TITLE_SHARE)))
    sizes = {"ID": natural["ID"], "TITLE": title, "STATE": natural["STATE"]}
    if has_icons and sum(sizes.values()) + 2 * GAP > width:
        sizes["STATE"] = _ICON

    def room() -> int:
        return width - sum(sizes.values()) - GAP * (len(sizes) - 1)

    for name in _BY_WEIGHT:
        if name in columns:
            least = _least(columns[name]) if name in _FLEXIBLE else natural[name]
            if max(least, len(name)) + GAP <= room():
                sizes[name] = max(least, len(name))
    for name, most in (("WAITS FOR", _WAITS), ("TITLE", width), *((name, width) for name in _FLEXIBLE)):
        if name in sizes:
            sizes[name] += max(0, min(room(), min(most, natural[name]) - sizes[name]))
    for name, least in (*_LEAST.items(), ("TITLE", 1)):
        if room() < 0:
            sizes[name] = max(min(sizes[name], least), sizes[name] + room())
    return sizes


def _width(cells: Sequence[Cell]) -> int:
    return max((text_width(cell.text) for cell in cells), default=0)


def _least(cells: Sequence[Cell]) -> int:
    """Return the columns in which texts can be read and differ."""
    texts = list({cell.text for cell in cells})
    return min(max(map(text_width, texts), default=0), least_width(texts, _READABLE))


def shorten(cells: Sequence[Cell], width: int, name: str) -> list[Cell]:
    """Cut texts to a width; of those that would look the same, what they begin with alike is left out."""
    if _width(cells) <= width:
        return list(cells)
    if name == "STATE":
        return [cell._replace(text=cell.text[:width]) for cell in cells]
    lines = narrow([cell.text for cell in cells], width)
    alike = {cell.text for cell, shown in zip(cells, lines, strict=True) if len(shown) > 1}
    start = _count_alike(alike)
    return [
        cell._replace(text=shown[0] if len(shown) == 1 else cut(_tail(cell.text, start), width))
        for cell, shown in zip(cells, lines, strict=True)
    ]


def _count_alike(texts: set[str]) -> int:
    """Return the number of letters with which all texts begin."""
    first, last = min(texts, default=""), max(texts, default="")
    pairs = enumerate(zip(first, last, strict=False))
    return next((number for number, (one, other) in pairs if one != other), 0)


def _tail(text: str, start: int) -> str:
    return f"…{text[start - 2 :]}" if start > 3 else text
