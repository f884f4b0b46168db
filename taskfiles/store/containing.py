"""Which tasks contain a text: by the texts beside the index where tasks come from it, else by their files."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.backlog.query import searched_texts
from taskfiles.store.index import texts
from taskfiles.store.index.reading import BASE, open_beside
from taskfiles.store.index.table import Table
from taskfiles.store.reader import LateRead
from taskfiles.task.remembered import Lost
from taskfiles.task.task import Task

_FEW = 50  # tasks whose files are read sooner than the texts of all


def keep_containing(among: Sequence[Task], needle: str, tasks: Sequence[Task]) -> list[Task]:
    """Return those of some tasks that contain a folded text in what a search looks into, in their order.

    `tasks` are all tasks of the snapshot, for the first search writes the texts of all beside the index.
    Files are opened only where these do not say it. Raises TaskfilesError (changed-underneath).
    """
    table = next((task.row.table for task in among if task.row is not None), None)
    known: set[int] = set()
    unsure: set[int] | None = None
    if isinstance(table, Table) and len(among) > _FEW and "\n" not in needle:
        try:
            known, unsure = _find(table, needle, tasks)
        except Lost:
            unsure = None
    kept = []
    for task in among:
        row = task.row
        if unsure is None or row is None or row.table is not table or row.at in unsure:
            is_in = any(needle in text for text in searched_texts(task))
            task.drop_cached()
        else:
            is_in = row.at in known
        if is_in:
            kept.append(task)
    return kept


def _find(table: Table, needle: str, tasks: Sequence[Task]) -> tuple[set[int], set[int] | None]:
    """Return the rows that contain a text, and those of which it is not known, None for all."""
    found = texts.find_rows(table.base, needle)
    if found is None:
        if open_beside(table.base, BASE) is None:  # there is a newer index, whose texts these are not
            return set(), None
        rows = {task.row.at: task for task in tasks if task.row is not None and task.row.table is table}

        def read(at: int) -> list[str] | None:
            task = rows.get(at)
            try:
                return None if task is None else list(searched_texts(task))
            except LateRead:
                return None
            finally:
                if task is not None:
                    task.drop_cached()

        found = texts.make_rows(table.base, len(table), read, needle)
    return found, texts.find_unknown(table.base)
