"""What alerts have found, for people: a line a finding, then what could not be judged, then a count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from taskfiles import Finding
from taskfiles.errors import number_of
from taskfiles_cli.render.console import finding_line
from taskfiles_cli.render.lines import Line


def render_alerts(answer: Mapping[str, Any]) -> Iterator[Line]:
    """Render the answer of `stats --alerts`."""
    alerts, findings = answer["alerts"], answer["findings"]
    if not alerts:
        yield "tasks/tasks.toml has no [[alerts]]."
        return
    for each in findings:
        given = {name: each[name] for name in ("severity", "message", "path", "line", "column", "hint")}
        yield finding_line(Finding(code="alert", field=None, **given))
    for each in answer["insufficient"]:
        yield f"Not judged: {each['message']}"
    for alert in alerts:
        if not alert["groups"]:
            yield f"Not judged: {alert['alert']} finds no group."
    groups = sum(alert["groups"] for alert in alerts)
    found = number_of(len(findings), "finding") if findings else "nothing to report"
    yield f"{number_of(len(alerts), 'alert')}, {number_of(groups, 'group')}: {found}."
