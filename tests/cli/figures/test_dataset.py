"""What a dataset is asked, and by which engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.in_process import call, ok
from support.project import Project
from support.report_material import attempt, put
from taskfiles import TaskfilesError
from taskfiles.dataset.words import Engine
from taskfiles.stats.rows import Scope
from taskfiles_cli.figures.dataset import open_fleet
from taskfiles_cli.figures.survey import choose_fleet

ENGINES = [Engine.PYTHON, Engine.DUCKDB]


@pytest.fixture
def place(project: Project, tmp_path: Path) -> str:
    """A dataset of two repositories with the same tasks: two attempts each, and a done task without one."""
    put(project, "fix", attempt(1, 60, model="opus"), attempt(2, 60, model="gpt"), x_team="red")
    put(project, "silent")
    data = str(tmp_path / "data")
    for repo in ("ada/a", "ada/b"):
        ok(call(project, "export", "--dataset", data, "--repo", repo))
    return data


@pytest.mark.parametrize("engine", ENGINES)
def test_attempts_are_measured_by_any_engine(engine: Engine, place: str) -> None:
    fleet = open_fleet(place, engine, [])
    asked = fleet.ask(Scope(), ("repo", "model"), None, with_untried=True)
    assert {key: figures["tasks"] for key, figures in asked.measured.groups.items()} == {
        ("ada/a", "opus"): 1,
        ("ada/a", "gpt"): 1,
        ("ada/b", "opus"): 1,
        ("ada/b", "gpt"): 1,
    }
    assert asked.measured.without_telemetry == len(asked.measured.untried) == 2
    assert (asked.unknown, asked.plans) == ([], None)


@pytest.mark.parametrize("engine", ENGINES)
def test_only_the_repositories_that_are_named_are_asked(engine: Engine, place: str) -> None:
    fleet = open_fleet(place, engine, ["ada/b"])
    asked = fleet.ask(Scope(), ("repo", "x_team", "modle"), "fix")
    assert set(asked.measured.groups) == {("ada/b", "red", None)}
    assert asked.unknown == ["modle"]
    assert "repo" in fleet.dimensions


@pytest.mark.parametrize("engine", ENGINES)
def test_a_task_that_no_repository_has_is_refused(engine: Engine, place: str) -> None:
    fleet = open_fleet(place, engine, [])
    for ask in (lambda: fleet.ask(Scope(), (), "gone"), lambda: fleet.report(Scope(), "gone")):
        with pytest.raises(TaskfilesError) as refused:
            ask()
        assert refused.value.code == "no-such-task"


def test_a_report_is_made_of_it(place: str) -> None:
    material = open_fleet(place, Engine.PYTHON, ["ada/a"]).report(Scope(), "fix")
    assert set(material.durations) == {"opus", "gpt"}


def test_an_engine_is_chosen_where_none_is_named(place: str) -> None:
    fleet = choose_fleet(place, None, None, "tasks stats")
    assert fleet is not None
    assert (fleet.engine, fleet.repos) == (Engine.DUCKDB, frozenset())


def test_what_is_not_there_is_refused(place: str, tmp_path: Path) -> None:
    with pytest.raises(TaskfilesError) as refused:
        open_fleet(place, None, ["ada/a", "ada/c"])
    assert (refused.value.code, refused.value.hint.startswith("Did you mean ada/")) == ("bad-value", True)
    with pytest.raises(TaskfilesError) as missing:
        open_fleet(str(tmp_path / "gone"), None, [])
    assert missing.value.code == "bad-dataset"
