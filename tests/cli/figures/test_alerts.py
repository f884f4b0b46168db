"""Alerts judged on task files and on datasets, and answered in every format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.in_process import call, inside, ok
from support.layouts import in_states
from support.project import Project
from support.report_material import attempt, put
from support.streams import in_memory
from taskfiles import TaskfilesError
from taskfiles.dataset.words import Engine
from taskfiles.stats.rows import Scope
from taskfiles_cli.command.session import Session
from taskfiles_cli.figures.alerts import answer_alerts
from taskfiles_cli.figures.dataset import Fleet, open_fleet
from taskfiles_cli.figures.survey import look_again

FEW = '[[alerts]]\nname = "few"\nmetric = "tasks"\nbelow = 2\nby = ["model"]\nleast = 1\n'
SLOW = '[[alerts]]\nmetric = "duration_p50"\nabove = 30\nby = []\nleast = 9\nseverity = "warning"\n'


@pytest.fixture
def shop(project: Project) -> Iterator[Project]:
    """Two tasks by opus and one by gpt, a minute each; this process works there."""
    put(project, "a", attempt(1, 60, model="opus"))
    put(project, "b", attempt(2, 60, model="opus"))
    put(project, "c", attempt(3, 60, model="gpt"))
    with inside(project):
        yield project


def judge(
    config: str,
    output: str = "json",
    *,
    task: str | None = None,
    fleet: Fleet | None = None,
    strict: bool = False,
) -> tuple[int, str, str]:
    Path("tasks/tasks.toml").write_text(config)
    with in_memory() as written:
        code = answer_alerts(Session(output), Scope(), task, fleet or look_again, strict=strict)
        return (code, *written())


def test_groups_beyond_a_threshold_fail_and_those_of_few_cases_do_not(shop: Project) -> None:
    code, out, _ = judge(FEW + SLOW)
    answer = json.loads(out)
    assert code == 1
    assert [each["key"] for each in answer["findings"]] == [{"model": "gpt"}]
    assert [each["alert"] for each in answer["insufficient"]] == ["alerts[1]"]
    assert judge(SLOW)[0] == 0


def test_a_warning_fails_where_that_is_asked_for(shop: Project) -> None:
    warning = SLOW.replace("least = 9", "least = 1")
    assert (judge(warning)[0], judge(warning, strict=True)[0]) == (0, 1)


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("plain", "few\tgpt\n"),
        ("human", "tasks/tasks.toml:1:3: error[alert] few: model gpt: tasks is 1, below 2 (tasks: 1)."),
        ("jsonl", '{"alert":"few","severity":"error",'),
        ("csv", "alert,severity,message,"),
    ],
)
def test_findings_in_each_format(output: str, text: str, shop: Project) -> None:
    assert judge(FEW, output)[1].startswith(text)


def test_csv_has_a_row_for_each_finding(shop: Project) -> None:
    _, row = judge(FEW, "csv")[1].splitlines()
    assert row.startswith("few,error,")
    assert '"{""model"": ""gpt""}"' in row


def test_the_tasks_below_one_are_judged_alone(shop: Project) -> None:
    findings = json.loads(judge(FEW, task="a")[1])["findings"]
    assert [each["key"] for each in findings] == [{"model": "opus"}]


@in_states
def test_without_alerts_nothing_is_looked_at(shop: Project) -> None:
    (shop.root / "tasks/30-done").rename(shop.root / "aside")
    assert judge("", "human")[:2] == (0, "tasks/tasks.toml has no [[alerts]].\n")


def test_what_is_wrong_with_files_is_warned_of(shop: Project) -> None:
    shop.write("tasks/10-ready/task-broken.md", "---\nid: broken\n")
    assert "task-broken.md" in judge(FEW)[2]


def test_an_alert_that_is_wrong_stops_the_judging(shop: Project) -> None:
    with pytest.raises(TaskfilesError) as refused:
        judge(FEW + '[[alerts]]\nmetric = "nope"\nabove = 1\n')
    assert (refused.value.code, refused.value.line) == ("bad-config", 8)


@pytest.mark.parametrize("engine", [None, Engine.PYTHON, Engine.DUCKDB])
def test_a_dimension_that_no_task_has_is_pointed_at(
    engine: Engine | None, shop: Project, tmp_path: Path
) -> None:
    ok(call(shop, "export", "--dataset", str(tmp_path / "data")))
    fleet = None if engine is None else open_fleet(str(tmp_path / "data"), engine, [])
    with pytest.raises(TaskfilesError) as refused:
        judge(FEW.replace('"model"', '"modle"'), fleet=fleet)
    assert (refused.value.code, refused.value.line, refused.value.column) == ("bad-config", 5, 6)
    assert "which no task has. Did you mean model?" in refused.value.message


@pytest.mark.parametrize("engine", [Engine.PYTHON, Engine.DUCKDB])
def test_a_dataset_is_judged_alike(engine: Engine, shop: Project, tmp_path: Path) -> None:
    ok(call(shop, "export", "--dataset", str(tmp_path / "data")))
    fleet = open_fleet(str(tmp_path / "data"), engine, [])
    assert judge(FEW, fleet=fleet) == judge(FEW)
