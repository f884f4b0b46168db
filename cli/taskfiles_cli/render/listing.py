"""Tasks for people, a line each: what a list shows of a task, and what it says where it shows none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from taskfiles.backlog.milestones import Milestone
from taskfiles.backlog.standing import Standing
from taskfiles.basics.look import SIGNS, STATES
from taskfiles.errors import number_of
from taskfiles_cli.render.fitting import Cell, fit, lay_out_cells, lay_out_texts
from taskfiles_cli.render.lines import Line, Painted, escape, escape_all
from taskfiles_cli.render.milestones import milestone_texts
from taskfiles_cli.render.signs import Icons, prefix
from taskfiles_cli.render.table import words

_ALWAYS = ("ID", "TITLE", "STATE")
_NOTHING = Cell("")
NO_TASKS = 'No tasks yet. `tasks new "Fix the navbar"` creates one.'
# What a task without room for the column is marked with, the gravest first.
_MARKS = {
    "blocked": "WAITS FOR",
    "overdue": "DUE",
    "urgent": "PRIORITY",
    "waiting": "WAITS FOR",
    "claim": "CLAIM",
}


def render_listing(
    tasks: Sequence[Standing],
    claims: Mapping[str, Mapping[str, Any]],
    width: int | None = None,
    icons: Icons = None,
    *,
    colours: bool = True,
) -> list[Line]:
    """Render tasks as a table; `width` is that of the terminal, which no line exceeds."""
    texts = {
        "ID": escape_all([task.id for task in tasks]),
        "TITLE": escape_all([words(task.title) for task in tasks]),
    }
    columns: dict[str, list[Cell]] = {
        "STATE": _once([task.state for task in tasks], lambda state: _state(state, icons)),
        "PRIORITY": _once([task.priority for task in tasks], lambda priority: _priority(priority, icons)),
        "BOXES": [_boxes(task.ticked, task.boxes) if task.boxes else _NOTHING for task in tasks],
        "ASSIGNEE": [
            Cell(escape(", ".join(task.assignees))) if task.assignees else _NOTHING for task in tasks
        ],
        "DUE": [
            _due(task, icons) if task.due is not None or task.milestone is not None else _NOTHING
            for task in tasks
        ],
        "CLAIM": [_claim(claims.get(task.id), icons) for task in tasks] if claims else [],
        "WAITS FOR": [
            _waits(task, icons) if task.waits or task.blocked is not None else _NOTHING for task in tasks
        ],
    }
    columns = {
        name: cells for name, cells in columns.items() if name in _ALWAYS or any(cell.text for cell in cells)
    }
    if width is None and not colours:
        return [*lay_out_texts(texts | _texts_of(columns))]  # thousands of cells would be made for nothing
    columns = {name: [*map(Cell, each)] for name, each in texts.items()} | columns
    if width is not None:
        marks = [_marks(task, task.id in claims, icons) for task in tasks]
        columns = fit(columns, width, marks, has_icons=icons is not None)
    return [*lay_out_cells(columns)] if colours else [*lay_out_texts(_texts_of(columns))]


def _texts_of(columns: Mapping[str, Sequence[Cell]]) -> dict[str, Sequence[str]]:
    return {name: [cell.text for cell in cells] for name, cells in columns.items()}


def _once(values: Sequence[Any], make: Callable[[Any], Cell]) -> list[Cell]:
    """Make a cell of each value, of a word only once."""
    made: dict[str, Cell] = {}
    return [
        (made.get(value) or made.setdefault(value, make(value))) if type(value) is str else make(value)
        for value in values
    ]


def _marks(task: Standing, is_held: bool, icons: Icons) -> list[tuple[str, Cell]]:
    """Return the icons that stand for columns without room: the column, the icon."""
    if icons is None:
        return []
    is_so = {
        "blocked": task.blocked is not None,
        "overdue": task.is_overdue,
        "urgent": task.priority == "urgent",
        "waiting": bool(task.waits),
        "claim": is_held,
    }
    return [
        (column, Cell(getattr(SIGNS[name], icons), name)) for name, column in _MARKS.items() if is_so[name]
    ]


def milestone_lines(tasks: Sequence[Standing]) -> list[Line]:
    """Name the milestones that are overdue, with how many of the listed tasks are open."""
    open_tasks: dict[tuple[str, str], int] = {}
    for task in tasks:
        if task.milestone is not None and task.milestone[2]:
            open_tasks[task.milestone[:2]] = open_tasks.get(task.milestone[:2], 0) + 1
    overdue = [Milestone(name, due, True, count, 0) for (name, due), count in sorted(open_tasks.items())]
    return [Painted("", "overdue", text) for text in milestone_texts(overdue)]


def hidden_lines(hidden: Mapping[str, int]) -> list[Line]:
    """Return the last line of a list that leaves out closed tasks; none where it leaves out none."""
    return [Painted("", "dim", f"{_count(hidden)} not shown: --all")] if hidden else []


def empty_lines(hidden: Mapping[str, int], total: int) -> list[Line]:
    """Say that a list has no task, and what to type next; `total` is how many the project has."""
    if not total:
        return [NO_TASKS]
    if hidden:
        return [f"No open tasks; {_count(hidden)} not shown: --all"]
    all_of_them = f"all {number_of(total, 'task')}" if total > 1 else "the only task"
    return [f"No task matches. `tasks list --all` shows {all_of_them}."]


def _count(hidden: Mapping[str, int]) -> str:
    return " and ".join(f"{hidden[state]} {state}" for state in STATES if state in hidden)


def _state(state: Any, icons: Icons) -> Cell:
    word = escape(words(state))
    name = word if word in STATES else "error"
    return Cell(prefix(icons, name) + word, name)


def _priority(priority: Any, icons: Icons) -> Cell:
    word = escape(words(priority))
    if word == "urgent":
        return Cell(prefix(icons, word) + word, word)
    return _NOTHING if word == "normal" else Cell(word, "dim" if word in {"low", "none"} else "plain")


@cache
def _boxes(ticked: int, boxes: int) -> Cell:
    return Cell(f"{ticked}/{boxes}", "done" if ticked == boxes else "plain")


def _due(task: Standing, icons: Icons) -> Cell:
    if task.due is None and task.milestone is not None:
        name, day, is_past = task.milestone
        return Cell(f"{escape(day)} {escape(name)}", "overdue" if is_past else "dim")
    if task.due is None:
        return _NOTHING
    day = escape(task.due[:10])
    if not task.is_overdue:
        return Cell(day)
    return Cell(f"{day} overdue" if icons is None else prefix(icons, "overdue") + day, "overdue")


def _claim(claim: Mapping[str, Any] | None, icons: Icons) -> Cell:
    if claim is None:
        return _NOTHING
    return Cell(
        f"{prefix(icons, 'claim')}{escape(words(claim['by']))}{' (you)' if claim['mine'] else ''}", "claim"
    )


def _waits(task: Standing, icons: Icons) -> Cell:
    more = f" (+{len(task.waits) - 1})" if len(task.waits) > 1 else ""
    waits = f"{escape(task.waits[0])}{more}" if task.waits else ""
    if task.blocked is not None:
        then = f", {waits}" if waits else ""
        return Cell(f"{prefix(icons, 'blocked')}blocked: {escape(task.blocked)}{then}", "blocked")
    return Cell(f"{prefix(icons, 'waiting')}{waits}", "waiting") if waits else _NOTHING
