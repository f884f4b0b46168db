"""What alerts have found, for people: a line a finding, then what could not be judged, then a count."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from taskfiles import Finding
from taskfiles.errors import number_of
from taskfiles_cli.render.console import Console
from taskfiles_cli.render.table import one_line


def render_alerts(console: Console, answer: Mapping[str, Any]) -> str:
    """Render the answer of `stats --alerts`."""
    return "".join(f"{line}\n" for line in _lines(console, answer))


def _lines(console: Console, answer: Mapping[str, Any]) -> Iterator[str]:
    alerts, findings = answer["alerts"], answer["findings"]
    if not alerts:
        yield "tasks/tasks.toml has no [[alerts]]."
        return
    for each in findings:
        told = {name: each[name] for name in ("severity", "message", "path", "line", "column", "hint")}
        yield console.finding_line(Finding(code="alert", field=None, **told), sys.stdout)
    for each in answer["insufficient"]:
        yield f"Not judged: {one_line(each['message'])}"
    for alert in alerts:
        if not alert["groups"]:
            yield f"Not judged: {one_line(alert['alert'])} finds no group."
    groups = sum(alert["groups"] for alert in alerts)
    found = number_of(len(findings), "finding") if findings else "nothing to report"
    yield f"{number_of(len(alerts), 'alert')}, {number_of(groups, 'group')}: {found}."
