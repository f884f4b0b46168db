"""The ids that a shell offers."""

from __future__ import annotations

from taskfiles import Store, TaskfilesError
from taskfiles.task.layout import STATES
from taskfiles.task.names import id_in_path
from taskfiles.task.values import BadValue, check_id
from taskfiles_cli.line.surroundings import here


def complete_ids(incomplete: str) -> list[str]:
    """Offer the ids in file names, without reading a file."""
    try:
        store = Store.find(here())
        layout = store.layout or STATES
        found = {id_in_path(path, layout) for path in store.walk() if incomplete in path}
    except TaskfilesError:
        return []
    return sorted(
        task_id for task_id in found if task_id and task_id.startswith(incomplete) and _fits(task_id)
    )


def _fits(task_id: str) -> bool:
    """Whether an id can be one: only such may reach the line that a shell evaluates."""
    try:
        return bool(check_id(task_id))
    except BadValue:
        return False
