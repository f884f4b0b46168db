"""Everything that is wrong with tasks/tasks.toml, alerts included, which the store knows nothing of."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from taskfiles.task.task import Unreadable

if TYPE_CHECKING:
    from taskfiles.config.model import Config
    from taskfiles.store.store import Store
    from taskfiles.task.findings import Finding


def check_config(store: Store) -> tuple[Config | None, list[Finding]]:
    """Read a store's configuration, None where it can't be used; every problem is a finding."""
    config, findings = store.read_config()
    with suppress(Unreadable):  # which has been told
        findings = [*findings, *_check_alerts(store.config_bytes() or b"")]
    return config, findings


def check_config_text(data: bytes) -> list[Finding]:
    """Find the problems of a configuration as an editor holds it."""
    from taskfiles.config.model import parse_config  # noqa: PLC0415 (it needs pydantic)

    return [*parse_config(data)[1], *_check_alerts(data)]


def _check_alerts(data: bytes) -> list[Finding]:
    if b"alerts" not in data:
        return []
    from taskfiles.stats.thresholds import read_alerts  # noqa: PLC0415 (few projects have any)

    return read_alerts(data)[1]
