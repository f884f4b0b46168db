"""`tasks stats --alerts`: thresholds judged by hand and by a law, and refused where they are wrong."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support.attempts import morning
from support.in_process import call
from support.layouts import in_states
from support.paths import TESTS
from support.project import Done, Project
from support.reference_stats import figures
from taskfiles import parse_task
from taskfiles.config.model import parse_config
from taskfiles.schema.files import read_schema
from taskfiles.stats.alerts import judge, narrow
from taskfiles.stats.figures import FIGURES
from taskfiles.stats.report import make_report, report_object
from taskfiles.stats.rows import Scope, gather
from taskfiles.stats.thresholds import Severity, read_alerts

SCHEMA = Draft202012Validator(read_schema("stats-alerts"))
UNTIL = ("--until", "2025-11-09")
NOON = datetime(2025, 11, 9, 12, tzinfo=UTC)
SLOW = 'metric = "duration_p50"\nabove = 600\nby = ["model"]\nleast = 1\n'


@pytest.fixture
def shop(project: Project) -> Project:
    """Opus succeeds at two of six clear tasks, at ten minutes each; gpt at its only one, in twenty."""
    for number in range(6):
        status = "completed" if number < 2 else "failed"
        attempts = json.dumps({"attempts": [morning(2 + number, 10, status)]})
        project.task(f"t-{number}", extra=f"execution: {attempts}\n")
    project.task("other", extra=f"execution: {json.dumps({'attempts': [morning(1, 20, model='gpt')]})}\n")
    return project


def watch(project: Project, *tables: str, argv: tuple[str, ...] = UNTIL) -> Done:
    project.configure("".join(f"[[alerts]]\n{table}" for table in tables))
    return call(project, "stats", "--alerts", *argv)


def ask(project: Project, *tables: str, code: int = 0, argv: tuple[str, ...] = UNTIL) -> dict[str, Any]:
    done = watch(project, *tables, argv=(*argv, "--output", "json"))
    assert done.code == code, done.err
    SCHEMA.validate(done.json)
    answer: dict[str, Any] = done.json
    return answer


def fired(answer: Mapping[str, Any]) -> list[tuple[str | None, ...]]:
    return [tuple(each["key"].values()) for each in answer["findings"]]


@in_states
def test_a_rate_that_is_too_low(shop: Project) -> None:
    answer = ask(shop, 'name = "fails"\nmetric = "success_rate"\nbelow = 0.6\n', code=1)
    (found,) = answer["findings"]
    assert found.pop("low") == pytest.approx(0.0967714, abs=1e-7)
    assert found.pop("high") == pytest.approx(0.7000067, abs=1e-7)
    message = (
        "fails: model opus, ambiguity low: success_rate is 33.33%, below 60% "
        "(tasks: 6; 95 % interval 9.677% to 70%, which reaches over the threshold)."
    )
    assert found == {
        "alert": "fails",
        "severity": "error",
        "message": message,
        "path": "tasks/tasks.toml",
        "line": 1,
        "column": 3,
        "hint": "`tasks stats --by model,ambiguity --until 2025-11-09T00:00:00Z` shows the figures.",
        "key": {"model": "opus", "ambiguity": "low"},
        "metric": "success_rate",
        "value": 2 / 6,
        "below": 0.6,
        "above": None,
        "n": 6,
        "cases": "tasks",
        "least": 5,
        "insufficient": False,
    }
    (few,) = answer["insufficient"]
    assert few["key"] == {"model": "gpt", "ambiguity": "low"}
    assert (few["n"], few["value"], few["insufficient"]) == (1, 1.0, True)
    assert few["message"].endswith("success_rate rests on too little (tasks: 1, fewer than 5).")
    assert answer["alerts"] == [
        {
            "alert": "fails",
            "metric": "success_rate",
            "below": 0.6,
            "above": None,
            "by": ["model", "ambiguity"],
            "where": {},
            "since": None,
            "until": "2025-11-09T00:00:00Z",
            "least": 5,
            "severity": "error",
            "groups": 2,
            "fired": 1,
            "insufficient": 1,
        }
    ]
    assert answer["filter"] == {"until": "2025-11-09T00:00:00Z", "states": [], "task": None}


def test_a_bound_leaves_chance_out(shop: Project) -> None:
    """The rate is far below, and its upper bound is not: six tasks could do better by luck."""
    bound = 'metric = "success_rate_high"\nbelow = 0.{}\nby = ["model"]\n'
    assert fired(ask(shop, bound.format("7"))) == []
    answer = ask(shop, bound.format("71"), code=1)
    assert fired(answer) == [("opus",)]
    assert answer["findings"][0]["low"] is answer["findings"][0]["high"] is None


def test_a_threshold_itself_is_no_finding(shop: Project) -> None:
    for side in ("below", "above"):
        assert fired(ask(shop, f'metric = "successes"\n{side} = 2\nby = ["model"]\n')) == []
    assert fired(ask(shop, 'metric = "successes"\nbelow = 2.5\nby = ["model"]\n', code=1)) == [("opus",)]
    assert fired(ask(shop, 'metric = "successes"\nabove = 1.5\nby = ["model"]\n', code=1)) == [("opus",)]


def test_only_the_groups_that_are_meant(shop: Project) -> None:
    assert fired(ask(shop, SLOW, code=1)) == [("gpt",)]
    answer = ask(shop, SLOW + 'where = { model = "opus" }\n')
    assert (fired(answer), answer["alerts"][0]["groups"]) == ([], 1)
    assert answer["alerts"][0]["where"] == {"model": "opus"}
    done = watch(shop, SLOW + 'where = { model = "nobody" }\n')
    assert done.out == ("Not judged: alerts[0] finds no group.\n1 alert, 0 groups: nothing to report.\n")


def test_windows_end_where_they_are_told_to(shop: Project) -> None:
    few = 'metric = "attempts"\nbelow = 3\nby = []\nleast = 0\nwindow = "48h"\n'
    for until, n in (
        ("2025-11-09", 1),
        ("2025-11-08", 2),
        ("2025-11-08T10:10:00Z", 2),
        ("2025-11-08T10:10:01Z", 1),
        ("2025-11-30", 0),
    ):
        answer = ask(shop, few, code=1, argv=("--until", until))
        assert answer["findings"][0]["value"] == answer["findings"][0]["n"] == n
    alert = answer["alerts"][0]
    assert (alert["since"], alert["until"]) == ("2025-11-28T00:00:00Z", "2025-11-30T00:00:00Z")
    assert answer["findings"][0]["hint"] == (
        "`tasks stats --since 2025-11-28T00:00:00Z --until 2025-11-30T00:00:00Z` shows the figures."
    )
    assert (
        answer["findings"][0]["message"] == "alerts[0]: all attempts: attempts is 0, below 3 (attempts: 0)."
    )
    without_end = ask(shop, few, code=1, argv=())
    assert (without_end["filter"]["until"], without_end["findings"][0]["value"]) == (None, 0)
    assert ask(shop, few.replace("48h", "999999999d"), argv=())["alerts"][0]["since"] is None


@in_states
def test_each_alert_has_its_own_groups(shop: Project) -> None:
    answer = ask(
        shop, SLOW, 'metric = "attempts"\nabove = 6\nby = []\n', SLOW + 'severity = "warning"\n', code=1
    )
    assert [(each["alert"], each["key"], each["line"]) for each in answer["findings"]] == [
        ("alerts[0]", {"model": "gpt"}, 1),
        ("alerts[1]", {}, 6),
        ("alerts[2]", {"model": "gpt"}, 10),
    ]


def test_a_warning_fails_when_that_is_asked_for(shop: Project) -> None:
    warning = SLOW + 'severity = "warning"\n'
    assert watch(shop, warning).code == 0
    assert watch(shop, warning, argv=(*UNTIL, "--strict")).code == 1
    assert watch(shop, warning, SLOW).code == 1
    assert watch(shop, SLOW.replace("600", "6000"), argv=(*UNTIL, "--strict")).code == 0


def test_unknown_is_not_zero(shop: Project) -> None:
    answer = ask(shop, 'metric = "cost_usd_micros"\nbelow = 5\nby = []\nleast = 0\n')
    assert answer["findings"] == []
    assert answer["insufficient"][0]["message"] == (
        "alerts[0]: all attempts: cost_usd_micros rests on too little "
        "(cost_known_attempts: 0, nothing to compare)."
    )


def test_states_and_a_task_narrow_every_alert(shop: Project) -> None:
    all_of = 'metric = "attempts"\nabove = 0\nby = []\nleast = 0\n'
    assert ask(shop, all_of, code=1)["findings"][0]["n"] == 7
    narrowed = ask(shop, all_of, code=1, argv=("--task", "t-1", "--state", "ready"))
    assert narrowed["findings"][0]["n"] == 1
    assert narrowed["filter"] == {"until": None, "states": ["ready"], "task": "t-1"}
    assert narrowed["findings"][0]["hint"] == "`tasks stats --state ready --task t-1` shows the figures."
    assert ask(shop, all_of, argv=("--state", "done"))["findings"] == []
    assert watch(shop, all_of, argv=("--task", "nobody")).code == 3


def test_formats_say_the_same(shop: Project) -> None:
    odd = SLOW + 'name = "too, \\u001b[31mslow"\n'
    findings = ask(shop, odd, code=1)["findings"]
    lines = watch(shop, odd, argv=(*UNTIL, "-o", "jsonl")).out.splitlines()
    assert [json.loads(line) for line in lines] == findings
    (row,) = csv.DictReader(io.StringIO(watch(shop, odd, argv=(*UNTIL, "-o", "csv")).out))
    assert row == {
        name: json.dumps(value) if name == "key" else "" if value is None else str(value).lower()
        if isinstance(value, bool) else str(value)
        for name, value in findings[0].items()
    }  # fmt: skip
    assert watch(shop, odd, argv=(*UNTIL, "-o", "plain")).out == "too, \\x1b[31mslow\tgpt\n"
    for output in ("jsonl", "plain"):
        done = watch(shop, SLOW.replace("600", "6000"), argv=(*UNTIL, "-o", output))
        assert (done.code, done.out) == (0, "")


@in_states
def test_what_people_see(shop: Project) -> None:
    """A golden answer: a finding of each severity, a group with too few cases, an alert without a group."""
    done = watch(
        shop,
        'name = "fails"\nmetric = "success_rate"\nbelow = 0.6\n',
        SLOW + 'severity = "warning"\nname = "\\u001b[31mslow"\n',
        'metric = "tasks"\nbelow = 9\nwhere = { model = "none" }\n',
    )
    golden = TESTS / "golden" / "alerts.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(done.out, encoding="utf-8")
    assert (done.code, done.out, done.err) == (1, golden.read_text(encoding="utf-8"), "")


def test_no_alert_is_no_finding(project: Project) -> None:
    done = call(project, "stats", "--alerts")
    assert (done.code, done.out) == (0, "tasks/tasks.toml has no [[alerts]].\n")
    answer = ask(project)
    assert answer["alerts"] == answer["findings"] == answer["insufficient"] == []


def test_it_reads_and_nothing_else(shop: Project) -> None:
    watch(shop, SLOW)
    before = shop.tree()
    assert call(shop, "stats", "--alerts").code == 1
    assert shop.tree() == before
    assert not (shop.root / ".git/tasks/telemetry").exists()


@pytest.mark.parametrize(
    "argv", ["--by model", "--since 7d", "--limit 1", "--plans", "--without-telemetry"], ids=str.split
)
def test_what_has_no_use_for_alerts_is_refused_beside_them(shop: Project, argv: str) -> None:
    done = watch(shop, SLOW, argv=tuple(argv.split()))
    assert (done.code, done.out) == (2, "")
    assert f"{argv.split(maxsplit=1)[0]} can't go with --alerts." in done.err
    assert call(shop, "stats", *argv.split()).code == 0


def test_strict_goes_with_alerts_alone(shop: Project) -> None:
    done = call(shop, "stats", "--strict")
    assert (done.code, done.out) == (2, "")
    assert "--strict goes with --alerts." in done.err


WRONG = """\
[[alerts]]
name = "a"
metric = "sucess_rate"
below = 0.5
colour = 1
[[alerts]]
name = "a"
metric = "success_rate"
above = 60
"""


@in_states
def test_everything_wrong_with_alerts_is_told_and_stops_nothing_else(shop: Project) -> None:
    shop.configure(WRONG)
    done = call(shop, "stats", "--alerts")
    assert (done.code, done.out) == (5, "")
    assert done.err.splitlines() == [
        (
            "tasks/tasks.toml:5:1: warning[config-unknown-key] `alerts[0].colour` is not a setting. "
            "Remove it, or correct its name."
        ),
        (
            'tasks/tasks.toml:7:8: error[config-value] `alerts[1].name` can\'t be "a": alerts[0] has '
            "that name. Give it another name, or none."
        ),
        (
            "tasks/tasks.toml:9:9: error[config-value] `alerts[1].above` can't be the number 60: "
            "a rate is from 0 to 1. Write 60 % as 0.6."
        ),
        (
            "tasks/tasks.toml:3:10: error[bad-config] tasks/tasks.toml can't be used: `alerts[0].metric` "
            'can\'t be "sucess_rate": it is not a figure.'
        ),
        "hint: Fix that line; `tasks validate` lists every problem of the file.",
    ]
    found = call(shop, "validate", "tasks/tasks.toml", "--output", "json").json["findings"]
    assert [each["line"] for each in found] == [3, 5, 7, 9]
    assert found[0]["hint"].startswith("Did you mean success_rate?")
    held = call(shop, "validate", "-", "--stdin-path", "tasks/tasks.toml", "-o", "json", stdin=WRONG)
    assert held.json["findings"] == found
    seen = call(shop, "doctor", "--output", "json").json["results"]
    assert [each["line"] for each in seen if each["check"] == "configuration"] == [3, 5, 7, 9]
    for line in ("list", "stats", "update t-0 --meta size=xl", "new --title Another", "init"):
        assert call(shop, *line.split()).code == 0, line


def test_a_file_that_cant_be_used_is_refused_as_ever(shop: Project) -> None:
    for text in ("format = 'x'\n" + WRONG, "alerts = 5\n", "[[alerts]\n"):
        shop.configure(text)
        assert call(shop, "stats", "--alerts").code == 5
        assert call(shop, "stats").code == 0


@in_states
def test_a_dimension_that_no_task_has(shop: Project) -> None:
    done = watch(shop, SLOW, 'name = "typo"\nmetric = "tasks"\nabove = 1\nby = ["size", "modle"]\n')
    assert (done.code, done.out) == (5, "")
    assert done.err.startswith(
        "tasks/tasks.toml:10:6: error[bad-config] tasks/tasks.toml can't be used: "
        "the alert typo is by “modle”, which no task has. Did you mean model?"
    )
    shop.task("more", modle="x")
    assert watch(shop, SLOW, 'metric = "tasks"\nabove = 1\nby = ["size", "modle"]\n').code == 1


@in_states
def test_a_new_project_shows_how_and_watches_nothing(project: Project) -> None:
    assert call(project, "init").code == 0
    text = (project.root / "tasks/tasks.toml").read_text()
    assert read_alerts(text.encode()) == ([], [])
    told = text.replace("# [[", "[[").replace("# metric", "metric").replace("# below", "below")
    (alert,), findings = read_alerts(told.replace("# window", "window").encode())
    assert (alert.metric, alert.below, alert.window, findings) == ("success_rate", 0.5, 30 * 86_400, [])


# Laws

COUNTS, SIZES = st.sampled_from([0, 1, 6, 9]), st.sampled_from(["small", "xl"])
STATUSES, MODELS = st.sampled_from(["completed", "failed", "abandoned"]), st.sampled_from(["a", "b"])
COSTS = st.none() | st.integers(0, 9)
ATTEMPTS = st.lists(
    st.tuples(st.builds(morning, st.integers(1, 9), st.integers(0, 90), STATUSES, MODELS), COSTS), max_size=4
)


@st.composite
def tasks(draw: st.DrawFn) -> list[dict[str, Any]]:
    made = []
    for number in range(draw(COUNTS)):
        front: dict[str, Any] = {"id": f"t-{number}", "title": "T", "state": "ready", "size": draw(SIZES)}
        attempts = [
            {**each, **({} if cost is None else {"cost": {"actual_usd_micros": cost}})}
            for each, cost in draw(ATTEMPTS)
        ]
        if attempts:
            front["execution"] = {"attempts": attempts}
        made.append(front)
    return made


THRESHOLDS = st.sampled_from([0, 1, 2, 0.5, 1 / 3, 600])


@given(
    tasks(),
    st.sampled_from([each for each in FIGURES if each.cases is not None]),
    st.sampled_from(["below", "above"]),
    THRESHOLDS,
    st.sampled_from([["model"], ["model", "size"], ["size"], []]),
    st.none() | st.integers(1, 9),
    st.integers(0, 6),
    st.sampled_from([{}, {"model": "a"}]),
)
def test_an_alert_fires_where_a_plain_computation_says_so(  # noqa: PLR0917 (Hypothesis gives them in order)
    fronts: list[dict[str, Any]],
    figure: Any,
    side: str,
    threshold: float,
    by: list[str],
    days: int | None,
    least: int,
    where: dict[str, str],
) -> None:
    if figure.kind == "rate":
        threshold = min(threshold, 1)
    where = where if "model" in by else {}
    table = f"metric = '{figure.name}'\n{side} = {threshold}\nby = {by}\nleast = {least}\n"
    table += f"window = '{days}d'\n" if days else ""
    table += "".join(f"where.{name} = '{value}'\n" for name, value in where.items())
    (alert,), findings = read_alerts(f"[[alerts]]\n{table}".encode())
    assert (findings, alert.severity) == ([], Severity.ERROR)
    scope = narrow(alert, Scope(until=NOON), NOON + timedelta(days=99))
    parsed = [parse_task(f"tasks/10-ready/task-{front['id']}.md", text(front)) for front in fronts]
    answer = report_object(make_report(gather(parsed, scope, alert.by), scope, alert.by))
    judged = judge(alert, answer)

    expected = figures(fronts, by, None if days is None else NOON - timedelta(days=days), NOON)
    meant = {
        key: told
        for key, told in expected.items()
        if all(dict(zip(by, key, strict=True))[name] == value for name, value in where.items())
    }
    for each in judged:
        assert each.fires + each.insufficient <= 1
    found = {tuple(each.key.values()): each for each in judged}
    if not by and not meant:  # the one group that is there without an attempt
        (empty,) = judged
        assert empty.n == 0
        assert empty.value in {0, None}
        return
    assert found.keys() == meant.keys()
    for key, told in meant.items():
        value, n = told[figure.name], told[figure.cases]
        enough = value is not None and n >= least
        beyond = enough and (value < threshold if side == "below" else value > threshold)
        if enough and abs(value - threshold) < 1e-9 and value != threshold:
            continue  # the other computation is exact to twelve digits only
        assert (found[key].n, found[key].insufficient, found[key].fires) == (n, not enough, beyond)


def text(front: dict[str, Any]) -> bytes:
    return f"---\n{json.dumps(front)}\n---\n".encode()


ODD = st.sampled_from(["0", "-1", "0.5", "nan", "true", "''", "'model'", "'30d'", "[]", "['model']", "{}"])
ODD |= st.sampled_from(["{a = 1}", "2026-12-01", "'success_rate'", "'warning'", "[[1]]", "9e999", "1" * 400])
KEYS = ["name", "metric", "below", "above", "by", "where", "window", "least", "severity", "x_own", "colour"]
TABLES = st.lists(st.dictionaries(st.sampled_from(KEYS), ODD, max_size=6), max_size=3)


@given(TABLES)
def test_whatever_stands_in_alerts_is_read_or_pointed_at(tables: list[dict[str, str]]) -> None:
    lines = [f"{key} = {value}" for table in tables for key, value in [("[[", ""), *table.items()]]
    data = "\n".join("[[alerts]]" if line.startswith("[[") else line for line in lines).encode()
    alerts, findings = read_alerts(data)
    wrong = {
        finding.field.split("]")[0] for finding in findings if finding.severity == "error" and finding.field
    }
    assert len(alerts) == len(tables) - len(wrong)
    assert parse_config(data)[0] is not None
    for finding in findings:
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 10
    for alert in alerts:
        assert (alert.below is None) != (alert.above is None)
