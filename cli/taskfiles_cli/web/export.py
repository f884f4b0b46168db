"""The pages as files for any web host: read only, with relative links, the same bytes for the same tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from taskfiles import LANES, Store, TaskfilesError, make_board
from taskfiles_cli.surface.mirror import Mirror, View
from taskfiles_cli.surface.standstill import find_latest, without_claims
from taskfiles_cli.web.assets import OPEN, read_assets
from taskfiles_cli.web.pages import Ask, Pages, Shown
from taskfiles_cli.web.templating import make_environment, make_reader, name_file, render, task_url

_VIEWS = (("/board", "Board"), ("/plan", "Plan"), ("/figures", "Figures"))
_LONG = 200  # cards on a page of a column
_NEVER = datetime(1, 1, 2, tzinfo=UTC)  # no day is today's


class Export:
    """The site of a project as it is at its latest change, whatever the time is and whoever holds what."""

    def __init__(self, open_store: Callable[[], Store], project: str) -> None:
        self._at = _NEVER
        self._project = project
        self._mirror = Mirror(open_store, lambda: self._at)
        view = without_claims(self._mirror.view)
        self._at = find_latest(view) or datetime(1970, 1, 1, tzinfo=UTC)
        self._view: View = view
        self._assets = read_assets()
        self._environments = {prefix: make_environment(self._assets, prefix) for prefix in ("", "../")}
        self._pages = Pages(self._mirror, link=lambda task_id: "../" + name_file(task_url(task_id)))

    def list_files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the names of all files and what they hold."""
        yield ".nojekyll", b""
        for name, asset in self._assets.items():
            if name in OPEN and not name.endswith(".js"):
                yield asset.address(name).removeprefix("/"), asset.content
        for lanes in LANES:
            yield self._write("/board", self._pages.board, Ask(lanes=lanes), lanes=lanes)
        yield self._write("/plan", self._pages.plan, Ask())
        yield self._write("/figures", self._pages.all_figures, Ask())
        yield from self._list_columns()
        for task_id in self._view.backlog.by_id:
            yield self._write(task_url(task_id), partial(self._pages.task, task_id=task_id), Ask())

    def _list_columns(self) -> Iterator[tuple[str, bytes]]:
        view = self._view
        board = make_board(view.backlog.tasks, view.backlog, keys=view.keys)
        for column in board.columns:
            for number, begin in enumerate(range(0, max(1, len(column.tasks)), _LONG), 1):
                end = begin + _LONG
                page = {
                    "cards": [self._pages.card(view, task) for task in column.tasks[begin:end]],
                    "left": max(0, len(column.tasks) - end),
                    "cursor": str(number + 1),
                }
                make = partial(self._pages.part, state=column.state, count=len(column.tasks), page=page)
                after = str(number) if number > 1 else ""
                yield self._write(f"/column/{column.state}", make, Ask(), after=after)

    def _write(self, path: str, make: Callable[..., Shown], ask: Ask, **query: str) -> tuple[str, bytes]:
        name = name_file(path, **query)
        environment = self._environments["../" if "/" in name else ""]
        try:
            shown = make(view=self._view, ask=ask)
        except TaskfilesError as error:
            if error.code == "changed-underneath":
                raise  # pages of two moments would be one site
            shown = self._pages.problem(self._view, ask, error)
        clock, when = make_reader(_NEVER, self._view.zone)
        html = render(
            environment,
            shown,
            "layout.html",
            project=self._project,
            here=path,
            views=_VIEWS,
            clock=clock,
            when=when,
            static=True,
            revision=1,
        )
        return name, html.encode("utf-8", "replace")
