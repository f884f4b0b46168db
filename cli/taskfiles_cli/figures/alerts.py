"""`tasks stats --alerts`: the groups that are beyond a threshold of tasks/tasks.toml."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from taskfiles import Snapshot, Store, TaskfilesError
from taskfiles.backlog.problems import NO_PROBLEMS, Problems
from taskfiles.backlog.snapshot import bad_config
from taskfiles.basics.jsontext import json_text
from taskfiles.stats.alerts import alerts_object, judge, narrow
from taskfiles.stats.dimensions import DIMENSIONS
from taskfiles.stats.report import assemble, make_report, report_object
from taskfiles.stats.rows import Gathered, Scope
from taskfiles.stats.thresholds import Alert, Severity, read_alerts
from taskfiles.task.names import CONFIG_PATH
from taskfiles.task.values import suggest
from taskfiles_cli.command.session import Session
from taskfiles_cli.figures.dataset import Fleet
from taskfiles_cli.figures.dimensions import find_unknown
from taskfiles_cli.line.output_format import StatsFormat
from taskfiles_cli.render.alerts import render_alerts
from taskfiles_cli.render.console import Console
from taskfiles_cli.render.csvtext import render_csv
from taskfiles_cli.render.stats import values_row

Answers = tuple[list[dict[str, Any]], Problems]
Look = Callable[[Snapshot, Scope, Sequence[str], str | None], tuple[Gathered, Scope, Problems]]
_COLUMNS = (
    "alert", "severity", "message", "path", "line", "column", "hint", "key", "metric", "value", "low", "high",
    "below", "above", "n", "cases", "least", "insufficient",
)  # fmt: skip


def answer_alerts(
    session: Session,
    scope: Scope,
    task: str | None,
    source: Look | Fleet,
    *,
    strict: bool,
    safe_csv: bool = False,
) -> int:
    """Judge the groups of each alert in the project's tasks, or in a dataset, and answer.

    `source` looks at a snapshot, one for all alerts, or is a dataset. A scope's end is where all windows
    end. Gives the exit code. Raises TaskfilesError (bad-config), and as the source does.
    """
    alerts = _load(session)
    now = session.store.now()
    scopes = [narrow(alert, scope, now) for alert in alerts]
    asked = list(zip(alerts, scopes, strict=True))
    if isinstance(source, Fleet):
        answers, problems = _ask_dataset(source, asked, task)
    else:
        answers, problems = _ask_files(session.store, asked, task, source) if asked else ([], NO_PROBLEMS)
    judged = [(alert, each, judge(alert, each)) for alert, each in zip(alerts, answers, strict=True)]
    answer = alerts_object(judged, scope, task, _point_to_figures)
    _answer(session.console, answer, safe=safe_csv)
    session.warn_problems(problems)
    wrong = set(Severity) if strict else {Severity.ERROR}
    return 1 if any(finding["severity"] in wrong for finding in answer["findings"]) else 0


def _ask_files(store: Store, asked: Sequence[tuple[Alert, Scope]], task: str | None, look: Look) -> Answers:
    def ask(snapshot: Snapshot) -> Answers:
        answers: list[dict[str, Any]] = []
        problems = NO_PROBLEMS
        for alert, scope in asked:
            gathered, own, problems = look(snapshot, scope, alert.by, task)
            _check_dimensions(alert, DIMENSIONS, find_unknown(alert.by, gathered))
            answers.append(report_object(make_report(gathered, own, alert.by, task=task)))
        return answers, problems

    return store.with_snapshot(ask)


def _ask_dataset(fleet: Fleet, asked: Sequence[tuple[Alert, Scope]], task: str | None) -> Answers:
    answers = []
    for alert, scope in asked:
        answered = fleet.ask(scope, alert.by, task)
        _check_dimensions(alert, fleet.dimensions, answered.unknown)
        answers.append(report_object(assemble(answered.measured, scope, alert.by, task=task)))
    return answers, NO_PROBLEMS


def _load(session: Session) -> list[Alert]:
    """Read the alerts of a configuration that can be used; every problem of theirs is shown."""
    store = session.store
    store.load_config()
    alerts, findings = read_alerts(store.config_bytes() or b"")
    wrong = [finding for finding in findings if finding.severity == "error"]
    session.warn_findings([finding for finding in findings if finding not in wrong[:1]])
    if wrong:
        raise bad_config(wrong[0])
    return alerts


def _point_to_figures(alert: Alert, answer: Mapping[str, Any]) -> str:
    """Name the command line whose answer holds the groups of an alert."""
    chosen = answer["filter"]
    options = [
        ("--by", ",".join(alert.by)),
        ("--since", chosen["since"]),
        ("--until", chosen["until"]),
        ("--state", ",".join(chosen["states"])),
        ("--task", chosen["task"]),
    ]
    given = [word for option, value in options if value for word in (option, value)]
    return f"`{shlex.join(['tasks', 'stats', *given])}` shows the figures."


def _check_dimensions(alert: Alert, known: Sequence[str], unknown: Sequence[str]) -> None:
    """Refuse the first of the dimensions that nothing has."""
    for name in unknown:
        line, column = alert.by_place
        problem = (
            f"the alert {alert.label} is by “{name}”, which no task has. {suggest(name, known)}".rstrip()
        )
        raise TaskfilesError("bad-config", path=CONFIG_PATH, line=line, column=column, problem=problem)


def _answer(console: Console, answer: dict[str, Any], *, safe: bool) -> None:
    findings = answer["findings"]
    if console.output == StatsFormat.CSV:
        flat = ({**each, "key": json_text(each["key"], blanks=True)} for each in findings)
        console.write(render_csv(_COLUMNS, ([each[name] for name in _COLUMNS] for each in flat), safe=safe))
        return
    console.answer(
        findings if console.output == StatsFormat.JSONL else answer,
        human=lambda: render_alerts(answer),
        plain=[[each["alert"], *values_row(each["key"])] for each in findings],
    )
