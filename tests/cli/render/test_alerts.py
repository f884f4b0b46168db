"""What alerts have found, for people."""

from __future__ import annotations

from typing import Any

from support.streams import as_written
from taskfiles_cli.render.alerts import render_alerts


def shown(answer: dict[str, Any]) -> list[str]:
    return as_written(render_alerts(answer)).splitlines()


def answer(*findings: str, few: tuple[str, ...] = (), groups: tuple[int, ...] = (2,)) -> dict[str, Any]:
    place = {"severity": "error", "path": "tasks/tasks.toml", "line": 3, "column": 1, "hint": "Look."}
    return {
        "alerts": [{"alert": f"a-{number}", "groups": count} for number, count in enumerate(groups)],
        "findings": [{**place, "message": message} for message in findings],
        "insufficient": [{"message": message} for message in few],
    }


def test_findings_come_first_then_what_was_not_judged_then_a_count() -> None:
    assert shown(answer("Too slow.", few=("Too\nfew.",), groups=(2, 0))) == [
        "tasks/tasks.toml:3:1: error[alert] Too slow. Look.",
        "Not judged: Too\\nfew.",
        "Not judged: a-1 finds no group.",
        "2 alerts, 2 groups: 1 finding.",
    ]


def test_nothing_to_report_is_said() -> None:
    assert shown(answer(groups=(1,))) == ["1 alert, 1 group: nothing to report."]


def test_without_an_alert_that_is_said() -> None:
    assert shown(answer(groups=())) == ["tasks/tasks.toml has no [[alerts]]."]
