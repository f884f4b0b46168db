"""taskplain: `tasks/` with a directory for each state, in the keys that it knows."""

from __future__ import annotations

from taskfiles.leave.markdown import write_page
from taskfiles.leave.moments import print_instant
from taskfiles.leave.target import Leaving, Target
from taskfiles.migrate.sources.taskplain import SOURCE
from taskfiles.task.keys import KEY_ORDER
from taskfiles.task.layout import STATES, TASKS_DIR
from taskfiles.task.names import expected_path
from taskfiles.text.nodes import Value

# Keys of this format that its own files and commands have nothing of.
_UNKNOWN = {"close_reason", "rank", "estimate_minutes", "due", "not_before", "created_by"}


def spell(word: str) -> Value:
    """Return a word with hyphens, which is how this format has it, too."""
    return word.replace(" ", "-")


def write(leaving: Leaving) -> dict[str, bytes]:
    """Write each task's file under its usual name."""
    files: dict[str, bytes] = {}
    for item in leaving.items:
        keys: dict[str, Value] = {**item.task.values, **item.own, "state": spell(item.state)}
        for name, kept in item.kept.items():
            before = keys.get(name)
            if kept and name == "parent":
                keys.setdefault(name, kept[0])
            elif kept:
                keys[name] = [*(before if isinstance(before, list) else []), *kept]
        known: dict[str, Value] = {key: keys[key] for key in KEY_ORDER if key in keys and key not in _UNKNOWN}
        files[_choose_path(known)] = write_page({**known, **item.own}, item.task.document.body)
    return files


def _choose_path(keys: dict[str, Value]) -> str:
    try:
        return expected_path(keys, STATES)
    except ValueError:  # its state has no directory, which stands in the way anyhow
        return f"{TASKS_DIR}/{keys['id']}.md"


TARGET = Target(SOURCE, write, print_instant, spell=spell, renames=False)
