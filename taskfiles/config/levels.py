"""`[rules]` in tasks.toml: how grave `validate` shows each finding; pure.

What is valid, refused, ready or counted goes by the built-in severity, whatever stands there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Literal

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.codes import FINDINGS, SEVERITIES, Severity
from taskfiles.task.findings import Finding

Level = Literal["off", "hint", "warning", "error"]
LEVELS: tuple[Level, ...] = ("off", "hint", "warning", "error")
RULES = "rules"  # the name of the table


class Shown(NamedTuple):
    """Findings as a project wants them, the number of those not shown, and of rules that it changed."""

    findings: list[Finding]
    hidden: int
    changed: int


def read_levels(data: bytes | None) -> dict[str, Level]:
    """Return the level of each code whose severity a project changes, from the bytes of its tasks.toml.

    What is wrong there is left out: `parse_config` makes findings of it.
    """
    if not data or RULES.encode() not in data:
        return {}
    try:
        table = tomllib.loads(data.removeprefix(b"\xef\xbb\xbf").decode()).get(RULES)
    except (ValueError, RecursionError):
        return {}
    rules = table if isinstance(table, Mapping) else {}
    return {
        code: level
        for code, level in rules.items()
        if level in LEVELS and code in FINDINGS and level != FINDINGS[code].severity
    }


def apply_levels(findings: Iterable[Finding], levels: Mapping[str, Level]) -> Shown:
    """Return findings with the severities that a project wants, without those that it turns off."""
    shown: list[Finding] = []
    hidden = 0
    for finding in findings:
        severity = _severity(levels.get(finding.code, finding.severity))
        if severity is None:
            hidden += 1
        else:
            shown.append(finding._replace(severity=severity))
    return Shown(shown, hidden, len(levels))


def _severity(level: Level) -> Severity | None:
    return next((severity for severity in SEVERITIES if severity == level), None)
