"""Check all of tasks/tasks.toml, also the tables that the store does not read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from taskfiles.config.quick import plain_settings
from taskfiles.task.task import Unreadable

if TYPE_CHECKING:
    from taskfiles.config.model import Config
    from taskfiles.store.store import Store
    from taskfiles.task.findings import Finding


def check_config(store: Store) -> tuple[Config | None, list[Finding]]:
    """Return a store's configuration, None if it can't be used, and the findings of its problems."""
    config, findings = store.read_config()
    with suppress(Unreadable):  # already among the findings
        data = store.config_bytes() or b""
        findings = [*findings, *_check_rest(data)]
    return config, findings


def find_config_problems(store: Store) -> list[Finding]:
    """Return the findings of a store's configuration; a plain one, as most are, needs no models."""
    with suppress(Unreadable):
        data = store.config_bytes() or b""
        text = data.replace(b"\n", b"").decode(errors="replace")
        if text.isascii() and text.isprintable() and plain_settings(data) is not None:
            return []
    return check_config(store)[1]


def check_config_text(data: bytes) -> list[Finding]:
    """Return the findings of a configuration's bytes, which may be unsaved in an editor."""
    from taskfiles.config.model import parse_config  # noqa: PLC0415 (it needs pydantic)

    return [*parse_config(data)[1], *_check_rest(data)]


def _check_rest(data: bytes) -> list[Finding]:
    return [*_check_alerts(data), *_check_views(data), *_check_templates(data), *_check_chosen(data)]


def _check_alerts(data: bytes) -> list[Finding]:
    if b"alerts" not in data:
        return []
    from taskfiles.stats.thresholds import read_alerts  # noqa: PLC0415 (few projects have any)

    return read_alerts(data)[1]


def _check_views(data: bytes) -> list[Finding]:
    if b"views" not in data:
        return []
    from taskfiles.operations.views import check_views  # noqa: PLC0415 (as above)

    return check_views(data)


def _check_templates(data: bytes) -> list[Finding]:
    if b"templates" not in data:
        return []
    from taskfiles.config.templates import check_templates  # noqa: PLC0415 (as above)

    return check_templates(data)


def _check_chosen(data: bytes) -> list[Finding]:
    if b"migrate" not in data:
        return []
    from taskfiles.migrate.chosen import check_chosen  # noqa: PLC0415 (as above)

    return check_chosen(data)
