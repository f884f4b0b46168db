"""The tasks of a project that came from those of a source, found again; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from taskfiles.migrate.compare import find_nth
from taskfiles.migrate.foreign import ForeignTask
from taskfiles.migrate.names import Named
from taskfiles.task.task import Task

OLD_ID, BASE = "id", "base"  # keys with the prefix of a source


def count_doubles(foreign: Sequence[ForeignTask]) -> list[int]:
    """Return which of those with its id each task is."""
    seen: Counter[str] = Counter()
    numbers = []
    for each in foreign:
        seen[each.old_id] += 1
        numbers.append(seen[each.old_id])
    return numbers


def find_known(
    tasks: Iterable[Task], foreign: Sequence[ForeignTask], numbers: Sequence[int], prefix: str
) -> list[Task | None]:
    """Return the project's task that came from each foreign one.

    Of several with its id it is that of its title, and of several of these the one of its number.
    """
    by_old: dict[str, list[Task]] = {}
    for task in sorted(tasks, key=lambda task: (len(task.id), task.id)):
        old = task.value(f"{prefix}{OLD_ID}")
        if old is not None:
            by_old.setdefault(str(old), []).append(task)
    found: list[Task | None] = [None] * len(foreign)
    for by_title, by_number in ((True, True), (True, False), (False, False)):
        for at, each in enumerate(foreign):
            left = by_old.get(each.old_id)
            if found[at] is not None or not left:
                continue
            title = " ".join(each.title.split()) or each.old_id
            alike = [task for task in left if task.title == title or not by_title]
            if by_number:
                alike = [task for task in alike if find_nth(task.value(f"{prefix}{BASE}")) == numbers[at]]
            chosen = alike[0] if alike else None
            if chosen is not None:
                left.remove(chosen)
                found[at] = chosen
    return found


def find_gone(tasks: Iterable[Task], present: Collection[str], prefix: str) -> list[Named]:
    """Return the tasks that came from a source and are not among those that it has now."""
    found = ((task, task.value(f"{prefix}{OLD_ID}")) for task in tasks if task.id not in present)
    return [
        Named(str(old), (), "", task.id, task.path, is_gone=True) for task, old in found if old is not None
    ]
