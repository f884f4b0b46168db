"""What a filter line finds, the best first, and the lines in which the text that is looked for stands."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles import Task, TaskfilesError, make_board, search_tasks
from taskfiles.backlog.search import choose_hits, find_hits, make_needles, mark
from taskfiles_cli.surface.filterline import Line
from taskfiles_cli.surface.mirror import View
from taskfiles_cli.surface.selecting import select


def find(view: View, line: Line) -> Sequence[Task]:
    """Return the tasks that match: ranked as by `tasks search` if a text is asked for, else as a board."""
    found = select(view, line)
    if line.text:
        ranked = [match.task for match in search_tasks(found, [line.text], view.zone)]
        for task in ranked:
            task.drop_cached()
        return ranked
    board = make_board(found, view.backlog, claims=view.claims, keys=view.keys)
    return [task for column in board.columns for task in column.tasks]


def find_excerpt(task: Task, text: str) -> list[tuple[str, bool]]:
    """Return the line that says most, in parts; each says whether it is what was looked for."""
    needles = make_needles([text])
    try:
        hits = choose_hits(find_hits(task, needles), needles, 1)
    except TaskfilesError:  # the file changes at this moment
        return []
    finally:
        task.drop_cached()
    parts: list[tuple[str, bool]] = []
    for hit in hits:
        shown, spans = mark(hit.text, needles)
        at = 0
        for start, end in spans:
            parts += [(shown[at:start], False), (shown[start:end], True)]
            at = end
        parts.append((shown[at:], False))
    return [part for part in parts if part[0]]
