"""What each page shows, made of a view: a template's name and its values; no request is known here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from taskfiles import LANES, Board, Column, Edge, Task, TaskfilesError, find_present, make_board, make_card
from taskfiles_cli.surface.detail import name_box, read_detail, read_history
from taskfiles_cli.surface.fields import list_keys, list_sections
from taskfiles_cli.surface.filterline import KEYS, Line, Saved, quote, read_line
from taskfiles_cli.surface.flowing import History
from taskfiles_cli.surface.mirror import Mirror, View
from taskfiles_cli.surface.paging import FIRST, Page, cut
from taskfiles_cli.surface.phrases import Clock, say_due
from taskfiles_cli.surface.planning import draw_plan
from taskfiles_cli.surface.searching import find, find_excerpt
from taskfiles_cli.surface.selecting import select
from taskfiles_cli.web import markdown

_IN_LANE = 8  # cards of a column within a lane
_LANES = 40  # lanes that a page shows
_FOUND = 100  # tasks that a search shows


class Shown(NamedTuple):
    """A page: its template, its title, and the values for the template."""

    template: str
    title: str
    values: dict[str, Any]


class Ask(NamedTuple):
    """What an address asks for besides its path: filter line, lanes, the lane and the cursor of a column."""

    q: str = ""
    lanes: str = "none"
    lane: str | None = None
    after: str = ""


class Pages:
    """The pages of one project."""

    def __init__(self, mirror: Mirror, me: str = "@me", link: markdown.Link = markdown.address) -> None:
        self._mirror, self._me, self._link = mirror, me, link
        self.history = History(mirror)

    def board(self, view: View, ask: Ask) -> Shown:
        """Show columns by state, in lanes if they are asked for."""
        line, board = self._arrange(view, ask)
        lanes = board.lanes[:_LANES]
        rows = []
        for lane in lanes:
            size = FIRST if ask.lanes == "none" else _IN_LANE
            parts = [
                (column.state, len(column.tasks), self._page(view, column, "", size))
                for column in lane.columns
            ]
            due = say_due(lane, Clock(self._now(), view.zone))
            rows.append(
                {"key": lane.key, "title": lane.title, "due": due, "count": lane.total, "parts": parts}
            )
        values = {
            "columns": [(column.state, len(column.tasks)) for column in board.columns],
            "rows": rows,
            "more_lanes": len(board.lanes) - len(lanes),
            "count": board.total,
            "lane_words": LANES,
        }
        return Shown("board.html", "Board", {**values, **self._around(view, ask, line)})

    def column(self, view: View, state: str, ask: Ask) -> Shown:
        """Show one column by itself, from a cursor on."""
        _, board = self._arrange(view, ask)
        columns = board.columns
        if ask.lane is not None:
            columns = next((lane.columns for lane in board.lanes if lane.key == ask.lane), ())
        found = next((column for column in columns if column.state == state), Column(state, ()))
        page = self._page(view, found, ask.after, FIRST)
        return self.part(view, ask, state, len(found.tasks), page)

    def part(self, view: View, ask: Ask, state: str, count: int, page: dict[str, Any]) -> Shown:
        """Show some cards of a column of so many."""
        values = {"state": state, "count": count, "page": page, "lane": ask.lane}
        return Shown("column.html", state, {**values, **self._around(view, ask, None)})

    def search(self, view: View, ask: Ask) -> Shown:
        """Show the tasks that a filter line finds, with the text around what was looked for."""
        line = self._read(view, ask)
        found = find(view, line) if ask.q.strip() else ()
        shown = [(self.card(view, task), find_excerpt(task, line.text)) for task in found[:_FOUND]]
        values = {"found": shown, "count": len(found), "keys": KEYS}
        return Shown("search.html", "Search", {**values, **self._around(view, ask, line)})

    def now(self, view: View, ask: Ask) -> Shown:
        """Show who holds what, the attempts of today, and what is stuck."""
        line = self._read(view, ask)
        present = find_present(view.backlog, claims=view.claims, now=self._now(), zone=view.zone)
        wanted = {task.path for task in select(view, line)} if ask.q.strip() else None

        def keep(rows: list[Any]) -> list[Any]:
            return [row for row in rows if wanted is None or row.task.path in wanted]

        attempts = keep(present.attempts)
        values = {
            "held": keep(present.held),
            "attempts": attempts,
            "stuck": keep(present.stuck),
            "usd": sum(each.usd for each in attempts if each.usd is not None),
            "unpriced": sum(each.usd is None for each in attempts),
            "unreadable": view.unreadable,
        }
        return Shown("now.html", "Now", {**values, **self._around(view, ask, line)})

    def plan(self, view: View, ask: Ask) -> Shown:
        """Show ready tasks in stages, as a drawing. Raises TaskfilesError (plan-cycle)."""
        line = self._read(view, ask)
        drawing = draw_plan(view, line)
        before: dict[str, list[Edge]] = {}
        for edge in drawing.edges:
            before.setdefault(edge.after, []).append(edge)
        values = {"drawing": drawing, "plan": drawing.plan, "before": before}
        return Shown("plan.html", "Plan", {**values, **self._around(view, ask, line)})

    def figures(self, view: View, ask: Ask) -> Shown:
        """Show the charts of the report, of the attempts at the tasks that the filter finds."""
        from taskfiles_cli.surface.figures import draw_figures  # noqa: PLC0415 (few pages have charts)

        line = self._read(view, ask)
        drawn = draw_figures(view, select(view, line) if ask.q.strip() else None)
        return Shown("figures.html", "Figures", {"drawn": drawn, **self._around(view, ask, line)})

    def all_figures(self, view: View, ask: Ask) -> Shown:
        """Show the charts with those of how work flows on one page, as far as every clone knows it."""
        from taskfiles_cli.surface.figures import draw_flow  # noqa: PLC0415 (as above)

        shown = self.figures(view, ask)
        flow = draw_flow(view, None, self.history.read_committed(), self._now())
        return shown._replace(values={**shown.values, "flow": flow})

    def flow(self, view: View, ask: Ask) -> Shown:
        """Show how work on the tasks that the filter finds flows; it waits for git's history to be read."""
        from taskfiles_cli.surface.figures import draw_flow  # noqa: PLC0415 (few pages have charts)

        line = self._read(view, ask)
        tasks = select(view, line) if ask.q.strip() else None
        drawn = draw_flow(view, tasks, self.history.read(view.revision), self._now())
        return Shown("flow.html", "Flow", {"drawn": drawn, **self._around(view, ask, line)})

    def task(self, view: View, task_id: str, ask: Ask) -> Shown:
        """Show one task, whole. Raises TaskfilesError (no-such-task, ambiguous-task, unreadable-task)."""
        detail = read_detail(self._mirror.open_store(), view, task_id)
        names = {box.line: name_box(box) for box in detail.boxes}
        body = markdown.render(detail.body, view.backlog.by_id, names, self._link) if detail.whole else None
        ticked = sum(box.checked for box in detail.boxes)
        keys = [
            (key, value)
            for key, value in detail.values.items()
            if key not in _TOLD and value not in (None, [], {}, "")
        ]
        values = {
            "detail": detail,
            "box_names": [name_box(box) for box in detail.boxes],
            "body": body,
            "boxes": (ticked, len(detail.boxes)),
            "keys": keys,
            "key_fields": list_keys(detail.task),
            "text_fields": list_sections(detail.task) if detail.whole else [],
        }
        return Shown("task.html", detail.card.title, {**values, **self._around(view, ask, None)})

    def log(self, view: View, task_id: str, ask: Ask) -> Shown:
        """Show what changed in one task.

        Raises TaskfilesError (no-such-task, git-failed, history-missing).
        """
        entries = read_history(self._mirror.open_store(), task_id)
        values = {"id": task_id, "entries": entries}
        return Shown("log.html", f"History of {task_id}", {**values, **self._around(view, ask, None)})

    def plain(self, view: View, ask: Ask, values: dict[str, Any]) -> Shown:
        """Show the keys of the page and of the filter."""
        return Shown("keys.html", "Keys", {**values, **self._around(view, ask, None)})

    def problem(self, view: View, ask: Ask, error: TaskfilesError) -> Shown:
        """Show why a page can't be shown, and what to do."""
        values = {"message": error.message, "hint": error.hint}
        return Shown("problem.html", "Not shown", {**values, **self._around(view, ask, None)})

    def missing(self, view: View, ask: Ask) -> Shown:
        """Show that there is no such page."""
        values = {"message": "There is no such page.", "hint": ""}
        return Shown("problem.html", "Not here", {**values, **self._around(view, ask, None)})

    def card(self, view: View, task: Task) -> dict[str, Any]:
        """Return what a card's template needs."""
        now, dues = self._now(), view.milestones
        made = make_card(task, view.backlog, claims=view.claims, now=now, zone=view.zone, milestones=dues)
        return {"card": made, "boxes": self._mirror.count_boxes(task)}

    def _page(self, view: View, column: Column, after: str, size: int) -> dict[str, Any]:
        page: Page = cut(column.tasks, view.claims, after, size)
        return {
            "cards": [self.card(view, task) for task in page.tasks],
            "left": page.left,
            "cursor": page.cursor,
        }

    def _arrange(self, view: View, ask: Ask) -> tuple[Line, Board]:
        line = self._read(view, ask)
        return line, make_board(
            select(view, line),
            view.backlog,
            lanes=ask.lanes,
            claims=view.claims,
            keys=view.keys,
            milestones=view.milestones,
        )

    def _read(self, view: View, ask: Ask) -> Line:
        return read_line(ask.q, self._now(), view.zone, Saved(view.saved, self._me))

    def _now(self) -> datetime:
        return self._mirror.now()

    def _around(self, view: View, ask: Ask, line: Line | None) -> dict[str, Any]:
        return {
            "ask": ask,
            "text": "" if line is None else line.text,
            "revision": view.revision,
            "unread": len(view.unreadable),
            "now": self._now(),
            "zone": view.zone,
            "saved": _list_saved(view),
        }


def _list_saved(view: View) -> list[tuple[str, str]]:
    """List the saved views by name, with the word of a filter line that asks for each."""
    if isinstance(view.saved, TaskfilesError):
        return []
    return [(name, f"view:{quote(name)}") for name in view.saved]


_TOLD = frozenset(
    ("id", "title", "state", "kind", "body", "execution", "derived", "etag", "path", "valid", "claim")
) | {"parent", "children", "depends_on", "blocks", "labels", "blocked", "priority", "links"}
