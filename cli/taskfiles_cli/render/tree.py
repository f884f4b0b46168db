"""Parents with their children for people, a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from taskfiles.basics.look import STATES
from taskfiles.errors import number_of
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED
from taskfiles_cli.render.cells import cut, text_width
from taskfiles_cli.render.flow import Styled
from taskfiles_cli.render.lines import Line, Painted, Parts, escape
from taskfiles_cli.render.listing import empty_lines
from taskfiles_cli.render.signs import Icons, prefix

_LEAST, _FEWEST = 16, 8  # columns that a title keeps before all else is short, and after


def render_tree(
    nodes: Iterable[tuple[int, dict[str, Any]]],
    width: int | None = None,
    icons: Icons = None,
    *,
    total: int = 0,
    is_past: Callable[[object], bool] = lambda _: False,
) -> Iterator[Line]:
    """Render nodes with their depths, the first one at the top; titles give way to a terminal's `width`.

    `total` is how many tasks there are, before filters; `is_past` says whether a due day or instant is over.
    """
    there = matching = 0
    for depth, node in nodes:
        there += "title" in node
        matching += node.get("matches", False)
        yield _line(depth, node, width, icons, is_past)
    if not there:
        yield from empty_lines({}, total)
    elif matching < there:
        verb, them = ("matches", "it") if matching == 1 else ("match", "them")
        text = f"{number_of(matching, 'task')} {verb}; what else is shown is above {them}."
        yield Painted("", "dim", text)


def _line(
    depth: int, node: dict[str, Any], width: int | None, icons: Icons, is_past: Callable[[object], bool]
) -> Line:
    indent = "  " * depth
    if "title" not in node:
        return Parts([("plain", f"{indent}{node['id']} "), ("error", "(missing)")])
    above = node.get("ancestors")
    path = f"{' > '.join(above)} > " if above else ""
    closed, children = node["progress"]["closed"], node["progress"]["total"]
    progress = f", {closed} of {children} closed" if children else ""
    state = str(node["state"])
    name = state if state in STATES else "error"
    begin: list[Styled] = [("plain", indent), (name, prefix(icons, name)), ("plain", f"{path}{node['id']}: ")]
    ends: list[list[Styled]] = [
        [
            ("plain", f" ({kind}"),
            (name, state),
            *_due(node, icons, is_past, in_words=in_words),
            ("plain", f"{progress})"),
        ]
        for kind, in_words in ((f"{node['kind']}, ", True), ("", True), ("", False))
    ]
    title, end = escape(str(node["title"])), ends[0]
    if width is not None:
        room = width - _width(begin)
        least = min(_LEAST, text_width(title))
        end = next((each for each in ends if least + _width(each) <= room), ends[-1])
        title = cut(title, max(_FEWEST, room - _width(end)))
    return Parts([*begin, ("plain" if node["matches"] else "dim", title), *end])


def _width(parts: Sequence[Styled]) -> int:
    return sum(text_width(escape(text)) for _, text in parts)


def _due(
    node: dict[str, Any], icons: Icons, is_past: Callable[[object], bool], *, in_words: bool
) -> list[Styled]:
    """Say until when an open task is due, and its milestone; not `in_words` an icon stands for overdue."""
    if is_word(node["state"], CLOSED):
        return []
    found: list[Styled] = []
    own, milestone = node.get("due"), node.get("milestone_due")
    for due, name in ((own, ""), (milestone, f"{escape(str(node.get('milestone')))} ")):
        if due is None:
            continue
        day = escape(str(due)[:10])
        if is_past(due):
            said = "overdue since " if in_words or icons is None else ""
            found += [("plain", ", "), ("overdue", f"{prefix(icons, 'overdue')}{name}{said}{day}")]
        else:
            found.append(("plain", f", {name}due {day}"))
    return found
