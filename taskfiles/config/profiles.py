"""The text that `init` writes into a new tasks/tasks.toml: a profile's settings, and sinks; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from taskfiles.config.edit import value_text
from taskfiles.task.keys import FORMAT
from taskfiles.task.layout import FLAT

if TYPE_CHECKING:
    from taskfiles.config.model import Config

HEAD = f"""# Settings of this project's tasks; every key has a default (`tasks help format`).
format = {FORMAT}
layout = "{{layout}}"
"""
_NOTES = {
    "dev": "# Profile dev: people and a few agents at one machine. These are the defaults.\n",
    "prod": "# Profile prod: agents that nobody watches. They wait longer, and begin only what is clear.\n",
}
ALERTS_NOTE = """
# What `tasks stats --alerts` is to find; any figure of docs/reference/metrics.md.
# [[alerts]]
# metric = "success_rate"
# below = 0.5
# window = "30d"
"""
# Values in TOML. Those of `dev` are the defaults, and are comments in the file: a file with no setting but
# its format is read without pydantic (see `plain_settings`).
PROFILES: dict[str, dict[str, str]] = {
    "dev": {
        "lock.timeout": '"10s"',
        "lease.duration": '"30m"',
        "run.max_ambiguity": '"high"',
        "run.allow_partial": "true",
    },
    "prod": {
        "lock.timeout": '"30s"',
        "lease.duration": '"1h"',
        "run.max_ambiguity": '"medium"',
        "run.allow_partial": "false",
    },
}


def config_text(profile: str | None, sinks: Sequence[str], layout: str = FLAT) -> str:
    """Return the text of a new tasks/tasks.toml."""
    text = HEAD.format(layout=layout)
    if profile is not None:
        mark = "# " if profile == "dev" else ""
        text += f"\n{_NOTES[profile]}"
        for table, lines in _tables(PROFILES[profile]).items():
            text += f"{mark}[{table}]\n" + "".join(f"{mark}{line}\n" for line in lines)
    if sinks:
        text += f"\n[telemetry]\nsinks = {value_text(list(sinks))}\n"
    return text + ALERTS_NOTE


def missing_settings(config: Config | None, profile: str | None, sinks: Sequence[str]) -> list[str]:
    """List the settings of a profile, and the sinks, that an existing configuration does not have.

    `config` is None if the existing one can't be used.
    """
    from taskfiles.config.model import parse_config  # noqa: PLC0415 (it needs pydantic)

    wanted = dict(PROFILES[profile]) if profile else {}
    if sinks:
        wanted["telemetry.sinks"] = value_text(list(sinks))
    missing = []
    for key, value in wanted.items():
        asked = parse_config(f"{key} = {value}\n".encode())[0]
        if config is None or asked is None or _value(config, key) != _value(asked, key):
            missing.append(f"{key} = {value}")
    return missing


def _value(config: Config, key: str) -> object:
    value: object = config
    for part in key.split("."):
        value = getattr(value, part)
    return value


def _tables(settings: dict[str, str]) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    for key, value in settings.items():
        table, _, name = key.partition(".")
        tables.setdefault(table, []).append(f"{name} = {value}")
    return tables
