"""Tasks for people, a line each: what a list shows of a task, and what it says where it shows none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from taskfiles.backlog.milestones import Milestone
from taskfiles.backlog.standing import Standings
from taskfiles.basics.look import SIGNS, STATES
from taskfiles.errors import number_of
from taskfiles_cli.render.fitting import Cell, fit, lay_out_cells, lay_out_texts
from taskfiles_cli.render.lines import Line, Painted, escape, escape_all
from taskfiles_cli.render.milestones import milestone_texts
from taskfiles_cli.render.signs import Icons, prefix
from taskfiles_cli.render.table import words

T = TypeVar("T")
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
    tasks: Standings,
    claims: Mapping[str, Mapping[str, Any]],
    width: int | None = None,
    icons: Icons = None,
    *,
    colours: bool = True,
) -> list[Line]:
    """Render tasks as a table; `width` is that of the terminal, which no line exceeds."""
    texts = {"ID": escape_all(tasks.id), "TITLE": escape_all([*map(words, tasks.title)])}
    held = [claims.get(task_id) for task_id in tasks.id] if claims else []
    columns: dict[str, list[Cell]] = {
        "STATE": _once(tasks.state, lambda state: _state(state, icons)),
        "PRIORITY": _once(tasks.priority, lambda priority: _priority(priority, icons)),
        "BOXES": [
            _boxes(ticked, boxes) if boxes else _NOTHING
            for ticked, boxes in zip(tasks.ticked, tasks.boxes, strict=True)
        ],
        "ASSIGNEE": [
            Cell(escape(", ".join(names))) if names else _NOTHING for names in _unless_empty(tasks.assignees)
        ],
        "DUE": _due_cells(tasks, icons),
        "CLAIM": [_claim(claim, icons) for claim in held],
        "WAITS FOR": _wait_cells(tasks, icons),
    }
    columns = {
        name: cells for name, cells in columns.items() if name in _ALWAYS or any(cell.text for cell in cells)
    }
    if width is None and not colours:
        return [*lay_out_texts(texts | _texts_of(columns))]  # thousands of cells would be made for nothing
    columns = {name: [*map(Cell, each)] for name, each in texts.items()} | columns
    if width is not None:
        columns = fit(columns, width, _marks(tasks, claims, icons), has_icons=icons is not None)
    return [*lay_out_cells(columns)] if colours else [*lay_out_texts(_texts_of(columns))]


def _unless_empty(values: Sequence[T]) -> Sequence[T]:
    """Return values, none of them where all say nothing."""
    return values if any(values) else ()


def _texts_of(columns: Mapping[str, Sequence[Cell]]) -> dict[str, Sequence[str]]:
    return {name: [cell.text for cell in cells] for name, cells in columns.items()}


def _once(values: Sequence[Any], make: Callable[[Any], Cell]) -> list[Cell]:
    """Make a cell of each value, of a word only once."""
    made: dict[str, Cell] = {}
    return [
        (made.get(value) or made.setdefault(value, make(value))) if type(value) is str else make(value)
        for value in values
    ]


def _marks(
    tasks: Standings, claims: Mapping[str, Mapping[str, Any]], icons: Icons
) -> list[list[tuple[str, Cell]]]:
    """Return the icons that stand for columns without room, task by task: the column, the icon."""
    if icons is None:
        return [[] for _ in tasks.id]
    is_so: dict[str, Iterable[bool]] = {
        "blocked": (reason is not None for reason in tasks.blocked),
        "overdue": tasks.is_overdue,
        "urgent": (priority == "urgent" for priority in tasks.priority),
        "waiting": map(bool, tasks.waits),
        "claim": (task_id in claims for task_id in tasks.id),
    }
    signs = [(column, Cell(getattr(SIGNS[name], icons), name)) for name, column in _MARKS.items()]
    rows = zip(*(is_so[name] for name in _MARKS), strict=True)
    return [[sign for sign, holds in zip(signs, row, strict=True) if holds] for row in rows]


def milestone_lines(tasks: Standings) -> list[Line]:
    """Name the milestones that are overdue, with how many of the listed tasks are open."""
    open_tasks: dict[tuple[str, str], int] = {}
    for milestone in _unless_empty(tasks.milestone):
        if milestone is not None and milestone[2]:
            open_tasks[milestone[:2]] = open_tasks.get(milestone[:2], 0) + 1
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


def _due_cells(tasks: Standings, icons: Icons) -> list[Cell]:
    if not (any(tasks.due) or any(tasks.milestone)):
        return []
    return [
        _due(due, is_overdue, milestone, icons)
        for due, is_overdue, milestone in zip(tasks.due, tasks.is_overdue, tasks.milestone, strict=True)
    ]


def _due(due: str | None, is_overdue: bool, milestone: tuple[str, str, bool] | None, icons: Icons) -> Cell:
    if due is None and milestone is not None:
        name, day, is_past = milestone
        return Cell(f"{escape(day)} {escape(name)}", "overdue" if is_past else "dim")
    if due is None:
        return _NOTHING
    day = escape(due[:10])
    if not is_overdue:
        return Cell(day)
    return Cell(f"{day} overdue" if icons is None else prefix(icons, "overdue") + day, "overdue")


def _claim(claim: Mapping[str, Any] | None, icons: Icons) -> Cell:
    if claim is None:
        return _NOTHING
    return Cell(
        f"{prefix(icons, 'claim')}{escape(words(claim['by']))}{' (you)' if claim['mine'] else ''}", "claim"
    )


def _wait_cells(tasks: Standings, icons: Icons) -> list[Cell]:
    if not any(tasks.waits) and tasks.blocked.count(None) == len(tasks.blocked):
        return []
    return [_waits(waits, reason, icons) for waits, reason in zip(tasks.waits, tasks.blocked, strict=True)]


def _waits(others: Sequence[str], reason: str | None, icons: Icons) -> Cell:
    more = f" (+{len(others) - 1})" if len(others) > 1 else ""
    waits = f"{escape(others[0])}{more}" if others else ""
    if reason is not None:
        then = f", {waits}" if waits else ""
        return Cell(f"{prefix(icons, 'blocked')}blocked: {escape(reason)}{then}", "blocked")
    return Cell(f"{prefix(icons, 'waiting')}{waits}", "waiting") if waits else _NOTHING
