"""Findings for people, for GitHub's log and as SARIF."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

from taskfiles import FINDINGS, Finding, Report, __version__
from taskfiles.errors import number_of
from taskfiles.task.codes import SEVERITIES
from taskfiles.task.wire import findings_object
from taskfiles_cli.render.console import finding_line
from taskfiles_cli.render.lines import Line, Painted, disarm, escape
from taskfiles_cli.render.remedies import REMEDIES

_PART = re.compile(r"\{\w+\}")
_GITHUB_LEVELS = {"error": "error", "warning": "warning", "hint": "notice"}
_SARIF_LEVELS = {"error": "error", "warning": "warning", "hint": "note"}
_FEW = 20  # findings that are all shown
_EXAMPLES, _MANY_CODES = 3, 15
_LONGEST_TEXT = 160  # characters of a message or hint among many
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_human(report: Report, *, every: bool = False) -> list[Line]:
    """One finding a line, of many a few of each code, then a count; with `every` each is a line."""
    findings = report.findings
    lines: list[Line] = [*map(finding_line, findings)] if every or len(findings) <= _FEW else _group(findings)
    lines.append(summary(findings, report.files))
    return [*lines, _describe_rules(report)] if report.rules else lines


def _group(findings: Sequence[Finding]) -> list[Line]:
    """Show a few findings of each severity and code, the gravest and most frequent first."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.code), []).append(finding)
    ordered = sorted(groups.items(), key=lambda each: (SEVERITIES.index(each[1][0].severity), -len(each[1])))
    shown = _EXAMPLES if len(groups) <= _MANY_CODES else 1
    lines: list[Line] = []
    for (severity, code), found in ordered:
        examples = _pick_examples(found, shown)
        lines += [finding_line(_shorten(finding)) for finding in examples]
        if left := len(found) - len(examples):
            files = number_of(len({finding.path for finding in found}), "file")
            rest = f"; there are {len(found)} in {files}."
            lines.append(Painted(f"… and {left} more ", severity, f"{severity}[{code}]", rest))
    if any(len(found) > shown for found in groups.values()):
        lines.append("Every finding: `tasks validate --all`, or those of a file: `tasks validate PATH`.")
    return lines


def _pick_examples(found: Sequence[Finding], count: int) -> list[Finding]:
    """Pick findings that say different things where there are such, in their order."""
    different: dict[str, int] = {}
    for number, finding in enumerate(found):
        if len(different) < count:
            different.setdefault(finding.message, number)
    numbers = list(different.values())
    numbers += [number for number in range(min(count, len(found))) if number not in numbers]
    return [found[number] for number in sorted(numbers[:count])]


def _shorten(finding: Finding) -> Finding:
    return finding._replace(message=_cut(finding.message), hint=_cut(finding.hint))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def _describe_rules(report: Report) -> str:
    hidden = f" ({number_of(report.hidden, 'finding')} not shown)" if report.hidden else ""
    rules = number_of(report.rules, "rule")
    return f"tasks/tasks.toml changes the severity of {rules}{hidden}; --default-rules ignores that."


def summary(findings: Sequence[Finding], files: int) -> str:
    """Count files and findings in one sentence."""
    counts = findings_object(findings, files)["summary"]
    found = ", ".join(
        f"{n} {name[:-1] if n == 1 else name}" for name, n in counts.items() if n and name != "files"
    )
    return f"{number_of(files, 'file')}: {found or 'nothing to report'}."


def render_github(findings: Sequence[Finding]) -> str:
    """Workflow commands, so that a run annotates the lines of a pull request."""
    return "".join(
        f"::{_GITHUB_LEVELS[f.severity]} file={_property(f.path)},line={f.line},col={f.column},"
        f"title={_property(f.code)}::{_data(f'{f.message} {f.hint}')}\n"
        for f in findings
    )


def _data(text: str) -> str:
    return disarm(escape(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """Build a SARIF 2.1.0 log with every rule that was broken."""
    codes = sorted({finding.code for finding in findings})
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "tasks",
                        "version": __version__,
                        "rules": [_rule(code) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, codes) for finding in findings],
            }
        ],
    }


def _rule(code: str) -> dict[str, Any]:
    spec = FINDINGS[code]
    return {
        "id": code,
        "shortDescription": {"text": spec.why},
        "help": {"text": _PART.sub("…", REMEDIES.get(f"finding.{code}", spec.hint))},
        "defaultConfiguration": {"level": _SARIF_LEVELS[spec.severity]},
    }


def _result(finding: Finding, codes: list[str]) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column}
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": f"{finding.message} {finding.hint}"},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": _uri(finding.path)}, "region": region}}
        ],
    }


def _uri(path: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415 (only SARIF needs it)

    return quote(os.fsencode(path), safe="/")
