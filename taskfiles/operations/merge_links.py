"""Links in both sides of a merge: written alike, so that what each has moved is no difference of theirs."""

from __future__ import annotations

from collections.abc import Iterable

from taskfiles.backlog.links import find_links, relocate_links
from taskfiles.task.layout import TASKS_DIR
from taskfiles.task.names import id_in_path, ids_in_path
from taskfiles.task.task import Task, parse_task
from taskfiles.text.sections import split_lines


class Present:
    """Where tasks are in the work tree, by the ids in the names of their files, under a layout."""

    def __init__(self, paths: Iterable[str], layout: str) -> None:
        self._paths: dict[str, list[str]] = {}
        for path in sorted(paths):
            for task_id in ids_in_path(path):
                self._paths.setdefault(task_id, []).append(path)
        self._layout = layout

    def find(self, path: str) -> str:
        """Return where the task is whose file was at a path; the path itself where no file is named so."""
        if not path.startswith(f"{TASKS_DIR}/"):
            return path
        for task_id in ids_in_path(path):
            found = self._paths.get(task_id, [])
            own = [each for each in found if id_in_path(each, self._layout) == task_id]
            if path in found and len(found) == 1:
                return path
            if found:
                return (own or found)[0]
        return path


def lead_links(version: Task, before: str, after: str, present: Present) -> Task:
    """Return a version, whose file was at `before`, with links that lead from `after` to where tasks are."""
    body = version.document.body.decode(errors="surrogateescape")
    targets = {link.target for link in find_links(before, split_lines(body))}
    moved = {target: present.find(target) for target in targets}
    new = relocate_links(body, before, after, moved)
    if new == body:
        return version
    data = version.document.with_parts(version.document.front, new.encode(errors="surrogateescape"))
    return parse_task(version.path, data.to_bytes())
