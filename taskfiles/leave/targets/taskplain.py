"""taskplain: `tasks/` with a directory for each state, in the keys that it knows."""

from __future__ import annotations

from typing import Any

from taskfiles.leave.markdown import write_page
from taskfiles.leave.moments import print_utc
from taskfiles.leave.target import Leaving, Target
from taskfiles.migrate.sources.taskplain import SOURCE
from taskfiles.task.keys import DEFAULTS, INSTANT_KEYS, KEY_ORDER
from taskfiles.task.layout import STATES, TASKS_DIR
from taskfiles.task.names import expected_path
from taskfiles.task.words import State
from taskfiles.text.nodes import Value

# Keys of this format that its own files and commands have nothing of.
_UNKNOWN = {"close_reason", "rank", "estimate_minutes", "due", "not_before", "created_by"}
_LINKS = {"github_issue", "linear"}
_UNKNOWN_INSTANT, _UNKNOWN_TEXT = "1970-01-01T00:00:00Z", "(unknown)"
_ATTEMPT = {"started_at", "ended_at", "duration_seconds", "status", "executor"}


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
        keys = _complete(keys)
        known: dict[str, Value] = {key: keys[key] for key in KEY_ORDER if key in keys and key not in _UNKNOWN}
        files[_choose_path(known)] = write_page({**known, **item.own}, item.body)
    return files


def _complete(keys: dict[str, Any]) -> dict[str, Value]:
    """Return keys as taskplain takes them: it reads no file that lacks one, or has another zone."""
    found = {
        key: print_utc(str(value)) if key in INSTANT_KEYS and value else value for key, value in keys.items()
    }
    for key in ("kind", "priority"):
        found.setdefault(key, DEFAULTS[key])
    known = [found[key] for key in ("created_at", "updated_at", "completed_at") if found.get(key)]
    for key in ("created_at", "updated_at"):
        found[key] = found.get(key) or (known[0] if known else _UNKNOWN_INSTANT)
    if found["state"] == State.DONE and not str(found.get("commit_message") or "").strip():
        found["commit_message"] = _UNKNOWN_TEXT
    links = found.pop("links", None)
    if kept := [each for each in links or () if isinstance(each, dict) and each.get("type") in _LINKS]:
        found["links"] = kept
    execution = found.pop("execution", None)
    if isinstance(execution, dict) and (attempts := _list_attempts(execution.get("attempts"))):
        found["execution"] = {**execution, "attempts": attempts}
    return found


def _list_attempts(given: Any) -> list[Value]:
    """Return the attempts that have all it asks for, with their instants in UTC."""
    attempts: list[Value] = []
    for each in given if isinstance(given, list) else ():
        if isinstance(each, dict) and each.keys() >= _ATTEMPT and (each["executor"] or {}).get("tool"):
            instants = {key: print_utc(str(each[key])) for key in ("started_at", "ended_at")}
            attempts.append({**each, **instants})
    return attempts


def _choose_path(keys: dict[str, Value]) -> str:
    try:
        return expected_path(keys, STATES)
    except ValueError:  # its state has no directory, which stands in the way anyhow
        return f"{TASKS_DIR}/{keys['id']}.md"


TARGET = Target(SOURCE, write, print_utc, spell=spell, renames=False)
