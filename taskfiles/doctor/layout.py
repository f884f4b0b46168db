"""Checks of how task files are placed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from taskfiles.doctor.check import Scene, Seen, Status
from taskfiles.remedy import Remedy
from taskfiles.store.strays import find_strays
from taskfiles.task.layout import FLAT, STATES, TASKS_DIR
from taskfiles.task.names import CONFIG_PATH
from taskfiles.task.place import find_misplaced
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED

_MANY_CLOSED = 1000  # in one directory, whose tree each commit writes anew


def check_layout(scene: Scene) -> Iterator[Seen]:
    """tasks/tasks.toml names the layout, and no directory holds very many closed tasks."""
    config = scene.config[0] if scene.store is not None else None
    if config is None:
        return
    if config.layout is None:
        hint = Remedy("Name it; in flat each task has one path for its whole life.", "unnamed-layout")
        yield Seen(Status.INFO, f"No layout is named; it is {STATES}.", hint, CONFIG_PATH)
    else:
        yield Seen(Status.OK, f"The layout is {config.layout}.", path=CONFIG_PATH)
    if config.layout != FLAT:
        return
    closed = Counter(
        task.path.rpartition("/")[0] for task in scene.snapshot.tasks if is_word(task.state, CLOSED)
    )
    for directory, count in sorted(closed.items()):
        if count >= _MANY_CLOSED:
            message = f"{directory}/ has {count} closed tasks; each commit of one writes that directory anew."
            hint = Remedy("Move old ones to {place}/archive/YEAR/.", "many-closed", place=TASKS_DIR)
            yield Seen(Status.INFO, message, hint, directory)


def check_places(scene: Scene) -> Iterator[Seen]:
    """Files lie where the layout says."""
    tasks = scene.snapshot.tasks
    layout = scene.store.layout if scene.store is not None else None  # that of these tasks
    if layout is None:
        return
    wrong = False
    for task in tasks:
        for finding in find_misplaced(task, layout):
            wrong = True
            yield Seen(Status.WRONG, finding.message, None, task.path, finding.line)
    for finding in find_strays(scene.store.reader) if scene.store is not None else ():
        wrong = True
        yield Seen(Status.WRONG, finding.message, finding.hint, finding.path, finding.line, by_hand=True)
    if not wrong:
        where = "has the name of its id" if layout == FLAT else "lies where its state and kind say"
        yield Seen(Status.OK, f"Every file {where}.")
