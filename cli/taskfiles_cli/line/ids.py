"""The ids and the names of templates that a shell offers."""

from __future__ import annotations

from taskfiles import Store, TaskfilesError
from taskfiles.task.layout import STATES
from taskfiles.task.names import id_in_path
from taskfiles.task.task import Unreadable
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


def complete_templates(incomplete: str) -> list[str]:
    """Offer the names of the templates in tasks.toml."""
    import tomllib  # noqa: PLC0415 (few completions are of templates)

    try:
        tables = tomllib.loads((Store.find(here()).config_bytes() or b"").decode()).get("templates", {})
    except (TaskfilesError, Unreadable, ValueError):
        return []
    plain = (name for name in tables if name.replace("-", "").replace("_", "").isalnum() and name.isascii())
    return sorted(name for name in plain if name.startswith(incomplete))


def _fits(task_id: str) -> bool:
    """Whether an id can be one: only such may reach the line that a shell evaluates."""
    try:
        return bool(check_id(task_id))
    except BadValue:
        return False
