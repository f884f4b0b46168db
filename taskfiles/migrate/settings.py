"""What a source's configuration declares, as tables of tasks.toml; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taskfiles.migrate.foreign import Setting
from taskfiles.text.nodes import Value

MIGRATE = "migrate"
_FAMILIES = {"labels": "labels", "milestones": "milestone"}  # tables of names, by the key that uses them
_TEMPLATES = "templates"


def add_used(settings: Sequence[Setting], tasks: Sequence[Mapping[str, Value]]) -> list[Setting]:
    """Return settings with the names that tasks use of each family of which they declare a name.

    Where some names of a family are declared, `doctor` names the others.
    """
    found = list(settings)
    for family, key in _FAMILIES.items():
        declared = {each.path[1] for each in settings if each.path[0] == family}
        used: dict[str, None] = {}
        for values in tasks if declared else ():
            value = values.get(key)
            used |= dict.fromkeys(
                str(each) for each in (value if isinstance(value, list) else [value]) if each
            )
        found += [Setting(key, (family, name)) for name in sorted(used.keys() - declared)]
    return found


def choose_settings(found: Sequence[Setting], raw: Mapping[str, Any], *, is_first: bool) -> list[Setting]:
    """Return the settings that a project's tasks.toml lacks, `raw` as it is read.

    After the first migration of a source only words of `[migrate]` and milestones are added: all else is
    the project's own by then. A second template for a kind has none.
    """
    templates = raw.get(_TEMPLATES)
    named = templates.values() if isinstance(templates, dict) else ()
    kinds = {each.get("kind") for each in named if isinstance(each, dict)}
    chosen: dict[tuple[str, ...], Setting] = {}
    for setting in found:
        table = _find(raw, setting.path)
        if setting.path[0] == MIGRATE:
            values = {key: value for key, value in setting.values.items() if (table or {}).get(key) != value}
            if values:
                chosen[setting.path] = setting._replace(values=values)
        elif table is None and (is_first or setting.path[0] == "milestones"):
            values = dict(setting.values)
            if setting.path[0] == _TEMPLATES and values.get("kind") in kinds:
                del values["kind"]
            chosen.setdefault(setting.path, setting._replace(values=values))
    return list(chosen.values())


def _find(raw: Mapping[str, Any], path: Sequence[str]) -> Mapping[str, Any] | None:
    table: Any = raw
    for name in path:
        table = table.get(name) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else None
